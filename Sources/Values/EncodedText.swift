import Text

/// Base64 of a text, in either alphabet, with or without padding.
enum EncodedText {
  /// Whether a text has the characters of Base64 only, and enough of them to hold a secret.
  static func mayBe(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    text.count >= 16 && text.allSatisfy(isDigit)
  }

  /// The text; nil if the bytes aren't UTF-8.
  static func decoded(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    let digits = text.map { byte -> UInt8 in
      byte == .hyphen ? .plus : byte == .underscore ? .slash : byte
    }
    guard let bytes = Base64.decode(digits), String(validating: bytes, as: UTF8.self) != nil else {
      return nil
    }
    return bytes
  }

  /// The runs of Base64 in a text that are parts of texts themselves, also where they don't begin with
  /// a whole group.
  static func runs(in text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    var start = 0
    while start < text.count {
      var end = start
      while end < text.count, isDigit(text[end]) { end += 1 }
      if end - start >= 24, (0..<4).contains(where: { isText(text[(start + $0)..<end]) }) {
        runs.append(start..<end)
      }
      start = end + 1
    }
    return runs
  }

  /// Whether whole groups of digits, up to the padding, are a text in ASCII.
  private static func isText(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    var group: UInt32 = 0
    var count = 0
    for digit in digits {
      if digit == .equals { break }
      guard
        let value = Base64.value(
          of: digit == .hyphen ? .plus : digit == .underscore ? .slash : digit)
      else { return false }
      group = group << 6 | UInt32(value)
      count += 1
      guard count % 4 == 0 else { continue }
      for shift: UInt32 in [16, 8, 0] {
        guard isPlain(UInt8(truncatingIfNeeded: group >> shift)) else { return false }
      }
    }
    return count >= 4
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (UInt8.space...UInt8.tilde).contains(byte) || ASCII.isSpace(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    ASCII.isWord(byte) || byte == .plus || byte == .slash || byte == .hyphen || byte == .equals
  }
}
