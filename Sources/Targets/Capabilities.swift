package import Diagnostics
import Documents
import SourceText
import YAMLSyntax

/// What each engine can do: data/targets/capabilities.yml.
package struct Capabilities: Sendable {
  package enum Extent: String, Sendable {
    case all, part, none
    /// The rest of the pipeline works without it, so it is left out, with a warning.
    case dropped
  }

  package struct Cell: Hashable, Sendable {
    package var extent: Extent
    package var reason: String
    package var instead: String
    /// The option, `NAME=VALUE`, with which the rest is done without it; empty if there is none.
    package var unless: String
  }

  package struct Row: Sendable {
    package var name: String
    package var title: String
    /// Where the engine's documentation says it.
    package var source: String
    /// By engine; one for each.
    package var cells: [Target: Cell]
  }

  /// In the file's order.
  package private(set) var rows: [Row] = []

  package static let path = "data/targets/capabilities.yml"

  /// Reads the file; malformed rows and cells are left out.
  package init(_ bytes: [UInt8]) {
    var ignored: [Diagnostic] = []
    let file = SourceFile(name: Self.path, text: bytes)
    guard
      let tree = YAMLReader.read(
        file, source: SourceID(index: .max), rules: .core, into: &ignored),
      let root = tree.root, let list = tree.value(root, "constructs")
    else { return }
    rows = tree.items(list).map { node in
      func text(_ node: NodeID, _ key: String) -> String {
        tree.value(node, key).map { tree.string($0) } ?? ""
      }
      var row = Row(
        name: text(node, "name"), title: text(node, "title"), source: text(node, "source"),
        cells: [:])
      for target in Target.allCases {
        guard let cell = tree.value(node, target.rawValue),
          let extent = Extent(rawValue: text(cell, "has"))
        else { continue }
        row.cells[target] = Cell(
          extent: extent, reason: text(cell, "why"), instead: text(cell, "instead"),
          unless: text(cell, "unless"))
      }
      return row
    }
  }

  package subscript(construct: Construct, target: Target) -> Cell? {
    rows.first { $0.name == construct.rawValue }?.cells[target]
  }

  /// Refuses what a deployment needs and the engine lacks, and warns of what is left out.
  package func check(
    _ deployment: Deployment, for target: Target, _ options: TargetOptions
  ) -> [Diagnostic] {
    deployment.constructs.compactMap { construct, span in
      guard let cell = self[construct, target] else { return nil }
      let title = rows.first { $0.name == construct.rawValue }?.title ?? construct.rawValue
      switch cell.extent {
      case .all, .part: return nil
      case .dropped: return .targetDrops(target, title, cell.reason, at: span)
      case .none:
        let isAccepted = options.settings.contains { "\($0.name)=\($0.value)" == cell.unless }
        return isAccepted
          ? .targetDrops(target, title, cell.reason, at: span)
          : .targetLacks(target, title, cell.reason, hint: cell.instead, at: span)
      }
    }
  }
}
