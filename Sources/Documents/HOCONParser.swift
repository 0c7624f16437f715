import SourceText
import Text

/// Reads the syntax of HOCON.
struct HOCONParser {
  let bytes: UnsafeBufferPointer<UInt8>
  let source: SourceID
  var at = 0
  /// The keys of the maps that are open; nil within a list, whose values have no path.
  private var path: [[UInt8]]? = []
  private var depth = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>, source: SourceID) {
    self.bytes = bytes
    self.source = source
  }

  var byte: UInt8? { at < bytes.count ? bytes[at] : nil }

  func has(_ text: StaticString) -> Bool {
    text.withUTF8Buffer { text in
      at + text.count <= bytes.count && bytes[at..<(at + text.count)].elementsEqual(text)
    }
  }

  mutating func readDocument() throws(HOCONFailure) -> HOCONNode {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    try checkText()
    skipBlankLines()
    let start = at
    let node: HOCONNode
    switch byte {
    case .openBrace, .openBracket: node = try readContainer()
    case nil:
      throw HOCONFailure("the text is empty", at..<at, hint: "write `{}` for an empty object")
    default:
      // The braces of the document may be left out.
      let map = try readEntries(until: nil)
      node = HOCONNode(range: start..<at, content: .map(map))
    }
    skipBlankLines()
    guard byte == nil else {
      throw HOCONFailure("unexpected text after the end of the document", here)
    }
    return node
  }

  /// The next character, for a message.
  var here: Range<Int> {
    at..<min(bytes.count, at + max(1, UTF8Scalar.length(bytes, at: at)))
  }

  private func checkText() throws(HOCONFailure) {
    var index = at
    while index < bytes.count {
      let length = UTF8Scalar.length(bytes, at: index)
      guard length > 0, bytes[index] != 0 else {
        throw HOCONFailure(
          "the text isn't UTF-8 here", index..<(index + 1), hint: "save it as UTF-8")
      }
      index += length
    }
  }

  // MARK: Blanks

  /// Skips blanks within a line.
  mutating func skipBlanks() {
    while let byte, byte == .space || byte == .tab || byte == .carriageReturn { at += 1 }
  }

  /// Skips a comment up to its line's end.
  mutating func skipComment() {
    guard byte == .hash || has("//") else { return }
    while let byte, byte != .newline { at += 1 }
  }

  /// Skips blanks, comments and line ends; whether there was a line end.
  @discardableResult
  mutating func skipBlankLines() -> Bool {
    var hasEnd = false
    while true {
      skipBlanks()
      skipComment()
      guard byte == .newline else { return hasEnd }
      at += 1
      hasEnd = true
    }
  }

  /// What is between two entries or items: a comma, or a line end. False before the closing byte.
  private mutating func readSeparator(
    until end: UInt8?, _ what: String
  ) throws(HOCONFailure) -> Bool {
    let hasEnd = skipBlankLines()
    guard byte != end else { return false }
    guard byte != nil else {
      throw HOCONFailure(
        "the text ends inside \(end == .closeBrace ? "an object" : "a list")", at..<at,
        hint: "add the missing `\(end == .closeBrace ? "}" : "]")`")
    }
    if byte == .comma {
      at += 1
      skipBlankLines()
      guard byte != .comma else { throw HOCONFailure("there is a comma too many", here) }
      return byte != end
    }
    guard hasEnd else {
      throw HOCONFailure("expected a comma or a line end after the \(what)", here)
    }
    return true
  }

  // MARK: Containers

  private mutating func readContainer() throws(HOCONFailure) -> HOCONNode {
    let start = at
    depth += 1
    defer { depth -= 1 }
    guard depth <= HOCONReader.depthLimit else {
      throw HOCONFailure(
        "the document is nested deeper than \(HOCONReader.depthLimit) levels", here)
    }
    let isMap = byte == .openBrace
    at += 1
    let content: HOCONNode.Content
    if isMap {
      content = .map(try readEntries(until: .closeBrace))
    } else {
      content = .list(try readItems())
    }
    at += 1
    return HOCONNode(range: start..<at, content: content)
  }

  private mutating func readItems() throws(HOCONFailure) -> [HOCONNode] {
    let outer = path
    path = nil
    defer { path = outer }
    var items: [HOCONNode] = []
    skipBlankLines()
    guard byte != .closeBracket else { return [] }
    repeat {
      items.append(try readValue())
    } while try readSeparator(until: .closeBracket, "item")
    return items
  }

  private mutating func readEntries(until end: UInt8?) throws(HOCONFailure) -> HOCONMap {
    var map = HOCONMap()
    skipBlankLines()
    guard byte != end else { return map }
    repeat {
      try readEntry(into: &map)
    } while try readSeparator(until: end, "entry")
    return map
  }

  private mutating func readEntry(into map: inout HOCONMap) throws(HOCONFailure) {
    if let include = includeRange() {
      throw HOCONFailure(
        "includes aren't read", include, hint: "write what the other file has into this one")
    }
    let keys = try readPath("a key")
    skipBlanks()
    let outer = path
    path = path.map { $0 + keys.map(\.text) }
    defer { path = outer }
    var isAppended = false
    switch byte {
    case .openBrace: break
    case .colon, .equals: at += 1
    case .plus where has("+="):
      isAppended = true
      at += 2
    default: throw HOCONFailure("expected `:` or `=` after the key", here)
    }
    skipBlankLines()
    var node = try readValue()
    let full = path
    if isAppended {
      let list = HOCONNode(range: node.range, content: .list([node]))
      let former = HOCONNode(range: node.range, content: .reference(full ?? [], isOptional: true))
      let pieces = [former, list].map { HOCONNode.Piece(blanks: [], node: $0) }
      node = HOCONNode(range: node.range, content: .joined(full == nil ? [pieces[1]] : pieces))
    }
    if let full {
      node = node.replacing(full, with: Self.value(at: keys.map(\.text)[...], in: map))
    }
    Self.set(node, at: keys[...], in: &map)
  }

  /// The word `include` of an include here: what follows is a file's name in quotes, or `url(…)`,
  /// `file(…)`, `classpath(…)` or `required(…)`, with any blanks and line ends before it.
  private func includeRange() -> Range<Int>? {
    var ahead = self
    guard let word = ahead.readWord(stopsAtDot: true), word.elementsEqual("include".utf8) else {
      return nil
    }
    let range = at..<ahead.at
    ahead.skipBlankLines()
    let isInclude =
      ahead.byte == .quote || ahead.has("url(") || ahead.has("file(") || ahead.has("classpath(")
      || ahead.has("required(")
    return isInclude ? range : nil
  }

  private static func value(at keys: ArraySlice<[UInt8]>, in map: HOCONMap) -> HOCONNode? {
    guard let key = keys.first, let node = map[key] else { return nil }
    guard keys.count > 1 else { return node }
    guard case .map(let inner) = node.content else { return nil }
    return value(at: keys.dropFirst(), in: inner)
  }

  /// Puts a value at a path of keys: `a.b = 1` is `a { b = 1 }`.
  private static func set(
    _ node: HOCONNode, at keys: ArraySlice<HOCONKey>, in map: inout HOCONMap
  ) {
    guard let key = keys.first else { return }
    guard keys.count > 1 else {
      map.set(key.text, at: key.range, node)
      return
    }
    var inner = HOCONMap()
    set(node, at: keys.dropFirst(), in: &inner)
    map.set(
      key.text, at: key.range,
      HOCONNode(range: key.range.lowerBound..<node.range.upperBound, content: .map(inner)))
  }

  // MARK: Values

  private mutating func readValue() throws(HOCONFailure) -> HOCONNode {
    var pieces: [HOCONNode.Piece] = []
    let start = at
    var end = at
    while true {
      let before = at
      skipBlanks()
      let blanks = Array(bytes[before..<at])
      guard let node = try readPiece() else { break }
      pieces.append(.init(blanks: blanks, node: node))
      end = at
    }
    guard let first = pieces.first else {
      throw HOCONFailure(
        byte == nil ? "the text ends where a value is expected" : "expected a value", here)
    }
    guard pieces.count > 1 else { return first.node }
    return HOCONNode(range: start..<end, content: .joined(pieces))
  }

  /// One of the values in a row; nil where the row ends.
  private mutating func readPiece() throws(HOCONFailure) -> HOCONNode? {
    switch byte {
    case nil, .newline, .comma, .closeBrace, .closeBracket, .hash: return nil
    case .openBrace, .openBracket: return try readContainer()
    case .quote:
      let start = at
      let text = try readQuoted()
      return HOCONNode(range: start..<at, content: .scalar(.string, .doubleQuoted, text))
    case .dollar where has("${"): return try readReference()
    default:
      if has("//") { return nil }
      let start = at
      guard let word = readWord(stopsAtDot: false) else {
        throw HOCONFailure(
          "this character has to be in double quotes", here,
          hint: byte == .colon || byte == .equals
            ? "put the whole text in double quotes, or begin a key on a new line"
            : "put the whole text in double quotes")
      }
      let kind = JSONParser.kind(of: word)
      return HOCONNode(
        range: start..<at, content: .scalar(kind ?? .string, .plain, Array(word)))
    }
  }

  private mutating func readReference() throws(HOCONFailure) -> HOCONNode {
    let start = at
    at += 2
    let isOptional = byte == .question
    if isOptional { at += 1 }
    skipBlanks()
    let keys = try readPath("a path")
    skipBlanks()
    guard byte == .closeBrace else {
      throw HOCONFailure("the substitution has no `}`", start..<at)
    }
    at += 1
    return HOCONNode(
      range: start..<at, content: .reference(keys.map(\.text), isOptional: isOptional))
  }
}
