import Text
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
    self.given[path] = given.value
    if let source {
      consume(source)
      if case .text(let text) = source.entry.content, text != given.value {
        keys.append(key(source, .changed(to: path)))
        let value = value(at: path) ?? text
        let own = given.isJob && !text.contains("<%") && !Self.isRelease(value) ? value : nil
        diagnostics.append(
          .migrationChanged(path, given.value, given.why, own: own, at: source.entry.keySpan))
      } else {
        keys.append(key(source, .carried(to: path)))
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
      self.given[path] = given.value
      return made(name, given.value, .init())
    }
    if let counted = counted(path, name) { return counted }
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

  /// A number that counted more than it does today, without what it no longer counts.
  private mutating func counted(_ path: String, _ name: String) -> Outline.Entry? {
    guard let rule = rules.counted.first(where: { $0.to == path }) else { return nil }
    for from in rule.from {
      guard let entry = main.entry(at: from) else { continue }
      let source = Source(path: from, document: main, entry: entry, companion: nil)
      guard case .text(let text) = entry.content, !isEmpty(entry.content) else { continue }
      consume(source)
      keys.append(key(source, .changed(to: path)))
      guard let count = count(entry.node, text) else {
        diagnostics.append(
          .migrationUncounted(path, text, minus: rule.minus, rule.why, at: entry.keySpan))
        return made(name, "ADD HERE", entry.comments, entry.keySpan)
      }
      let (less, isTooLarge) = count.subtractingReportingOverflow(rule.minus)
      let rest = isTooLarge ? count : less
      let value = "\(max(rule.atLeast, rest))"
      let why = rest < rule.atLeast ? rule.why + "; " + rule.whyMore : rule.why
      diagnostics.append(.migrationChanged(path, value, why, at: entry.keySpan))
      return made(name, value, entry.comments, entry.keySpan)
    }
    return nil
  }

  /// A whole number, however it is written: `4`, `"4"` or `4.0`; nil for one that a template has.
  private func count(_ node: NodeID, _ text: String) -> Int64? {
    guard !text.contains("<%") else { return nil }
    let number = main.tree.string(node)
    return Int64(number) ?? Double(number).flatMap { Int64(exactly: $0) }
  }

  /// Reports a bucket that may not have the jars of jobs whose versions rules gave.
  mutating func reportAssets() {
    guard let assets = rules.assets, let source = source(of: assets.at),
      case .text(let text) = source.entry.content,
      let value = value(at: assets.at), !Self.isNull(text), value != "ADD HERE",
      text.contains("<%") || !assets.standard.contains(where: { value.hasPrefix($0) })
    else { return }
    let jobs = rules.given.filter(\.isJob).map(\.to).reduce(into: [String]()) { list, path in
      if given[path] != nil, !list.contains(path) { list.append(path) }
    }
    guard !jobs.isEmpty else { return }
    diagnostics.append(
      .migrationAssets(
        source.path,
        jobs: jobs.map { path in
          "`\(path.split(separator: ".").last.map(String.init) ?? path)` \(given[path] ?? "")"
        }, standard: assets.standard.first, at: source.entry.keySpan))
  }

  /// Whether a version is one that is released: numbers, and perhaps a candidate's `-rc1`.
  static func isRelease(_ version: String) -> Bool {
    version.split(separator: "-").enumerated().allSatisfy { index, part in
      index == 0
        ? part.allSatisfy { $0.isNumber || $0 == "." }
        : (part.hasPrefix("rc") || part.hasPrefix("M")) && part.contains(where: \.isNumber)
    }
  }

  /// The value of one of today's keys in the new configuration, as far as it is known: without
  /// quotes, and with `x` for what is in a template's tag.
  func value(at path: String) -> String? {
    if let source = source(of: path), case .text = source.entry.content {
      return source.document.tree.string(source.entry.node)
    }
    // A map in braces is carried over whole.
    var node = main.tree.root
    for key in path.split(separator: ".") {
      node = node.flatMap { main.tree.value($0, String(key)) }
    }
    return node.map { main.tree.string($0) }
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
