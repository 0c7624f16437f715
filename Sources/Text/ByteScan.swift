/// Finds bytes in a text, eight at a time.
package enum ByteScan {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let tops: UInt64 = 0x8080_8080_8080_8080

  /// The offset, from `start` on, of the first eight bytes of which one may satisfy `mayHold`, or
  /// of the shorter rest. Bytes that are skipped don't satisfy it.
  private static func skip(
    _ text: UnsafeBufferPointer<UInt8>, from start: Int, _ mayHold: (UInt64) -> Bool
  ) -> Int {
    let raw = UnsafeRawBufferPointer(text)
    var at = start
    while at + 8 <= raw.count {
      if mayHold(raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)) { return at }
      at += 8
    }
    return at
  }

  /// Whether one of a word's bytes is this byte.
  private static func has(_ word: UInt64, _ byte: UInt64) -> Bool {
    let difference = word ^ (ones &* byte)
    return (difference &- ones) & ~difference & tops != 0
  }

  /// Whether one of a word's bytes is an ASCII control character.
  private static func hasControl(_ word: UInt64) -> Bool {
    (word &- ones &* 0x20) & ~word & tops != 0
  }

  /// The first byte, from `start` on, that a JSON string must escape.
  package static func escaped(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    var at = start
    while true {
      at = skip(text, from: at) {
        hasControl($0) || has($0, 0x22) || has($0, 0x5C) || has($0, 0x7F)
      }
      let end = min(at + 8, text.count)
      while at < end {
        let byte = text[at]
        if byte < .space || byte == .quote || byte == .backslash || byte == 0x7F { return at }
        at += 1
      }
      if at == text.count { return nil }
    }
  }

  /// Whether a text has only characters that XML allows: no control characters but tab and line
  /// ends, and not U+FFFE or U+FFFF.
  package static func isPlain(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var at = 0
    while true {
      at = skip(text, from: at) { hasControl($0) || has($0, 0xEF) }
      let end = min(at + 8, text.count)
      while at < end {
        let byte = text[at]
        if byte < .space, byte != .tab, byte != .newline, byte != .carriageReturn { return false }
        if byte == 0xEF, at + 2 < text.count, text[at + 1] == 0xBF, text[at + 2] >= 0xBE {
          return false
        }
        at += 1
      }
      if at == text.count { return true }
    }
  }

  /// The offset of a word's first occurrence, from `start` on.
  package static func first(
    _ word: UnsafeBufferPointer<UInt8>, in text: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> Int? {
    guard let head = word.first, start >= 0 else { return nil }
    var at = start
    while true {
      at = skip(text, from: at) { has($0, UInt64(head)) }
      let end = min(at + 8, text.count)
      while at < end {
        if text[at] == head, at + word.count <= text.count,
          UnsafeBufferPointer(rebasing: text[at..<(at + word.count)]).isSame(as: word)
        {
          return at
        }
        at += 1
      }
      if at == text.count { return nil }
    }
  }

  /// Whether a text contains `${`.
  package static func hasExpression(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var at = 0
    while true {
      at = skip(text, from: at) { has($0, 0x24) }
      let end = min(at + 8, text.count)
      while at < end {
        if text[at] == .dollar, at + 1 < text.count, text[at + 1] == .openBrace { return true }
        at += 1
      }
      if at == text.count { return false }
    }
  }
}
