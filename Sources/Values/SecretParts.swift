import Text

/// Finds the secrets inside texts: credentials in addresses (`scheme://user:password@host`), signed
/// queries (`?X-Amz-Signature=…`), `name=value` with a telling name, authorization headers, and
/// private keys.
package enum SecretParts {
  /// Whether a text holds one.
  package static func isIn(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { isIn($0) }
  }

  package static func isIn(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    mayHold(text) && !ranges(in: text).isEmpty
  }

  /// A text with each secret in it replaced.
  package static func replaced(in text: String, by mark: (String) -> String) -> String {
    var text = text
    return text.withUTF8 { bytes in
      let ranges = mayHold(bytes) ? ranges(in: bytes) : []
      guard !ranges.isEmpty else { return String(decoding: bytes, as: UTF8.self) }
      var out: [UInt8] = []
      var at = 0
      for range in ranges where range.lowerBound >= at {
        out += bytes[at..<range.lowerBound]
        out += mark(String(decoding: bytes[range], as: UTF8.self)).utf8
        at = range.upperBound
      }
      out += bytes[at...]
      return String(decoding: out, as: UTF8.self)
    }
  }

  /// The places of secrets in a text, in order.
  package static func ranges(in text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var at = 0
    while at < text.count {
      let found: Range<Int>? =
        switch text[at] {
        case .colon: userInformation(text, colon: at)
        case .equals: parameter(text, equals: at)
        case .space: authorization(text, blank: at)
        case .hyphen: privateKey(text, dash: at)
        default: nil
        }
      guard let found, !found.isEmpty, !isReference(text[found]) else {
        at += 1
        continue
      }
      ranges.append(found)
      at = max(at + 1, found.upperBound)
    }
    return ranges
  }

  private static func mayHold(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    text.contains { $0 == .equals || $0 == .at || $0 == .space || $0 == .hyphen }
  }

  /// Whether a value only says where a secret is, or has an expression in its place.
  package static func isReference(_ text: some Collection<UInt8>) -> Bool {
    ["arn:", "{{", "<%", "${", "env:", "s3://", "file:/"].contains {
      text.starts(with: $0.utf8)
    } || text.elementsEqual("?".utf8) || text.elementsEqual("%s".utf8)
  }

  /// Whether a value with a telling name is a secret: not a reference, a bool or nothing.
  package static func isSecret(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard !bytes.isEmpty, !isReference(bytes) else { return false }
    return !["true", "false", "yes", "no", "none", "null"].contains(text.lowercased())
  }

  // MARK: Addresses

  /// `user:password` of an address; with HTTP, a long user alone, which is a token.
  private static func userInformation(
    _ text: UnsafeBufferPointer<UInt8>, colon: Int
  ) -> Range<Int>? {
    guard colon > 0, colon + 3 < text.count, text[colon + 1] == .slash, text[colon + 2] == .slash
    else { return nil }
    let start = colon + 3
    var end = start
    var (at, inner): (Int?, Int?) = (nil, nil)
    while end < text.count, !isEnd(text[end]), ![.slash, .question, .hash].contains(text[end]) {
      if text[end] == .at { at = end }
      if text[end] == .colon, inner == nil { inner = end }
      end += 1
    }
    if at == nil, let inner, !text[(inner + 1)..<end].allSatisfy({ UInt8.digits.contains($0) }) {
      // A password with a `/` in it.
      while end < text.count, !isEnd(text[end]) {
        if text[end] == .at { at = end }
        end += 1
      }
    }
    guard let at, at > start else { return nil }
    if let inner, inner < at {
      return inner + 1 < at
        ? start..<at
        : isHTTP(text, colon) && inner - start >= 8
          ? start..<inner : nil
    }
    return at - start >= 16 && isHTTP(text, colon) ? start..<at : nil
  }

  private static func isHTTP(_ text: UnsafeBufferPointer<UInt8>, _ colon: Int) -> Bool {
    let scheme = text[max(0, colon - 5)..<colon].map { $0 | .space }
    return scheme.elementsEqual("https".utf8) || scheme.suffix(4).elementsEqual("http".utf8)
  }

  // MARK: Parameters

  private static let signed: Set<String> = [
    "signature", "sig", "xamzsignature", "xamzcredential", "xgoogsignature", "xgoogcredential",
    "hmac",
  ]

  /// The value after `name=` in a query or a list of settings.
  private static func parameter(
    _ text: UnsafeBufferPointer<UInt8>, equals: Int
  ) -> Range<Int>? {
    var start = equals
    while start > 0, equals - start < 120, isName(text[start - 1]) { start -= 1 }
    guard start < equals, startsParameter(text, start) else { return nil }
    let name = UnsafeBufferPointer(rebasing: text[start..<equals])
    let letters = name.filter { ASCII.isWord($0) && $0 != .underscore }.map { $0 | .space }
    guard
      SecretNames.isTelling(name) || signed.contains(String(decoding: letters, as: UTF8.self))
    else { return nil }
    var low = equals + 1
    if low < text.count, text[low] == .quote || text[low] == .apostrophe {
      let quote = text[low]
      low += 1
      var high = low
      while high < text.count, text[high] != quote, text[high] != .newline { high += 1 }
      return low..<high
    }
    // An AWS key may end in `=`.
    var high = low
    while high < text.count, !isEnd(text[high]),
      ![.ampersand, .semicolon, .hash].contains(text[high])
    {
      high += 1
    }
    let value = String(decoding: text[low..<high], as: UTF8.self)
    return isSecret(value) ? low..<high : nil
  }

  /// Whether a name at an offset is a parameter's: after `?`, `&`, `;` or `,`, as an option, or at
  /// the beginning of a line.
  private static func startsParameter(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
    guard start > 0 else { return true }
    switch text[start - 1] {
    case .question, .ampersand, .semicolon, .comma, .newline, .quote, .apostrophe: return true
    case .space, .tab: return text[start] == .hyphen || isIndented(text, start)
    default: return false
    }
  }

  private static func isIndented(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Bool {
    var at = start
    while at > 0, text[at - 1] == .space || text[at - 1] == .tab { at -= 1 }
    return at == 0 || text[at - 1] == .newline
  }

  // MARK: Headers and keys

  /// What follows `Bearer` or `Basic`.
  private static func authorization(
    _ text: UnsafeBufferPointer<UInt8>, blank: Int
  ) -> Range<Int>? {
    guard blank >= 5 else { return nil }
    let word = text[max(0, blank - 6)..<blank].map { $0 | .space }
    guard word.elementsEqual("bearer".utf8) || word.suffix(5).elementsEqual("basic".utf8) else {
      return nil
    }
    let length = word.elementsEqual("bearer".utf8) ? 6 : 5
    if blank > length, ASCII.isWord(text[blank - length - 1]) { return nil }
    var end = blank + 1
    while end < text.count, !isEnd(text[end]) { end += 1 }
    let value = text[(blank + 1)..<end]
    // A word of a sentence isn't one.
    let isWord = value.allSatisfy { UInt8.lowercase.contains($0) || $0 == .comma || $0 == .dot }
    return value.count >= 6 && !isWord ? (blank + 1)..<end : nil
  }

  private static func privateKey(_ text: UnsafeBufferPointer<UInt8>, dash: Int) -> Range<Int>? {
    let opening = Array("-----BEGIN ".utf8)
    guard dash + opening.count < text.count, text[dash + 1] == .hyphen,
      text[dash..<dash + opening.count].elementsEqual(opening)
    else { return nil }
    let label = String(
      decoding: text[(dash + opening.count)..<min(text.count, dash + 60)], as: UTF8.self)
    guard let end = label.range(of: "PRIVATE KEY") else { return nil }
    return (dash + opening.count + label[..<end].utf8.count)..<text.count
  }

  private static func isName(_ byte: UInt8) -> Bool {
    ASCII.isWord(byte) || byte == .hyphen || byte == .dot
  }

  private static func isEnd(_ byte: UInt8) -> Bool {
    byte <= .space || byte == .quote || byte == .apostrophe || byte == .backtick || byte == .less
      || byte == .greater
  }
}

extension String {
  /// The end of the first occurrence of a text.
  fileprivate func range(of text: String) -> String.Index? {
    firstRange(of: text)?.upperBound
  }
}
