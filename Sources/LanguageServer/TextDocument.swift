import SourceText
import Text
import Values

/// What the columns of positions count.
package enum PositionEncoding: String, Sendable, CaseIterable {
  case utf8 = "utf-8"
  case utf16 = "utf-16"
  case utf32 = "utf-32"

  /// How many columns a scalar is, given its first byte; 0 for a byte inside one.
  fileprivate func width(_ lead: UInt8) -> Int {
    switch self {
    case .utf8: 1
    case .utf16: lead & 0xC0 == 0x80 ? 0 : lead >= 0xF0 ? 2 : 1
    case .utf32: lead & 0xC0 == 0x80 ? 0 : 1
    }
  }
}

/// A text, and where its lines start.
package struct LineText: Sendable {
  package private(set) var bytes: [UInt8]
  private var lines: LineTable

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    lines = LineTable(bytes)
  }

  package var lineCount: Int { lines.starts.count }

  /// The bytes of a line, without its end; empty past the last one.
  func line(_ number: Int) -> Range<Int> {
    guard lines.starts.indices.contains(number) else { return bytes.count..<bytes.count }
    let start = lines.starts[number]
    var end = number + 1 < lines.starts.count ? lines.starts[number + 1] : bytes.count
    if end > start, bytes[end - 1] == .newline { end -= 1 }
    if end > start, bytes[end - 1] == .carriageReturn { end -= 1 }
    return start..<end
  }

  func lineNumber(of offset: Int) -> Int { lines.line(of: min(max(0, offset), bytes.count)) }

  /// The offset of a position; one past a line's or the text's end is at that end.
  package func offset(line: Int, character: Int, _ encoding: PositionEncoding) -> Int {
    guard line >= 0 else { return 0 }
    let range = self.line(line)
    var left = max(0, character)
    var at = range.lowerBound
    while at < range.upperBound, left > 0 {
      let lead = bytes[at]
      let width = encoding.width(lead)
      if width > left { break }
      left -= width
      at += 1
      if encoding != .utf8 {
        while at < range.upperBound, bytes[at] & 0xC0 == 0x80 { at += 1 }
      }
    }
    // Never inside a character.
    while at > range.lowerBound, at < range.upperBound, bytes[at] & 0xC0 == 0x80 { at -= 1 }
    return at
  }

  package func position(_ offset: Int, _ encoding: PositionEncoding) -> (line: Int, character: Int)
  {
    let offset = min(max(0, offset), bytes.count)
    let line = lines.line(of: offset)
    let range = self.line(line)
    let end = min(offset, range.upperBound)
    let column = bytes[min(range.lowerBound, end)..<end].reduce(0) { $0 + encoding.width($1) }
    return (line, column)
  }

  package mutating func replace(_ range: Range<Int>, with text: [UInt8]) {
    bytes.replaceSubrange(range.clamped(to: 0..<bytes.count), with: text)
    lines = LineTable(bytes)
  }

  func string(_ range: Range<Int>) -> String {
    String(decoding: bytes[range.clamped(to: 0..<bytes.count)], as: UTF8.self)
  }
}

/// A document that the editor has open.
package struct TextDocument: Sendable {
  package let uri: String
  package let path: String
  package var version: Int
  package var text: LineText

  /// Applies a change of `didChange`: of a range, or of the whole text.
  mutating func apply(_ change: Value, _ encoding: PositionEncoding) {
    let new = Array((change["text"]?.text ?? "").utf8)
    guard let range = change["range"] else {
      text = LineText(new)
      return
    }
    let start = text.offset(range["start"], encoding)
    let end = text.offset(range["end"], encoding)
    text.replace(min(start, end)..<max(start, end), with: new)
  }
}

extension LineText {
  /// The offset of a position of the protocol's.
  func offset(_ position: Value?, _ encoding: PositionEncoding) -> Int {
    offset(
      line: position?["line"]?.number ?? 0, character: position?["character"]?.number ?? 0,
      encoding)
  }

  func position(_ offset: Int, _ encoding: PositionEncoding) -> Value {
    let (line, character) = position(offset, encoding)
    return .object(["line": .number(line), "character": .number(character)])
  }

  func range(_ range: Range<Int>, _ encoding: PositionEncoding) -> Value {
    .object([
      "start": position(range.lowerBound, encoding), "end": position(range.upperBound, encoding),
    ])
  }
}
