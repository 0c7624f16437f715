package import Documents
import Text
package import Diagnostics
import SourceText
import Values

/// Finds placeholders that were not filled in: `{{X}}`, `$X`, `${x}`, `#{x}`, `<% x %>`, `<your …>`,
/// `ADD HERE`; in locations of data also those of `DataMarks`.
package enum TemplateMarks {
  /// One error for each string value that holds a placeholder. Keys are not looked at.
  ///
  /// For configs and the like only: a pipeline's own `${…}` isn't a placeholder.
  package static func scan(_ tree: Tree) -> [Diagnostic] {
    var found: [Diagnostic] = []
    guard let root = tree.root else { return [] }
    // Aliases are not followed: their targets are looked at in their own places.
    var waiting = [root]
    while let node = waiting.popLast() {
      if tree.isAlias(node) { continue }
      switch tree.kind(node) {
      case .list: waiting.append(contentsOf: tree.items(node))
      case .map: for entry in tree.entries(node) { waiting.append(entry.value) }
      case .string:
        if let mark = tree.withBytes(node, { mark(in: $0) }), !isOwn(mark, node, tree) {
          found.append(diagnostic(tree, node, mark))
        }
      case .null, .bool, .int, .float: break
      }
    }
    return found.sortedAndUnique()
  }

  /// A diagnostic of a placeholder without the placeholder itself, for one inside a secret.
  package static func unquoting(_ diagnostic: Diagnostic) -> Diagnostic {
    guard let span = diagnostic.span else { return diagnostic }
    var unquoted = Diagnostic.templateMark(nil, at: span)
    unquoted.severity = diagnostic.severity
    return unquoted
  }

  /// Whether a `{{name}}` inside a value names another value of the document: API and
  /// SQL enrichments fill in such names, which their `inputs` define, for each event.
  private static func isOwn(_ mark: Range<Int>, _ node: NodeID, _ tree: Tree) -> Bool {
    let name = tree.withBytes(node) { text -> [UInt8] in
      guard mark.count > 4, mark.count < text.count,
        text[mark.lowerBound...].starts(with: [.openBrace, .openBrace])
      else {
        return []
      }
      return Array(text[(mark.lowerBound + 2)..<(mark.upperBound - 2)])
    }
    guard !name.isEmpty else { return false }
    return tree.nodes.indices.contains { index in
      let other = NodeID(index: UInt32(clamping: index))
      return other != node && tree.withBytes(other) { $0.elementsEqual(name) }
    }
  }

  /// A placeholder that is the whole value is an error; within a value, another tool may fill it,
  /// unless it is in words.
  private static func diagnostic(_ tree: Tree, _ node: NodeID, _ mark: Range<Int>) -> Diagnostic {
    tree.withBytes(node) { text in
      let first = text[mark.lowerBound]
      let isWhole = mark.count == text.count
      let isCertain = first == .dollar ? text[mark.lowerBound + 1] == .openBrace : true
      let isInWords = UInt8.lowercase.contains(first | 0x20)
      var diagnostic = Diagnostic.templateMark(
        String(decoding: text[mark], as: UTF8.self), at: tree.span(inScalar: node, mark))
      let isGuess =
        isWhole && isStandIn(text) && !text.elementsEqual("CHANGEME".utf8)
        && !text.elementsEqual("REPLACEME".utf8)
      if !(isWhole || isInWords) || !isCertain || isGuess { diagnostic.severity = .warning }
      return diagnostic
    }
  }

  /// The first placeholder in a value.
  static func mark(in text: UnsafeBufferPointer<UInt8>) -> Range<Int>? {
    if isStandIn(text) { return text.startIndex..<text.endIndex }
    let isData = DataMarks.isLocation(text)
    for at in text.indices {
      if let mark = words(text, at: at) ?? capitals(text, at: at) { return mark }
      if isData, let mark = DataMarks.mark(text, at: at) { return mark }
      switch text[at] {
      case .openBrace:
        if let mark = braces(text, at: at) { return mark }
      case .hash:
        if let mark = ruby(text, at: at) { return mark }
      case .dollar:
        if let mark = dollar(text, at: at) { return mark }
      case .less:
        if let mark = erb(text, at: at) ?? angles(text, at: at) { return mark }
      default: continue
      }
    }
    return nil
  }

  /// What samples write where a value is wanted, in any spelling: `ADD HERE`, `add_here`.
  private static let requests: [(StaticString, StaticString)] = [
    ("add", "here"), ("change", "me"), ("insert", "here"), ("replace", "me"),
  ]

  /// Two such words with a blank, `_` or `-` between them, that don't go on as a longer word.
  ///
  /// In a location, `ADD HERE` is a mistake that every location is checked for.
  private static func words(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Range<Int>? {
    guard start == 0 || !isLetterOrDigit(text[start - 1]) else { return nil }
    for (first, second) in requests {
      let between = start + first.utf8CodeUnitCount
      let end = between + 1 + second.utf8CodeUnitCount
      guard end <= text.count, [.space, .underscore, .hyphen].contains(text[between]),
        end == text.count || !isLetterOrDigit(text[end]),
        isWord(first, text[start..<between]), isWord(second, text[(between + 1)..<end]),
        first.utf8CodeUnitCount > 3 || text[between] == .hyphen || !isLocation(text)
      else { continue }
      return start..<end
    }
    return nil
  }

  private static func isCapitals(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    text.allSatisfy { UInt8.uppercase.contains($0) }
  }

  /// Whether a whole value is a word that samples have where a value is wanted: `changeme`,
  /// `your_password`, `TBD`, `xxxx`.
  private static func isStandIn(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard text.count >= 3, text.count <= 40, let first = text.first else { return false }
    switch first | 0x20 {
    case UInt8(ascii: "c"): return isWord("changeme", text[...])
    case UInt8(ascii: "r"): return isWord("replaceme", text[...])
    case UInt8(ascii: "x"): return text.allSatisfy { $0 | 0x20 == UInt8(ascii: "x") }
    case UInt8(ascii: "y"):
      return text.count > 5 && isWord("your", text[..<4])
        && (text[4] == .underscore || text[4] == .hyphen)
        && text.allSatisfy { ASCII.isWord($0) || $0 == .hyphen }
    // In capitals, as a note to oneself.
    case UInt8(ascii: "t"):
      return isCapitals(text) && (isWord("todo", text[...]) || isWord("tbd", text[...]))
    case UInt8(ascii: "f"): return isCapitals(text) && isWord("fixme", text[...])
    default: return false
    }
  }

  /// `CHANGEME` or `REPLACEME` as a word, in capitals only.
  private static func capitals(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Range<Int>? {
    guard start == 0 || !isLetterOrDigit(text[start - 1]) else { return nil }
    for word: StaticString in ["CHANGEME", "REPLACEME"] {
      let end = start + word.utf8CodeUnitCount
      guard end <= text.count, end == text.count || !isLetterOrDigit(text[end]),
        word.withUTF8Buffer({ text[start..<end].elementsEqual($0) })
      else { continue }
      return start..<end
    }
    return nil
  }

  private static func isLocation(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    text.indices.dropLast(2).contains { at in
      text[at] == .colon && text[at + 1] == .slash && text[at + 2] == .slash
    }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    ASCII.isDigit(byte) || UInt8.lowercase.contains(byte | 0x20)
  }

  /// Whether letters are a word, in capitals or not.
  private static func isWord(
    _ word: StaticString, _ letters: Slice<UnsafeBufferPointer<UInt8>>
  ) -> Bool {
    word.withUTF8Buffer { word in word.elementsEqual(letters) { $0 == $1 | 0x20 } }
  }

  /// A complete `{{X}}`, `{{ .X }}` or `{% x %}`, on one line and of sensible length.
  static func braces(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Range<Int>? {
    guard start + 3 < text.count, text[start] == .openBrace else { return nil }
    let inner = text[start + 1]
    let closing: UInt8 = inner == .openBrace ? .closeBrace : .percent
    guard inner == .openBrace || inner == .percent else { return nil }
    var at = start + 2
    while at + 1 < min(text.count, start + 256), !SourceLines.isBreak(text[at]) {
      if text[at] == closing, text[at + 1] == .closeBrace { return start..<(at + 2) }
      at += 1
    }
    return nil
  }

  /// `#{x}`, with which Ruby fills in a text, on one line and of sensible length.
  private static func ruby(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Range<Int>? {
    guard start + 3 < text.count, text[start + 1] == .openBrace,
      ASCII.isWord(text[start + 2]) || [.space, .at, .dollar].contains(text[start + 2])
    else { return nil }
    var at = start + 3
    while at < min(text.count, start + 256), !SourceLines.isBreak(text[at]) {
      if text[at] == .closeBrace { return start..<(at + 1) }
      at += 1
    }
    return nil
  }

  /// `$NAME` as a whole word, or `${name}`; not `$folder$`, `$1` or a `$` inside a word.
  private static func dollar(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Range<Int>? {
    let hasBraces = start + 1 < text.count && text[start + 1] == .openBrace
    let first = start + (hasBraces ? 2 : 1)
    var at = first
    while at < text.count, hasBraces ? KeyShape.isKeyByte(text[at]) : ASCII.isWord(text[at]) {
      at += 1
    }
    guard at > first, !ASCII.isDigit(text[first]) else { return nil }
    if hasBraces {
      return at < text.count && text[at] == .closeBrace ? start..<(at + 1) : nil
    }
    // It must not be in the middle of a word, as in a password `a$b`.
    let isAtStart = start == 0 || text[start - 1] == .slash
    let isAtEnd = at == text.count || text[at] == .slash
    let name = text[first..<at]
    // A password may start with `$` too.
    let isName =
      name.count > 2 && name.allSatisfy { $0 & 0xDF == $0 || $0 < UInt8(ascii: "A") }
      || name.contains(.underscore) && name.contains { UInt8.uppercase.contains($0) }
    return isAtStart && isAtEnd && isName ? start..<at : nil
  }

  /// A complete `<% x %>`, on one line and of sensible length: JSON, for one, isn't a template.
  private static func erb(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Range<Int>? {
    guard start + 4 <= text.count, text[start + 1] == .percent else { return nil }
    var at = start + 2
    while at + 1 < min(text.count, start + 256), !SourceLines.isBreak(text[at]) {
      if text[at] == .percent, text[at + 1] == .greater { return start..<(at + 2) }
      at += 1
    }
    return nil
  }

  /// `<your bucket>`, `<INSERT_BUCKET>`, `<bucket-name>`: words in angle brackets that ask for a
  /// value, as the whole value or as a part of a path or a host.
  private static func angles(_ text: UnsafeBufferPointer<UInt8>, at start: Int) -> Range<Int>? {
    guard start == 0 || [.slash, .dot, .hyphen].contains(text[start - 1]) else { return nil }
    var at = start + 1
    while at < min(text.count, start + 80), text[at] != .greater {
      guard KeyShape.isKeyByte(text[at]) || text[at] == .space else { return nil }
      at += 1
    }
    guard at < text.count, text[at] == .greater, at > start + 1 else { return nil }
    let words = text[(start + 1)..<at].split { $0 & 0xDF < .at || $0 == .underscore }
      .map { String(decoding: $0, as: UTF8.self).lowercased() }
    let asks = words.first.map { openings.contains($0) } ?? false
    let names = words.last.map { things.contains($0) } ?? false
    return asks || names ? start..<(at + 1) : nil
  }

  private static let openings: Set = [
    "your", "my", "insert", "replace", "enter", "add", "change",
  ]
  private static let things: Set = [
    "account", "arn", "bucket", "database", "endpoint", "folder", "here", "host", "id", "key",
    "name", "password", "path", "prefix", "profile", "region", "role", "subnet", "type",
    "user", "username", "value", "zone",
  ]
}
