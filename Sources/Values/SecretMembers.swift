import Text

/// Finds the values of `name: value` with a telling name in a text: of headers, and of documents that
/// are written into it.
enum SecretMembers {
  /// The value after a colon, if the name before it is a secret's and begins a line, a word in quotes
  /// or a part of a map.
  static func member(_ text: UnsafeBufferPointer<UInt8>, colon: Int) -> Range<Int>? {
    var end = colon
    while end > 0, text[end - 1] == .space { end -= 1 }
    let isQuoted = end > 0 && SecretParameters.isQuote(text[end - 1])
    if isQuoted {
      end -= 1
      while end > 0, text[end - 1] == .backslash { end -= 1 }
    } else if end < colon {
      return nil
    }
    let start = SecretParameters.nameStart(text, end)
    guard start < end, isQuoted || begins(text, start),
      SecretNames.isTelling(UnsafeBufferPointer(rebasing: text[start..<end]))
    else { return nil }
    return value(text, after: colon, name: start)
  }

  private static func begins(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
    guard start > 0 else { return true }
    switch text[start - 1] {
    // `{{secret: …}}` is what is shown in place of one.
    case .openBrace: return start == 1 || text[start - 2] != .openBrace
    case .newline, .quote, .apostrophe, .comma, .semicolon: return true
    case .space, .tab:
      var at = start - 1
      while at > 0, text[at] == .space || text[at] == .tab { at -= 1 }
      return at == 0 || [.newline, .comma, .openBrace, .semicolon].contains(text[at])
        || text[at] == .hyphen
    default: return false
    }
  }

  private static func value(
    _ text: UnsafeBufferPointer<UInt8>, after colon: Int, name: Int
  ) -> Range<Int>? {
    var low = colon + 1
    while low < text.count, text[low] == .space || text[low] == .tab { low += 1 }
    guard low < text.count else { return nil }
    if let quoted = quoted(text, from: low) { return quoted }
    low = afterScheme(text, low)
    let before = name > 0 ? text[name - 1] : .newline
    var high = low
    if [.newline, .carriageReturn, .bar, .greater].contains(text[low]) {
      return SecretText.block(text, from: low, key: colon)
    }
    // Lists and maps have members of their own.
    if [.openBrace, .openBracket].contains(text[low]) { return nil }
    while high < text.count, text[high] != .newline, text[high] != .carriageReturn {
      if SecretParameters.isQuote(before), text[high] == before { break }
      if [.openBrace, .comma, .space, .quote].contains(before),
        [.comma, .closeBrace].contains(text[high])
      {
        break
      }
      high += 1
    }
    while high > low, text[high - 1] == .space { high -= 1 }
    return SecretParts.isSecret(String(decoding: text[low..<high], as: UTF8.self))
      ? low..<high : nil
  }

  /// What is after `Bearer` and the like in a header.
  private static func afterScheme(_ text: UnsafeBufferPointer<UInt8>, _ low: Int) -> Int {
    for scheme in ["Bearer ", "Basic ", "Token ", "Digest "] {
      let end = low + scheme.utf8.count
      if end < text.count, text[low..<end].elementsEqual(scheme.utf8) { return end }
    }
    return low
  }

  /// What is in quotes from an offset on, also in quotes that are escaped because they are in a text
  /// in quotes themselves; up to the end of the text if they aren't closed. Nil if there are none.
  static func quoted(_ text: UnsafeBufferPointer<UInt8>, from low: Int) -> Range<Int>? {
    var open = low
    while open < text.count, text[open] == .backslash { open += 1 }
    guard open < text.count, SecretParameters.isQuote(text[open]) else { return nil }
    let depth = open - low
    var (high, escapes) = (open + 1, 0)
    while high < text.count {
      if text[high] == text[open] {
        // Two apostrophes are one.
        let isDouble =
          depth == 0 && text[high] == .apostrophe && high + 1 < text.count
          && text[high + 1] == .apostrophe
        if isDouble {
          high += 1
        } else if escapes % (2 * (depth + 1)) == depth {
          return open + 1..<high - depth
        }
      }
      escapes = text[high] == .backslash ? escapes + 1 : 0
      high += 1
    }
    return open + 1..<text.count
  }
}
