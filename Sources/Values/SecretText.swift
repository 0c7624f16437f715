import Text

/// Finds probable secrets in a text as it is written, which need not parse: by the names of keys, and
/// inside values.
package enum SecretText {
  /// The value of each `key: value` whose key says that it is a secret, up to the end of the line, or
  /// to the end of the block below it; and secrets inside other texts.
  package static func ranges(in text: [UInt8]) -> [Range<Int>] {
    var ranges = text.withUnsafeBufferPointer { SecretParts.ranges(in: $0) }
    var at = 0
    while at < text.count {
      guard text[at] == .colon, at > 0, isTelling(text, before: at) else {
        at += 1
        continue
      }
      let value = value(text, from: at + 1)
      if !value.isEmpty, !isExpression(text[value]) { ranges.append(value) }
      at = max(at + 1, value.upperBound)
    }
    return ranges
  }

  /// Whether a value is a template filled from the environment.
  package static func isMark(_ value: ArraySlice<UInt8>) -> Bool {
    value.starts(with: [.less, .percent])
  }

  /// Whether a value is nothing but an expression, which shows no secret.
  private static func isExpression(_ value: ArraySlice<UInt8>) -> Bool {
    let text = value.first.map(isQuote) == true ? value.dropFirst() : value
    return text.starts(with: [.dollar, .openBrace])
  }

  /// Whether the word before a colon is the name of a secret.
  private static func isTelling(_ text: [UInt8], before colon: Int) -> Bool {
    var end = colon
    if isQuote(text[end - 1]) { end -= 1 }
    var start = end
    while start > 0, end - start < 120, isName(text[start - 1]) { start -= 1 }
    return text[start..<end].withUnsafeBufferPointer { SecretNames.isTelling($0) }
  }

  private static func isName(_ byte: UInt8) -> Bool {
    ASCII.isWord(byte) || byte == .hyphen || byte == .dot
  }

  private static func value(_ text: [UInt8], from start: Int) -> Range<Int> {
    var low = start
    while low < text.count, text[low] == .space || text[low] == .tab { low += 1 }
    guard low < text.count else { return low..<low }
    if [.newline, .carriageReturn, .bar, .greater].contains(text[low]) {
      return block(text, from: low, key: start)
    }
    var high = low
    if isQuote(text[low]) {
      high += 1
      while high < text.count, text[high] != text[low], text[high] != .newline { high += 1 }
      return low..<min(high + 1, text.count)
    }
    // A map's own members are looked at one by one.
    if text[low] == .openBrace { return low..<low }
    while high < text.count, text[high] != .newline, text[high] != .carriageReturn {
      if text[high] == .hash, high > low, text[high - 1] == .space { break }
      high += 1
    }
    while high > low, [.space, .comma, .closeBrace].contains(text[high - 1]) { high -= 1 }
    return low..<high
  }

  /// The lines below a key that are further right; empty for a map.
  private static func block(_ text: [UInt8], from first: Int, key: Int) -> Range<Int> {
    var line = first
    while line < text.count, text[line] != .newline { line += 1 }
    let indent = indentation(text, ofLineWith: key)
    var (low, high): (Int?, Int) = (nil, line)
    while line < text.count {
      line += 1
      var at = line
      while at < text.count, text[at] == .space { at += 1 }
      guard at < text.count else { break }
      if text[at] == .newline || text[at] == .carriageReturn {
        line = at
        continue
      }
      guard at - line > indent, low != nil || !isMember(text, at) else { break }
      low = low ?? at
      while at < text.count, text[at] != .newline { at += 1 }
      (high, line) = (at, at)
    }
    return low.map { $0..<high } ?? first..<first
  }

  /// Whether a line begins a map: its members are looked at one by one.
  private static func isMember(_ text: [UInt8], _ start: Int) -> Bool {
    if text[start] == .openBrace { return true }
    let line = text[start...].prefix { $0 != .newline && $0 != .carriageReturn }
    guard let colon = line.dropFirst().firstIndex(of: .colon) else { return false }
    return colon + 1 == line.endIndex || text[colon + 1] == .space
  }

  private static func indentation(_ text: [UInt8], ofLineWith offset: Int) -> Int {
    var start = offset
    while start > 0, text[start - 1] != .newline { start -= 1 }
    var at = start
    while at < text.count, text[at] == .space { at += 1 }
    return at - start
  }

  private static func isQuote(_ byte: UInt8) -> Bool { byte == .quote || byte == .apostrophe }
}
