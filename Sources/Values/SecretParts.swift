import Text

/// Finds the secrets inside texts: credentials in addresses (`scheme://user:password@host`, also
/// percent-encoded), signed queries (`?X-Amz-Signature=…`), `name=value`, `name: value` and
/// `--name value` with a telling name, authorization headers, and private keys; and Base64 of a text
/// with one.
package enum SecretParts {
  /// Whether a text holds one.
  package static func isIn(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { isIn($0) }
  }

  package static func isIn(_ text: UnsafeBufferPointer<UInt8>) -> Bool { !ranges(in: text).isEmpty }

  /// A text with each secret in it replaced.
  package static func replaced(in text: String, by mark: (String) -> String) -> String {
    var text = text
    return text.withUTF8 { bytes in
      let ranges = Self.ranges(in: bytes)
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
    ranges(in: text, depth: 0)
  }

  /// - Parameter members: whether `name: value` counts.
  static func ranges(
    in text: UnsafeBufferPointer<UInt8>, depth: Int, members: Bool = true
  ) -> [Range<Int>] {
    if EncodedText.mayBe(text), let inner = EncodedText.decoded(text) {
      // Anything nested this deep might be a secret.
      let isSecret =
        depth == 4
        || inner.withUnsafeBufferPointer { !Self.ranges(in: $0, depth: depth + 1).isEmpty }
      if isSecret { return [0..<text.count] }
    }
    guard mayHold(text) else { return [] }
    var ranges: [Range<Int>] = []
    var at = 0
    while at < text.count {
      let found: Range<Int>? =
        switch text[at] {
        case .colon:
          userInformation(text, colon: at)
            ?? (members ? SecretMembers.member(text, colon: at) : nil)
        case .equals: SecretParameters.parameter(text, equals: at)
        case .space:
          authorization(text, blank: at) ?? SecretParameters.option(text, blank: at)
        case .hyphen: privateKey(text, dash: at)
        case .percent: SecretParameters.encoded(text, percent: at)
        case .at: bareUser(text, at: at)
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
    text.contains {
      $0 == .equals || $0 == .at || $0 == .space || $0 == .hyphen || $0 == .colon || $0 == .percent
    }
  }

  /// Whether a value only says where a secret is, or has an expression in its place.
  package static func isReference(_ text: some Collection<UInt8>) -> Bool {
    ["arn:", "env:", "s3://", "file:/", "alias/"].contains { text.starts(with: $0.utf8) }
      || text.elementsEqual("?".utf8) || text.elementsEqual("%s".utf8) || isTemplate(text)
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
    guard colon > 0, colon + 3 < text.count else { return nil }
    guard text[colon + 1] == .slash, text[colon + 2] == .slash else {
      return oracleUser(text, colon: colon)
    }
    let start = colon + 3
    var end = start
    var (at, inner): (Int?, Int?) = (nil, nil)
    while end < text.count, !isEnd(text[end]), ![.slash, .question, .hash].contains(text[end]) {
      if text[end] == .at { at = end }
      if text[end] == .colon, inner == nil { inner = end }
      end += 1
    }
    if at == nil, let inner, !text[(inner + 1)..<end].allSatisfy({ ASCII.isDigit($0) }) {
      // A password with a `/` in it.
      while end < text.count, !isEnd(text[end]) {
        if text[end] == .at { at = end }
        end += 1
      }
    }
    guard let at, at > start else {
      return at == nil ? inner.flatMap { unfinished(text, $0 + 1, end) } : nil
    }
    if let inner, inner < at {
      return inner + 1 < at
        ? start..<at
        : isHTTP(text, colon) && inner - start >= 8
          ? start..<inner : nil
    }
    return at - start >= 16 && isHTTP(text, colon) ? start..<at : nil
  }

  /// What is in a port's place but can't be one: a password after which `@` and the host are missing.
  private static func unfinished(
    _ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int
  ) -> Range<Int>? {
    let word = text[start..<end]
    return word.count >= 6 && !word.contains(.comma) && word.contains(where: ASCII.isLetter)
      ? start..<end : nil
  }

  /// `password` in `user:password@host`, without a scheme.
  private static func bareUser(_ text: UnsafeBufferPointer<UInt8>, at: Int) -> Range<Int>? {
    var start = at
    while start > 0, at - start < 512, !isEnd(text[start - 1]),
      ![.slash, .comma, .equals].contains(text[start - 1])
    {
      start -= 1
    }
    guard let colon = text[start..<at].firstIndex(of: .colon), colon > start, colon + 1 < at,
      at + 1 < text.count, ASCII.isWord(text[at + 1]),
      !text[(colon + 1)..<at].contains(.colon),
      !["mailto", "sip", "sips", "acct", "xmpp"].contains(where: {
        text[start..<colon].elementsEqual($0.utf8)
      })
    else { return nil }
    return colon + 1..<at
  }

  private static func isHTTP(_ text: UnsafeBufferPointer<UInt8>, _ colon: Int) -> Bool {
    let scheme = text[max(0, colon - 5)..<colon].map { $0 | .space }
    return scheme.elementsEqual("https".utf8) || scheme.suffix(4).elementsEqual("http".utf8)
  }

  /// `user/password` in `jdbc:oracle:thin:user/password@host`.
  private static func oracleUser(
    _ text: UnsafeBufferPointer<UInt8>, colon: Int
  ) -> Range<Int>? {
    let start = colon + 1
    guard ["oracle:thin", "oracle:oci"].contains(where: { text[..<colon].hasEnd($0) }) else {
      return nil
    }
    var (at, hasSlash) = (start, false)
    while at < text.count, text[at] != .at, !isEnd(text[at]) {
      if text[at] == .slash { hasSlash = true }
      at += 1
    }
    return at < text.count && text[at] == .at && hasSlash ? start..<at : nil
  }

  // MARK: Headers and keys

  /// What follows `Bearer` or `Basic`.
  private static func authorization(
    _ text: UnsafeBufferPointer<UInt8>, blank: Int
  ) -> Range<Int>? {
    guard blank >= 5 else { return nil }
    let last = text[blank - 1] | .space
    guard last == UInt8(ascii: "r") || last == UInt8(ascii: "c") else { return nil }
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

  /// Whether a byte ends a word, as white space, quotes and angle brackets do.
  static func isEnd(_ byte: UInt8) -> Bool {
    byte <= .space || byte == .quote || byte == .apostrophe || byte == .backtick || byte == .less
      || byte == .greater
  }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
  /// Whether it ends with a text in lower case, whatever its own case.
  fileprivate func hasEnd(_ end: String) -> Bool {
    suffix(end.utf8.count).map { UInt8.uppercase.contains($0) ? $0 | .space : $0 }
      .elementsEqual(end.utf8)
  }
}

extension String {
  /// The end of the first occurrence of a text.
  fileprivate func range(of text: String) -> String.Index? {
    firstRange(of: text)?.upperBound
  }
}
