package import Diagnostics
package import Documents
package import SourceText
import Values

/// A parameter of a run, or of a file that pipelines use: a type with a name.
package struct ParameterDecl: Sendable {
  /// The types that JSON Schema doesn't have.
  package enum Moment: String, Sendable, CaseIterable {
    /// A day, as a timestamp at its start in UTC.
    case date
    case dateTime = "date-time"
    /// A span of time such as `90m` or `1d12h`.
    case duration
  }

  package let name: Spanned<String>
  /// A JSON Schema, except for the type where it is a `moment`.
  package let node: NodeID
  package let moment: Moment?
  package let `default`: NodeID?
  package let summary: String

  /// Whether a value has to be given.
  package var isRequired: Bool { `default` == nil }

  init(_ tree: Tree, name: NodeID, node: NodeID, _ diagnostics: inout [Diagnostic]) {
    let fields = Fields(tree, node)
    self.name = Spanned(tree.string(name), tree.span(name))
    self.node = node
    moment = fields["type"].flatMap { Moment(rawValue: tree.string($0)) }
    `default` = fields["default"].flatMap { tree.literal($0, of: "default", &diagnostics) }
    summary = fields["description"].map { tree.string($0) } ?? ""
  }

  /// The parameters that a document declares.
  package static func all(
    _ tree: Tree, _ node: NodeID, _ diagnostics: inout [Diagnostic]
  ) -> [ParameterDecl] {
    var all: [ParameterDecl] = []
    for entry in tree.entries(node) {
      all.append(ParameterDecl(tree, name: entry.key, node: entry.value, &diagnostics))
    }
    return all
  }
}
