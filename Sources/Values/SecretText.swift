import Text

/// Finds probable secrets in a text as it is written, which need not parse: by the names of keys, and
/// inside values.
package enum SecretText {
  /// The value of each `key: value` whose key says that it is a secret, up to the end of the line, or
  /// to the end of the block below it; the same where the colon is missing, in a line of its own;
  /// texts in Base64; and secrets inside other texts.
  package static func ranges(in text: [UInt8]) -> [Range<Int>] {
    text.withUnsafeBufferPointer { ranges(in: $0) }
  }

  private static func ranges(in text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
    var ranges = SecretParts.ranges(in: text, depth: 0, members: false) + EncodedText.runs(in: text)
    var at = 0
    while at < text.count {
      if at == 0 || text[at - 1] == .newline, let value = valueWithoutColon(text, line: at) {
        ranges.append(value)
      }
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

  /// Whether a value, in quotes or not, is nothing but a template filled from the environment.
  package static func isMark(_ value: ArraySlice<UInt8>) -> Bool {
    let text = unquoted(value)
    return text.starts(with: [.less, .percent]) && SecretParts.isTemplate(text)
  }

  /// A value without the quotes around it.
  package static func unquoted<Text: BidirectionalCollection<UInt8>>(
    _ value: Text
  ) -> Text.SubSequence where Text.SubSequence == Text {
    var text = value
    while text.first.map(SecretParameters.isQuote) == true { text = text.dropFirst() }
    while text.last.map(SecretParameters.isQuote) == true { text = text.dropLast() }
    return text
  }

  /// Whether a value is nothing but an expression, which shows no secret.
  private static func isExpression(_ value: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    let text = unquoted(value)
    return text.starts(with: [.dollar, .openBrace]) && SecretParts.isTemplate(text)
  }

  /// Whether the word before a colon is the name of a secret.
  private static func isTelling(_ text: UnsafeBufferPointer<UInt8>, before colon: Int) -> Bool {
    var end = colon
    while end > 0, text[end - 1] == .space { end -= 1 }
    if end > 0, SecretParameters.isQuote(text[end - 1]) { end -= 1 }
    let start = SecretParameters.nameStart(text, end)
    return SecretNames.isTelling(UnsafeBufferPointer(rebasing: text[start..<end]))
  }

  /// What follows the name of a secret that begins a line, if no colon does: `password = x`.
  private static func valueWithoutColon(
    _ text: UnsafeBufferPointer<UInt8>, line: Int
  ) -> Range<Int>? {
    var start = line
    while start < text.count, [.space, .hyphen, .quote, .apostrophe].contains(text[start]) {
      start += 1
    }
    var end = start
    while end < text.count, SecretParameters.isName(text[end]) { end += 1 }
    guard end > start,
      SecretNames.isTelling(UnsafeBufferPointer(rebasing: text[start..<end]))
    else { return nil }
    if end < text.count, SecretParameters.isQuote(text[end]) { end += 1 }
    while end < text.count, text[end] == .space || text[end] == .tab { end += 1 }
    guard end < text.count, ![.colon, .comma, .newline, .carriageReturn].contains(text[end]) else {
      return nil
    }
    return end..<self.lineEnd(text, end)
  }

  private static func lineEnd(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
    var end = start
    while end < text.count, text[end] != .newline, text[end] != .carriageReturn { end += 1 }
    return end
  }

  private static func value(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Range<Int> {
    var low = start
    while low < text.count, text[low] == .space || text[low] == .tab { low += 1 }
    guard low < text.count else { return low..<low }
    if [.newline, .carriageReturn, .bar, .greater].contains(text[low]) {
      return quotedBelow(text, from: low) ?? block(text, from: low, key: start)
    }
    var high = low
    if let quoted = SecretMembers.quoted(text, from: low) {
      if let end = lineEnd(text, in: quoted, key: start) { return low..<end }
      let end = min(quoted.upperBound + 1, text.count)
      // A quote in the middle of the secret may have closed it.
      return low..<(isEnd(text, end) ? end : lineEnd(text, end))
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

  /// Whether a value can end at an offset.
  private static func isEnd(_ text: UnsafeBufferPointer<UInt8>, _ offset: Int) -> Bool {
    var at = offset
    while at < text.count, text[at] == .space { at += 1 }
    guard at < text.count else { return true }
    // Only a comma may be missing before the next key.
    let isNext = at > offset && (text[at] == .hash || SecretParameters.isQuote(text[at]))
    return isNext
      || [.comma, .closeBrace, .closeBracket, .newline, .carriageReturn, .backslash]
        .contains(text[at])
  }

  /// A text in quotes on a line of its own, as in JSON.
  private static func quotedBelow(
    _ text: UnsafeBufferPointer<UInt8>, from low: Int
  ) -> Range<Int>? {
    var at = low
    while at < text.count, text[at] <= .space { at += 1 }
    guard at < text.count, let quoted = SecretMembers.quoted(text, from: at) else { return nil }
    var end = min(quoted.upperBound + 1, text.count)
    let range = at..<end
    while end < text.count, text[end] == .space { end += 1 }
    return end < text.count && text[end] == .colon ? nil : range
  }

  /// The end of the line where a text in quotes can't go on, because the next isn't further right
  /// than its key: the closing quote is missing there.
  private static func lineEnd(
    _ text: UnsafeBufferPointer<UInt8>, in quoted: Range<Int>, key: Int
  ) -> Int? {
    guard text[quoted].contains(.newline) else { return nil }
    let indent = indentation(text, ofLineWith: key)
    var at = quoted.lowerBound
    while at < quoted.upperBound {
      guard text[at] == .newline else {
        at += 1
        continue
      }
      var next = at + 1
      while next < text.count, text[next] == .space { next += 1 }
      guard next < text.count else { return at }
      if text[next] != .newline, text[next] != .carriageReturn, next - at - 1 <= indent {
        return at
      }
      at += 1
    }
    return nil
  }

  /// The lines below a key that are further right; empty for a map.
  static func block(_ text: UnsafeBufferPointer<UInt8>, from first: Int, key: Int) -> Range<Int> {
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
  private static func isMember(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
    if text[start] == .openBrace { return true }
    let line = text[start...].prefix { $0 != .newline && $0 != .carriageReturn }
    guard let colon = line.dropFirst().firstIndex(of: .colon) else { return false }
    return colon + 1 == line.endIndex || text[colon + 1] == .space
  }

  private static func indentation(_ text: UnsafeBufferPointer<UInt8>, ofLineWith offset: Int) -> Int
  {
    var start = offset
    while start > 0, text[start - 1] != .newline { start -= 1 }
    var at = start
    while at < text.count, text[at] == .space { at += 1 }
    return at - start
  }
}
