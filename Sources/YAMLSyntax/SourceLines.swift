import Text
import Values

/// Looks at the lines around a syntax error, to explain it.
struct SourceLines {
  let bytes: UnsafeBufferPointer<UInt8>

  /// The line at an offset, without its line end. Long lines are cut: this is only for advice.
  func line(of offset: Int) -> Range<Int> {
    let at = min(offset, bytes.count)
    let lowest = max(0, at - 4096)
    var low = at
    while low > lowest, !Self.isBreak(bytes[low - 1]) { low -= 1 }
    let highest = min(bytes.count, at + 4096)
    var high = at
    while high < highest, !Self.isBreak(bytes[high]) { high += 1 }
    return low..<high
  }

  /// The line above, if there is one.
  func lineAbove(_ line: Range<Int>) -> Range<Int>? {
    guard line.lowerBound > 0, Self.isBreak(bytes[line.lowerBound - 1]) else { return nil }
    var end = line.lowerBound - 1
    if end > 0, bytes[end] == .newline, bytes[end - 1] == .carriageReturn { end -= 1 }
    return self.line(of: end)
  }

  static func isBreak(_ byte: UInt8) -> Bool { byte == .newline || byte == .carriageReturn }

  static func isBlank(_ byte: UInt8) -> Bool { byte == .space || byte == .tab }

  func byte(_ offset: Int) -> UInt8? { offset >= 0 && offset < bytes.count ? bytes[offset] : nil }

  /// The spaces and tabs at a line's start.
  func indentation(_ line: Range<Int>) -> Range<Int> {
    var at = line.lowerBound
    while at < line.upperBound, Self.isBlank(bytes[at]) { at += 1 }
    return line.lowerBound..<at
  }

  /// The first tab in a line's indentation.
  func tabInIndentation(_ line: Range<Int>) -> Int? {
    indentation(line).first { bytes[$0] == .tab }
  }

  /// The offset of a text's first occurrence in a range.
  func find(_ wanted: StaticString, in range: Range<Int>) -> Int? {
    wanted.withUTF8Buffer { wanted in
      guard range.count >= wanted.count else { return nil }
      return (range.lowerBound...(range.upperBound - wanted.count)).first { at in
        wanted.indices.allSatisfy { bytes[at + $0] == wanted[$0] }
      }
    }
  }

  /// The first colon in a range that ends a key.
  func colon(in range: Range<Int>) -> Int? {
    range.first { bytes[$0] == .colon && byte($0 + 1).map(Self.isBlank) ?? true }
  }

  /// Whether a range is blank.
  func isBlank(_ range: Range<Int>) -> Bool { range.allSatisfy { Self.isBlank(bytes[$0]) } }

  /// The line's text without its indentation and trailing spaces.
  func content(_ line: Range<Int>) -> Range<Int> {
    let start = indentation(line).upperBound
    var end = line.upperBound
    while end > start, Self.isBlank(bytes[end - 1]) { end -= 1 }
    return start..<end
  }
}

/// The shape of keys.
enum KeyShape {
  static func isKeyByte(_ byte: UInt8) -> Bool {
    ASCII.isWord(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
  }

  /// The key of a text such as `secret_access_key:def`, whose colon has no space after it; nil for
  /// lookalikes (`s3://bucket`, `iglu:com.acme/a`).
  static func keyWithoutBlank(
    _ bytes: UnsafeBufferPointer<UInt8>, in range: Range<Int>
  ) -> Range<Int>? {
    var at = range.lowerBound
    // A Ruby symbol as a key.
    if at < range.upperBound, bytes[at] == .colon { at += 1 }
    while at < range.upperBound, isKeyByte(bytes[at]) { at += 1 }
    guard at > range.lowerBound, at + 1 < range.upperBound, bytes[at] == .colon,
      UInt8.uppercase.contains(bytes[range.lowerBound] & 0xDF) || bytes[range.lowerBound] == .colon,
      bytes[at + 1] != .slash, bytes[at + 1] != .colon, !SourceLines.isBlank(bytes[at + 1]),
      !SourceLines.isBreak(bytes[at + 1])
    else { return nil }
    let key = range.lowerBound..<at
    let isScheme = ["arn", "iglu", "urn", "jdbc", "mailto", "data"].contains {
      bytes[key].elementsEqual($0.utf8)
    }
    return isScheme ? nil : key
  }
}
