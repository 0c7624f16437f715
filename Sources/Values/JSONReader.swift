package import Diagnostics
package import SourceText

/// Reads JSON (RFC 8259) into a `Tree`, strictly, with every error at its place.
///
/// Work is linear in the text's length, and depth is bounded, so no input overflows the stack.
package struct JSONReader {
  /// Containers may nest this deep.
  package static var depthLimit: Int { 512 }

  private let source: SourceID
  private let text: [UInt8]
  private var at = 0
  private var builder: TreeBuilder
  private var diagnostics: [Diagnostic] = []

  private init(source: SourceID, text: [UInt8]) {
    self.source = source
    self.text = text
    builder = TreeBuilder(source: source, text: text)
  }

  /// The document, or nil and at least one error. A duplicate key is an error too, but the tree is
  /// still given (with both entries), so that a caller may go on to find more.
  package static func read(
    _ text: [UInt8], source: SourceID, into diagnostics: inout [Diagnostic]
  ) -> Tree? {
    var reader = JSONReader(source: source, text: text)
    defer { diagnostics.append(contentsOf: reader.diagnostics) }
    reader.skipByteOrderMark()
    reader.skipSpace()
    guard reader.readValue() else { return nil }
    reader.skipSpace()
    guard reader.at == text.count else {
      reader.refuse("unexpected text behind the end of the document", length: 1)
      return nil
    }
    return reader.builder.tree
  }

  private mutating func skipByteOrderMark() {
    if text.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
  }

  private mutating func skipSpace() {
    while at < text.count {
      switch text[at] {
      case 0x20, 0x09, 0x0A, 0x0D: at += 1
      default: return
      }
    }
  }

  private enum Frame {
    case list
    case map(keys: [(NodeID, String)])
  }

  /// Reads one value with all it holds. An explicit stack stands in for recursion.
  private mutating func readValue() -> Bool {
    var keysOfOpenMaps: [[String: NodeID]] = []
    var isMap: [Bool] = []
    var expectsValue = true
    while true {
      if expectsValue {
        guard at < text.count else {
          refuse("the text ends where a value should stand", length: 0)
          return false
        }
        switch text[at] {
        case 0x7B, 0x5B:
          guard isMap.count < Self.depthLimit else {
            diagnostics.append(
              .jsonTooDeep(limit: Self.depthLimit, at: Span(source, at..<(at + 1))))
            return false
          }
          let map = text[at] == 0x7B
          builder.begin(map ? .map : .list, start: at, isFlow: true)
          isMap.append(map)
          if map { keysOfOpenMaps.append([:]) }
          at += 1
          skipSpace()
          if at < text.count, text[at] == (map ? 0x7D : 0x5D) {
            close(&isMap, &keysOfOpenMaps)
            expectsValue = false
          } else if map {
            guard readKey(&keysOfOpenMaps) else { return false }
          }
          continue
        case 0x22:
          guard let scalar = readString() else { return false }
          addString(scalar)
        default:
          guard readLiteral() else { return false }
        }
        expectsValue = false
        continue
      }
      guard let inMap = isMap.last else { return true }
      skipSpace()
      guard at < text.count else {
        refuse("the text ends inside \(inMap ? "an object" : "an array")", length: 0)
        return false
      }
      let closing: UInt8 = inMap ? 0x7D : 0x5D
      if text[at] == closing {
        close(&isMap, &keysOfOpenMaps)
        continue
      }
      guard text[at] == 0x2C else {
        refuse(
          "expected `,` or `\(inMap ? "}" : "]")`", length: 1,
          hint: text[at] == 0x2F || text[at] == 0x23 ? "JSON has no comments" : nil)
        return false
      }
      let comma = at
      at += 1
      skipSpace()
      if at < text.count, text[at] == closing {
        diagnostics.append(
          .jsonSyntax(
            "a comma behind the last \(inMap ? "entry" : "item")",
            at: Span(source, comma..<(comma + 1)),
            hint: "remove the comma"))
        return false
      }
      if inMap {
        guard readKey(&keysOfOpenMaps) else { return false }
      }
      expectsValue = true
    }
  }

  private mutating func close(_ isMap: inout [Bool], _ keys: inout [[String: NodeID]]) {
    at += 1
    builder.end(at: at)
    if isMap.removeLast() { keys.removeLast() }
  }

  private mutating func readKey(_ keys: inout [[String: NodeID]]) -> Bool {
    guard at < text.count, text[at] == 0x22 else {
      refuse(
        "expected a key in double quotes", length: 1,
        hint: at < text.count && (text[at] == 0x2F || text[at] == 0x23)
          ? "JSON has no comments" : nil)
      return false
    }
    guard let scalar = readString() else { return false }
    let id = addString(scalar)
    let name = builder.tree.string(id)
    if let last = keys.indices.last {
      if let first = keys[last][name] {
        diagnostics.append(
          .jsonDuplicateKey(name, at: builder.tree.span(id), first: builder.tree.span(first)))
      } else {
        keys[last][name] = id
      }
    }
    skipSpace()
    guard at < text.count, text[at] == 0x3A else {
      refuse("expected `:` behind the key `\(name)`", length: 1)
      return false
    }
    at += 1
    skipSpace()
    return true
  }

  private struct Scalar {
    var span: Range<Int>
    var decoded: [UInt8]?
  }

  @discardableResult
  private mutating func addString(_ scalar: Scalar) -> NodeID {
    if let decoded = scalar.decoded {
      return builder.scalar(.string, style: .doubleQuoted, span: scalar.span, decoded: decoded)
    }
    return builder.scalar(
      .string, style: .doubleQuoted, span: scalar.span,
      textInSource: (scalar.span.lowerBound + 1)..<(scalar.span.upperBound - 1))
  }

  private mutating func readString() -> Scalar? {
    let start = at
    at += 1
    var decoded: [UInt8]?
    while at < text.count {
      let byte = text[at]
      switch byte {
      case 0x22:
        at += 1
        let content = decoded.map { $0[...] } ?? text[(start + 1)..<(at - 1)]
        guard String(validating: content, as: UTF8.self) != nil else {
          diagnostics.append(
            .jsonSyntax("the string is not valid UTF-8", at: Span(source, start..<at)))
          return nil
        }
        return Scalar(span: start..<at, decoded: decoded)
      case 0x5C:
        if decoded == nil { decoded = Array(text[(start + 1)..<at]) }
        guard let piece = readEscape() else { return nil }
        decoded?.append(contentsOf: piece)
      case 0..<0x20:
        refuse(
          "a control character inside a string", length: 1,
          hint: byte == 0x0A ? "close the string on its line, or write `\\n`" : "escape it")
        return nil
      default:
        decoded?.append(byte)
        at += 1
      }
    }
    diagnostics.append(
      .jsonSyntax("the string has no closing quote", at: Span(source, start..<(start + 1))))
    return nil
  }

  private mutating func readEscape() -> [UInt8]? {
    let start = at
    guard at + 1 < text.count else {
      refuse("the text ends inside an escape", length: 1)
      return nil
    }
    at += 2
    switch text[start + 1] {
    case 0x22, 0x5C, 0x2F: return [text[start + 1]]
    case 0x62: return [0x08]
    case 0x66: return [0x0C]
    case 0x6E: return [0x0A]
    case 0x72: return [0x0D]
    case 0x74: return [0x09]
    case 0x75:
      guard var scalar = readHexadecimal() else {
        diagnostics.append(
          .jsonSyntax(
            "`\\u` needs four hexadecimal digits",
            at: Span(source, start..<min(start + 6, text.count))))
        return nil
      }
      if scalar & 0xFC00 == 0xD800, at + 1 < text.count, text[at] == 0x5C, text[at + 1] == 0x75 {
        let before = at
        at += 2
        if let low = readHexadecimal(), low & 0xFC00 == 0xDC00 {
          scalar = 0x10000 + (scalar & 0x3FF) << 10 + low & 0x3FF
        } else {
          at = before
        }
      }
      // A lone surrogate is no character: it becomes U+FFFD, as most readers have it.
      return Array(String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8)
    default:
      diagnostics.append(
        .jsonSyntax(
          "unknown escape `\\\(Character(Unicode.Scalar(text[start + 1])))`",
          at: Span(source, start..<at), hint: "a backslash is written `\\\\`"))
      return nil
    }
  }

  private mutating func readHexadecimal() -> UInt32? {
    guard at + 4 <= text.count else { return nil }
    var value: UInt32 = 0
    for index in at..<(at + 4) {
      guard let digit = Character(Unicode.Scalar(text[index])).hexDigitValue else { return nil }
      value = value << 4 | UInt32(digit)
    }
    at += 4
    return value
  }

  private mutating func readLiteral() -> Bool {
    let start = at
    while at < text.count, Self.isWordByte(text[at]) { at += 1 }
    let word = text[start..<at]
    let kind: Tree.Kind
    if word.elementsEqual("null".utf8) {
      kind = .null
    } else if word.elementsEqual("true".utf8) || word.elementsEqual("false".utf8) {
      kind = .bool
    } else if let number = Self.numberKind(word) {
      kind = number
    } else {
      at = start
      refuseWord(word)
      return false
    }
    builder.scalar(kind, style: .plain, span: start..<at, textInSource: start..<at)
    return true
  }

  private mutating func refuseWord(_ word: ArraySlice<UInt8>) {
    let shown = String(decoding: word.prefix(40), as: UTF8.self)
    if word.isEmpty {
      let byte = text[at]
      let hint: String? =
        switch byte {
        case 0x2F, 0x23: "JSON has no comments"
        case 0x27: "strings stand in double quotes"
        case 0x2C: "an item is missing before the comma, or there is one comma too many"
        default: nil
        }
      refuse("expected a value", length: 1, hint: hint)
    } else {
      refuse(
        "`\(shown)` is not a JSON value", length: word.count,
        hint: Suggestion.hint(for: shown, among: ["null", "true", "false"])
          ?? "a string stands in double quotes")
    }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2E, 0x5F, 0x80...: true
    default: false
    }
  }

  /// Whether a word is a JSON number: `int` without fraction and exponent, else `float`.
  private static func numberKind(_ word: ArraySlice<UInt8>) -> Tree.Kind? {
    var rest = word
    if rest.first == 0x2D { rest.removeFirst() }
    guard let first = rest.first, (0x30...0x39).contains(first) else { return nil }
    if first == 0x30 {
      rest.removeFirst()
    } else {
      rest = rest.drop { (0x30...0x39).contains($0) }
    }
    var kind = Tree.Kind.int
    if rest.first == 0x2E {
      rest.removeFirst()
      guard let digit = rest.first, (0x30...0x39).contains(digit) else { return nil }
      rest = rest.drop { (0x30...0x39).contains($0) }
      kind = .float
    }
    if rest.first == 0x65 || rest.first == 0x45 {
      rest.removeFirst()
      if rest.first == 0x2B || rest.first == 0x2D { rest.removeFirst() }
      guard let digit = rest.first, (0x30...0x39).contains(digit) else { return nil }
      rest = rest.drop { (0x30...0x39).contains($0) }
      kind = .float
    }
    return rest.isEmpty ? kind : nil
  }

  private mutating func refuse(_ message: String, length: Int, hint: String? = nil) {
    let end = min(at + length, text.count)
    diagnostics.append(.jsonSyntax(message, at: Span(source, min(at, end)..<end), hint: hint))
  }
}
