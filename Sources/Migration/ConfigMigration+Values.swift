import Documents
import Diagnostics
import Locations
import SourceText
import Values

/// Values that the older files don't have.
extension ConfigMigration {
  mutating func replaced(
    _ given: MigrationRules.Given, _ name: String, _ path: String
  ) -> Outline.Entry {
    let source = source(of: path)
    var section = path[...]
    while let dot = section.lastIndex(of: ".") {
      section = section[..<dot]
      forced.insert(String(section))
    }
    if let source {
      if source.isMain { consumed.insert(source.path) }
      if case .text(let text) = source.entry.content, text != given.value {
        diagnostics.append(
          .migrationChanged(path, given.value, given.why, at: source.entry.keySpan))
      }
    } else {
      added.append(path)
    }
    return made(name, given.value, source?.entry.comments ?? .init(), source?.entry.keySpan)
  }

  func made(
    _ name: String, _ value: String, _ comments: Outline.Comments, _ span: Span? = nil
  ) -> Outline.Entry {
    Outline.Entry(
      key: name, keySpan: span ?? Span(main.source, 0..<0), node: NodeID(index: 0),
      comments: comments, content: .text(value))
  }

  mutating func new(_ path: String, _ name: String, isRequired: Bool) -> Outline.Entry? {
    if let given = rules.given.first(where: { $0.to == path && !$0.replaces && applies($0) }) {
      added.append(path)
      return made(name, given.value, .init())
    }
    let derived = rules.derived.first { derived in
      derived.to == path
        && (derived.when.isEmpty || derived.when.contains { main.entry(at: $0) != nil })
    }
    if let derived {
      for from in derived.from {
        guard let text = text(at: from), !text.isEmpty, text != "ADD HERE" else { continue }
        let value = derived.suffix.isEmpty ? text : Self.sibling(text, derived.suffix)
        guard let value else { continue }
        if derived.suffix.isEmpty {
          added.append(path)
          return made(name, value, .init())
        }
        diagnostics.append(.migrationDerived(path, value, at: source(of: from)?.entry.keySpan))
        return made(name, value, .init(above: [], behind: "# new"))
      }
      diagnostics.append(.migrationFill(path, at: nil))
      return made(name, "ADD HERE", .init(above: [], behind: "# new"))
    }
    guard isRequired else { return nil }
    diagnostics.append(.migrationFill(path, at: nil))
    return made(name, "ADD HERE", .init(above: [], behind: "# new"))
  }

  func text(at path: String) -> String? {
    guard let source = source(of: path), case .text(let text) = source.entry.content else {
      return nil
    }
    return text
  }

  /// A location next to another: `s3://b/out` and `-shredded/good` make `s3://b/out-shredded/good`.
  /// Nil for a whole bucket, and for anything but a plain location.
  static func sibling(_ text: String, _ suffix: String) -> String? {
    var base = text[...]
    while base.hasSuffix("/") { base.removeLast() }
    guard let location = try? Location(String(base)), location.isInS3, !location.isWhole,
      !base.contains("<%")
    else { return nil }
    return base + suffix
  }
}
