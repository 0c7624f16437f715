import Text

/// Finds the secrets that parameters and options of a text have.
enum SecretParameters {
  private static let signed: Set<String> = [
    "signature", "sig", "xamzsignature", "xamzcredential", "xgoogsignature", "xgoogcredential",
    "hmac",
  ]

  /// What is before a parameter's name, and so where its value ends.
  private enum Start {
    /// `?`, `&` or `#`: the value ends as a query's does.
    case query
    /// `;` or `,`, with or without a blank: the next one ends the value.
    case list
    /// An option that begins the text: the rest is its value, up to the next option.
    case option
    /// Any other: the value is a word.
    case word
  }

  /// The value after `name=` in a query or a list of settings, or as an option or assignment.
  static func parameter(_ text: UnsafeBufferPointer<UInt8>, equals: Int) -> Range<Int>? {
    var end = equals
    while end > 0, text[end - 1] == .space { end -= 1 }
    let start = nameStart(text, end)
    guard start < end, let before = self.start(text, start) else { return nil }
    guard isTelling(UnsafeBufferPointer(rebasing: text[start..<end])) else { return nil }
    var low = equals + 1
    while low < text.count, text[low] == .space { low += 1 }
    guard low < text.count else { return nil }
    if let quoted = SecretMembers.quoted(text, from: low) { return quoted }
    // Blanks around the sign are code's, where a word is a name.
    guard end == equals, low == equals + 1 else { return nil }
    let quote = start > 0 && isQuote(text[start - 1]) ? text[start - 1] : nil
    let high = valueEnd(text, low, before, quote: quote)
    if before == .word, isColumn(text[low..<high]) { return nil }
    return SecretParts.isSecret(String(decoding: text[low..<high], as: UTF8.self))
      ? low..<high : nil
  }

  private static func isTelling(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    if SecretNames.isTelling(name) { return true }
    let letters = name.filter { ASCII.isWord($0) && $0 != .underscore }.map { $0 | .space }
    return signed.contains(String(decoding: letters, as: UTF8.self))
  }

  static func nameStart(_ text: UnsafeBufferPointer<UInt8>, _ end: Int) -> Int {
    var start = end
    while start > 0, end - start < 120, isName(text[start - 1]) { start -= 1 }
    return start
  }

  private static func start(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Start? {
    guard start > 0 else { return text[start] == .hyphen ? .option : .word }
    switch text[start - 1] {
    case .question, .ampersand, .hash: return .query
    case .semicolon, .comma: return .list
    case .newline, .quote, .apostrophe, .openBrace, .openBracket, .openParenthesis: return .word
    case .space, .tab:
      var at = start - 1
      while at > 0, text[at] == .space || text[at] == .tab { at -= 1 }
      return text[at] == .semicolon || text[at] == .comma ? .list : .word
    default: return nil
    }
  }

  private static func valueEnd(
    _ text: UnsafeBufferPointer<UInt8>, _ low: Int, _ start: Start, quote: UInt8?
  ) -> Int {
    var high = low
    while high < text.count {
      let byte = text[high]
      switch start {
      case .query:
        // An AWS key may end in `=`.
        if SecretParts.isEnd(byte) || [.ampersand, .semicolon, .hash].contains(byte) {
          return high
        }
      case .list:
        if SecretParts.isEnd(byte) || [.ampersand, .semicolon].contains(byte) { return high }
      case .option:
        if byte == .newline || byte == .space && high + 1 < text.count && text[high + 1] == .hyphen
        {
          return high
        }
      case .word:
        if byte <= .space || byte == quote ?? .backtick { return high }
      }
      high += 1
    }
    return high
  }

  /// Whether a word is a column of a table, as in `a.token = b.token`.
  private static func isColumn(_ word: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    word.contains(.dot)
      && word.allSatisfy { UInt8.lowercase.contains($0) || $0 == .underscore || $0 == .dot }
  }

  // MARK: Options

  /// The word after an option with a telling name (`--password x`), and the password after
  /// `-u user:`.
  static func option(_ text: UnsafeBufferPointer<UInt8>, blank: Int) -> Range<Int>? {
    let start = nameStart(text, blank)
    let before = start > 0 ? text[start - 1] : .space
    guard start < blank, text[start] == .hyphen, before <= .space || isQuote(before) else {
      return nil
    }
    var low = blank
    while low < text.count, text[low] == .space { low += 1 }
    guard low < text.count, text[low] != .hyphen else { return nil }
    let value = SecretMembers.quoted(text, from: low) ?? low..<wordEnd(text, low, quote: before)
    let name = UnsafeBufferPointer(rebasing: text[start..<blank])
    if ["-u", "--user", "--proxy-user"].contains(where: { name.elementsEqual($0.utf8) }) {
      guard let colon = text[value].firstIndex(of: .colon), colon + 1 < value.upperBound,
        text[colon + 1] != .slash
      else { return nil }
      return colon + 1..<value.upperBound
    }
    guard SecretNames.isTelling(name) else { return nil }
    return SecretParts.isSecret(String(decoding: text[value], as: UTF8.self)) ? value : nil
  }

  private static func wordEnd(
    _ text: UnsafeBufferPointer<UInt8>, _ low: Int, quote: UInt8
  ) -> Int {
    var high = low
    while high < text.count, text[high] > .space, text[high] != quote { high += 1 }
    return high
  }

  // MARK: Percent-encoding

  /// The same in an address that is itself a parameter: `https%3A%2F%2Fuser%3Apassword%40host`, and
  /// `%3Ftoken%3Dx%26`.
  static func encoded(_ text: UnsafeBufferPointer<UInt8>, percent: Int) -> Range<Int>? {
    if isNext("%3a%2f%2f", text, percent) {
      let start = percent + 9
      var (at, inner): (Int?, Bool) = (nil, false)
      var end = start
      while end < text.count, !SecretParts.isEnd(text[end]), text[end] != .ampersand,
        !isNext("%2f", text, end)
      {
        if isNext("%3a", text, end) { inner = true }
        if isNext("%40", text, end) { at = end }
        end += 1
      }
      return inner ? at.map { start..<$0 } : nil
    }
    guard isNext("%3d", text, percent) else { return nil }
    // What looks like a name begins with the digits of the sign before it.
    let sign = nameStart(text, percent) - 1
    let start = sign + 3
    guard start < percent, isNext("%3f", text, sign) || isNext("%26", text, sign) else {
      return nil
    }
    guard isTelling(UnsafeBufferPointer(rebasing: text[start..<percent])) else { return nil }
    var end = percent + 3
    while end < text.count, !SecretParts.isEnd(text[end]), text[end] != .ampersand,
      !isNext("%26", text, end)
    {
      end += 1
    }
    return percent + 3..<end
  }

  private static func isNext(
    _ wanted: String, _ text: UnsafeBufferPointer<UInt8>, _ at: Int
  ) -> Bool {
    at >= 0 && at + wanted.utf8.count <= text.count
      && zip(text[at..<(at + wanted.utf8.count)], wanted.utf8).allSatisfy { found, wanted in
        (UInt8.uppercase.contains(found) ? found | .space : found) == wanted
      }
  }

  static func isName(_ byte: UInt8) -> Bool {
    ASCII.isWord(byte) || byte == .hyphen || byte == .dot
  }

  static func isQuote(_ byte: UInt8) -> Bool { byte == .quote || byte == .apostrophe }
}
