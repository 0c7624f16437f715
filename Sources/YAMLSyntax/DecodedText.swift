package import Documents
import Text
package import SourceText
import Values

extension Tree {
  /// Maps offsets of a scalar's decoded text to those of the source, for any style, including JSON
  /// strings. It is made on demand, by reading the scalar's source again.
  ///
  /// A scalar whose spelling was normalised (`yes`, `0x1F`) maps to its whole span everywhere.
  package func decodedMap(of node: NodeID) -> OffsetMap {
    let node = resolved(node)
    var map = OffsetMap()
    if let range = verbatimRange(node) {
      if !range.isEmpty { map.append(derivedCount: range.count, origin: range) }
      return map
    }
    if let rewriting = rewriting(of: node) { return rewriting }
    let range = range(node).clamped(to: 0..<text.count)
    return withBytes(node) { wanted in
      let decoded = text.withUnsafeBufferPointer {
        DecodedText.read($0, range, style: style(node), wanted: wanted)
      }
      if let decoded { return decoded }
      map.appendReplacement(derivedCount: wanted.count, origin: range)
      return map
    }
  }

  /// The place in the source for a range of a scalar's decoded text.
  package func span(inScalar node: NodeID, _ range: Range<Int>) -> Span {
    let node = resolved(node)
    if let home = verbatimRange(node) {
      let low = min(home.lowerBound + max(0, range.lowerBound), home.upperBound)
      return place(low..<max(low, min(home.lowerBound + range.upperBound, home.upperBound)))
    }
    let map = decodedMap(of: node)
    guard !map.segments.isEmpty else { return emptyTextSpan(node) }
    return place(map.origin(of: range))
  }

  /// The place between the quotes of an empty text.
  private func emptyTextSpan(_ node: NodeID) -> Span {
    let span = self.span(node)
    switch style(node) {
    case .singleQuoted, .doubleQuoted:
      let inside = min(span.start + 1, span.end)
      return Span(span.source, inside, inside)
    case .plain, .literal, .folded: return Span(span.source, span.start, span.start)
    }
  }
}

/// A scalar decoded again from its source, with the origin of each piece.
struct DecodedText {
  private let bytes: UnsafeBufferPointer<UInt8>
  private(set) var text: [UInt8] = []
  private(set) var map = OffsetMap()

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// The map of a scalar whose decoded text is known; nil if the source does not decode to it.
  static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, style: Tree.Style,
    wanted: UnsafeBufferPointer<UInt8>
  ) -> OffsetMap? {
    func ifRight(_ decoded: DecodedText) -> OffsetMap? {
      decoded.text.elementsEqual(wanted) ? decoded.map : nil
    }
    var decoded = DecodedText(bytes)
    switch style {
    case .plain:
      decoded.readLines(range, style: .plain)
      return ifRight(decoded)
    case .singleQuoted, .doubleQuoted:
      guard range.count >= 2 else { return nil }
      decoded.readLines((range.lowerBound + 1)..<(range.upperBound - 1), style: style)
      return ifRight(decoded)
    case .literal, .folded:
      let block = BlockScalar(bytes, at: range.lowerBound, limit: wanted.count)
      for indent in block.likelyIndents {
        var decoded = DecodedText(bytes)
        block.read(indent: indent, isFolded: style == .folded, into: &decoded)
        if let map = ifRight(decoded) { return map }
      }
      return nil
    }
  }

  mutating func copy(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    text.append(contentsOf: bytes[range])
    map.append(derivedCount: range.count, origin: range)
  }

  mutating func put(_ new: some Collection<UInt8>, for range: Range<Int>) {
    text.append(contentsOf: new)
    map.appendReplacement(derivedCount: new.count, origin: range)
  }

  /// Adds a line end in its decoded form.
  mutating func putBreak(_ range: Range<Int>) {
    if range.count == 3 { copy(range) } else { put(CollectionOfOne(.newline), for: range) }
  }

  /// The length of the line end at an offset, as YAML 1.1 defines them; 0 if there is none.
  static func breakLength(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
    guard at < bytes.count else { return 0 }
    switch bytes[at] {
    case .newline: return 1
    case .carriageReturn: return at + 1 < bytes.count && bytes[at + 1] == .newline ? 2 : 1
    case 0xC2: return at + 1 < bytes.count && bytes[at + 1] == 0x85 ? 2 : 0
    case 0xE2:
      let isSeparator =
        at + 2 < bytes.count && bytes[at + 1] == 0x80
        && (bytes[at + 2] == 0xA8 || bytes[at + 2] == 0xA9)
      return isSeparator ? 3 : 0
    default: return 0
    }
  }

  // MARK: Plain and quoted

  /// Reads text with folded lines.
  private mutating func readLines(_ range: Range<Int>, style: Tree.Style) {
    var at = range.lowerBound
    var copied = at
    while at < range.upperBound {
      let byte = bytes[at]
      if SourceLines.isBlank(byte) || Self.breakLength(bytes, at) > 0 {
        copy(copied..<at)
        at = fold(at, end: range.upperBound, isContinued: false)
        copied = at
      } else if style == .singleQuoted, byte == .apostrophe {
        copy(copied..<at)
        let end = min(at + 2, range.upperBound)
        put(CollectionOfOne(.apostrophe), for: at..<end)
        at = end
        copied = at
      } else if style == .doubleQuoted, byte == .backslash {
        copy(copied..<at)
        at = escape(at, end: range.upperBound)
        copied = at
      } else {
        at += 1
      }
    }
    copy(copied..<at)
  }

  /// Reads spaces and line ends; returns the offset after them.
  private mutating func fold(_ start: Int, end: Int, isContinued: Bool) -> Int {
    var at = start
    var breaks: [Range<Int>] = []
    while at < end {
      let length = Self.breakLength(bytes, at)
      if length > 0 {
        breaks.append(at..<(at + length))
        at += length
      } else if SourceLines.isBlank(bytes[at]) {
        at += 1
      } else {
        break
      }
    }
    if isContinued {
      for line in breaks { putBreak(line) }
      return at
    }
    guard let first = breaks.first else {
      copy(start..<at)
      return at
    }
    if first.count == 3 {
      for line in breaks { putBreak(line) }
    } else if breaks.count == 1 {
      put(CollectionOfOne(.space), for: start..<at)
    } else {
      for line in breaks.dropFirst() { putBreak(line) }
    }
    return at
  }

  private mutating func escape(_ start: Int, end: Int) -> Int {
    let code = start + 1
    guard code < end else {
      copy(start..<end)
      return end
    }
    let breakLength = Self.breakLength(bytes, code)
    if breakLength > 0 { return fold(code + breakLength, end: end, isContinued: true) }
    if let digits = Self.digitCount(bytes[code]) {
      guard let (scalar, past) = hexadecimal(code + 1, digits: digits, end: end) else {
        copy(start..<(code + 1))
        return code + 1
      }
      put(String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8, for: start..<past)
      return past
    }
    put(Self.character(bytes[code]), for: start..<(code + 1))
    return code + 1
  }

  private static func digitCount(_ code: UInt8) -> Int? {
    switch code {
    case UInt8(ascii: "x"): 2
    case UInt8(ascii: "u"): 4
    case UInt8(ascii: "U"): 8
    default: nil
    }
  }

  /// The value of an escape's digits and the offset after it; a surrogate pair of escapes counts as
  /// one.
  private func hexadecimal(_ start: Int, digits: Int, end: Int) -> (UInt32, Int)? {
    guard let value = Hexadecimal.value(bytes, start, count: digits, end: end) else { return nil }
    let past = start + digits
    if value & 0xFFFF_FC00 == 0xD800, past + 1 < end, bytes[past] == 0x5C,
      bytes[past + 1] == UInt8(ascii: "u"),
      let low = Hexadecimal.value(bytes, past + 2, count: 4, end: end), low & 0xFC00 == 0xDC00
    {
      return (0x10000 + (value & 0x3FF) << 10 + low & 0x3FF, past + 6)
    }
    return (value, past)
  }

  private static func character(_ code: UInt8) -> [UInt8] {
    switch code {
    case UInt8(ascii: "0"): [0x00]
    case UInt8(ascii: "a"): [0x07]
    case UInt8(ascii: "b"): [0x08]
    case UInt8(ascii: "t"): [.tab]
    case UInt8(ascii: "n"): [.newline]
    case UInt8(ascii: "v"): [0x0B]
    case UInt8(ascii: "f"): [0x0C]
    case UInt8(ascii: "r"): [.carriageReturn]
    case UInt8(ascii: "e"): [0x1B]
    case UInt8(ascii: "N"): [0xC2, 0x85]
    case .underscore: [0xC2, 0xA0]
    case UInt8(ascii: "L"): [0xE2, 0x80, 0xA8]
    case UInt8(ascii: "P"): [0xE2, 0x80, 0xA9]
    default: [code]
    }
  }
}

/// Hexadecimal digits in text.
enum Hexadecimal {
  static func value(
    _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, count: Int, end: Int
  ) -> UInt32? {
    guard start + count <= min(end, bytes.count) else { return nil }
    var value: UInt32 = 0
    for index in start..<(start + count) {
      guard let digit = ASCII.hexValue(bytes[index]) else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}
