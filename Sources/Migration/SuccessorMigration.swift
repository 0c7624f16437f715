import Diagnostics
import Documents
import Locations
package import SourceText
import Text

extension Migration {
  /// Makes the inputs of another pipeline out of a configuration in today's layout: its
  /// configuration, and a second file from a template. None if the configuration is refused.
  package mutating func migrate(_ file: SourceFile, to rules: SuccessorRules) -> [MigratedFile] {
    guard let document = read(file), !diagnostics.hasErrors else { return [] }
    guard document.has(["aws.s3.buckets"]), document.has(["aws.emr.jobflow"]) else {
      diagnostics.append(.successorNeedsToday(at: Span(document.source, 0..<0)))
      return []
    }
    var converter = SuccessorMigration(rules: rules, document: document)
    let files = converter.run()
    diagnostics += converter.diagnostics
    return files
  }
}

/// Writes the inputs of another pipeline.
private struct SuccessorMigration {
  let rules: SuccessorRules
  let document: MigrationDocument
  var diagnostics: [Diagnostic] = []
  /// Paths that were carried over.
  private var consumed: Set<String> = []

  init(rules: SuccessorRules, document: MigrationDocument) {
    self.rules = rules
    self.document = document
  }

  mutating func run() -> [MigratedFile] {
    var entries: [Outline.Entry] = []
    for row in rules.values {
      if let (content, comments) = made(row) {
        Self.put(content, comments, at: row.to.split(separator: ".").map(String.init), in: &entries)
      }
    }
    var other = rules.template.map { $0 + "\n" }.joined()
    for row in rules.settings {
      guard case .text(let text)? = made(row, inOther: true)?.content else { continue }
      other = Self.replaced("{{\(row.to)}}", by: Self.escaped(text), in: other)
    }
    reportLeftovers(document.outline.entries, "")
    let tasks = rules.byHand.filter { task in
      task.has.allSatisfy { entry($0) != nil } && task.lacks.allSatisfy { entry($0) == nil }
        && task.carried.allSatisfy { consumed.contains($0) }
    }
    diagnostics.append(
      .migrationByHand(tasks.map(\.text), in: rules.config, at: Span(document.source, 0..<0)))
    var writer = OutlineWriter()
    writer.write(entries)
    let list = tasks.enumerated().map { Self.comment("\($0 + 1). \($1.text)") }.joined()
    let text = "# Left to do by hand:\n\(list)\n" + writer.text
    return [
      MigratedFile(path: rules.config, text: Array(text.utf8), isSecret: true),
      MigratedFile(path: rules.other, text: Array(other.utf8), isSecret: false),
    ]
  }

  // MARK: Values

  /// An entry whose value isn't null.
  private func entry(_ path: String) -> Outline.Entry? {
    guard let entry = document.entry(at: path) else { return nil }
    if case .text(let text) = entry.content, ConfigMigration.isNull(text) { return nil }
    return entry
  }

  private mutating func made(
    _ row: SuccessorRules.Row, inOther: Bool = false
  ) -> (content: Outline.Content, comments: Outline.Comments)? {
    guard row.lacks.allSatisfy({ entry($0) == nil }) else { return nil }
    if !row.with.isEmpty {
      guard case .text(let text)? = entry(row.with)?.content, text != "0" else { return nil }
    }
    for path in row.from {
      guard let entry = entry(path) else { continue }
      if let content = carried(entry, path, row, inOther: inOther) {
        if row.suffix.isEmpty { consumed.insert(path) }
        return (content, entry.comments)
      }
    }
    for path in row.beside {
      guard let entry = entry(path), case .text(let text) = entry.content,
        let place = Self.place(beside: text, row.suffix)
      else { continue }
      diagnostics.append(.migrationDerived(row.to, place, at: entry.keySpan))
      return (.text(place), .init(above: [], behind: "# new"))
    }
    if !row.value.isEmpty { return (.text(row.value), .init()) }
    guard row.isRequired else { return nil }
    diagnostics.append(.migrationFill(row.to, at: nil))
    return (.text("ADD HERE"), .init(above: [], behind: "# new"))
  }

  /// A value as the new file has it; nil where it counts as absent.
  private mutating func carried(
    _ entry: Outline.Entry, _ path: String, _ row: SuccessorRules.Row, inOther: Bool
  ) -> Outline.Content? {
    guard case .text(let text) = entry.content else { return inOther ? nil : texts(entry.content) }
    let isTemplate = text.contains("<%")
    let plain = document.tree.string(entry.node)
    if document.tree.kind(entry.node) == .map || document.tree.kind(entry.node) == .list {
      return document.tree.count(entry.node) == 0 || inOther ? nil : .text(text)
    }
    // The other file has no templates.
    if inOther, isTemplate { return nil }
    if !isTemplate {
      let trimmed = row.isLocation ? Self.withoutSlash(plain) : plain
      guard !row.except.contains(trimmed) else { return nil }
      if !row.atLeast.isEmpty, Self.isVersion(plain, before: row.atLeast) {
        consumed.insert(path)
        diagnostics.append(
          .migrationChanged(path, row.value, row.why, at: entry.keySpan))
        return .text(row.value)
      }
    }
    if row.isName { return Self.name(plain).map { .text($0 + row.suffix) } }
    if row.isLocation, !isTemplate { return .text(Self.inS3(plain)) }
    return .text(inOther ? plain : text)
  }

  /// Values within a map as texts: numbers and bools get quotes.
  private func texts(_ content: Outline.Content) -> Outline.Content {
    guard case .map(let entries) = content else { return content }
    return .map(
      entries.map { entry in
        var entry = entry
        if case .text(let text) = entry.content {
          switch document.tree.kind(entry.node) {
          case .int, .float, .bool:
            if !text.contains("<%") { entry.content = .text(OutlineWriter.quoted(text)) }
          case .null, .string, .list, .map: break
          }
        } else {
          entry.content = texts(entry.content)
        }
        return entry
      })
  }

  private static func put(
    _ content: Outline.Content, _ comments: Outline.Comments, at keys: [String],
    in entries: inout [Outline.Entry]
  ) {
    guard let key = keys.first else { return }
    let isLast = keys.count == 1
    var inner: [Outline.Entry] = []
    let index = entries.firstIndex { $0.key == key }
    if let index, case .map(let known) = entries[index].content { inner = known }
    if !isLast { put(content, comments, at: Array(keys.dropFirst()), in: &inner) }
    let entry = Outline.Entry(
      key: key, keySpan: Span(SourceID(index: 0), 0..<0), node: NodeID(index: 0),
      comments: isLast ? comments : .init(), content: isLast ? content : .map(inner))
    if let index { entries[index] = entry } else { entries.append(entry) }
  }

  // MARK: What isn't carried over

  private mutating func reportLeftovers(_ entries: [Outline.Entry], _ base: String) {
    for entry in entries {
      let path = base.isEmpty ? entry.key : "\(base).\(entry.key)"
      if consumed.contains(path) { continue }
      let why = rules.dropped.first { $0.from == path }?.why
      if case .map(let inner) = entry.content, why == nil || hasCarried(below: path) {
        reportLeftovers(inner, path)
        continue
      }
      if case .text(let text) = entry.content, ConfigMigration.isNull(text) { continue }
      let reason = why ?? rules.dropped.first { path.hasPrefix($0.from + ".") }?.why
      diagnostics.append(
        .migrationDropped(path, reason ?? "the pipeline has no such setting", at: entry.keySpan))
    }
  }

  private func hasCarried(below path: String) -> Bool {
    consumed.contains { $0.hasPrefix(path + ".") }
  }

  // MARK: Texts

  /// An item of a list, as a comment in lines of at most 100 columns.
  private static func comment(_ text: String) -> String {
    var lines: [String] = []
    var line = "#  "
    for word in text.split(separator: " ") {
      if line.utf8.count + word.utf8.count + 1 > 98 {
        lines.append(line)
        line = "#    "
      }
      line += " \(word)"
    }
    return (lines + [line]).map { $0 + "\n" }.joined()
  }

  /// A text as it is within double quotes in the template.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\", "\"": result += "\\\(scalar)"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func replaced(_ mark: String, by text: String, in whole: String) -> String {
    var result = ""
    var rest = whole[...]
    while let at = rest.firstRange(of: mark) {
      result += rest[..<at.lowerBound] + text
      rest = rest[at.upperBound...]
    }
    return result + rest
  }

  private static func withoutSlash(_ text: String) -> String {
    var text = text
    while text.hasSuffix("/") { text.removeLast() }
    return text
  }

  /// `s3n:` and `s3a:` are older names of `s3:`.
  private static func inS3(_ text: String) -> String {
    for scheme in ["s3n://", "s3a://"] where text.hasPrefix(scheme) {
      return "s3://" + text.dropFirst(scheme.utf8.count)
    }
    return text
  }

  /// A new place next to another, or in it if that is a whole bucket; nil for a template.
  private static func place(beside text: String, _ suffix: String) -> String? {
    guard !text.contains("<%"), let location = try? Location(text), location.isInS3 else {
      return nil
    }
    let base = withoutSlash(inS3(text))
    return location.isWhole ? base + "/" + suffix.drop { $0 == "-" } : base + suffix
  }

  /// A name in lower-case letters, digits and hyphens; nil if nothing is left of it.
  private static func name(_ text: String) -> String? {
    var name = ""
    for byte in ASCII.lowercased(text).utf8 {
      let isKept = UInt8.lowercase.contains(byte) || ASCII.isDigit(byte)
      if isKept {
        name.append(Character(Unicode.Scalar(byte)))
      } else if !name.isEmpty, !name.hasSuffix("-") {
        name.append("-")
      }
    }
    while name.hasSuffix("-") { name.removeLast() }
    return name.isEmpty ? nil : name
  }

  private static func isVersion(_ text: String, before least: String) -> Bool {
    let numbers = { (text: String) in text.split(separator: ".").map { Int($0) ?? 0 } }
    return numbers(text).lexicographicallyPrecedes(numbers(least))
  }
}
