import Text
import SourceText

/// Checks a text, in one pass, before libyaml sees it.
struct TextCheck {
  enum Problem {
    case utf16
    case notUTF8
    case control(UInt32)
    /// More spaces in a row than the parser can cope with in a text of this size.
    case blanks(Int)
  }

  /// Length of the byte order mark.
  private(set) var base = 0
  private(set) var isASCII = true
  private(set) var problem: (what: Problem, at: Range<Int>)?

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    if bytes.count >= 2 {
      let isMarked =
        (bytes[0] == 0xFF && bytes[1] == 0xFE) || (bytes[0] == 0xFE && bytes[1] == 0xFF)
      let isPadded =
        bytes.count >= 4 && (bytes[0] == 0) != (bytes[1] == 0)
        && (bytes[2] == 0) == (bytes[0] == 0) && (bytes[3] == 0) == (bytes[1] == 0)
      if isMarked || isPadded {
        problem = (.utf16, 0..<2)
        return
      }
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { base = 3 }
    checkCharacters(bytes)
    if problem == nil { checkBlanks(bytes) }
  }

  private mutating func checkCharacters(_ bytes: UnsafeBufferPointer<UInt8>) {
    var at = base
    while at < bytes.count {
      at = Self.endOfPlainASCII(bytes, from: at)
      guard at < bytes.count else { return }
      let byte = bytes[at]
      if byte < 0x80 {
        guard byte != 0x7F,
          byte >= .space || byte == .tab || byte == .newline || byte == .carriageReturn
        else {
          problem = (.control(UInt32(byte)), at..<(at + 1))
          return
        }
        at += 1
        continue
      }
      isASCII = false
      let length = UTF8Scalar.length(bytes, at: at)
      guard length > 0 else {
        problem = (.notUTF8, at..<(at + 1))
        return
      }
      let scalar = UTF8Scalar.value(bytes, at: at, length: length)
      if (0x80..<0xA0).contains(scalar) && scalar != 0x85 || scalar == 0xFFFE || scalar == 0xFFFF {
        problem = (.control(scalar), at..<(at + length))
        return
      }
      at += length
    }
  }

  /// Skips eight bytes at a time while all are printable ASCII or line feeds.
  private static func endOfPlainASCII(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    let raw = UnsafeRawBufferPointer(bytes)
    var at = start
    while at + 8 <= raw.count {
      let word = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      // The top bit of a byte: not ASCII; of byte - 0x20: below a space; of byte + 1: delete.
      // Line feeds are turned into spaces first.
      let feeds = zeroBytes(word ^ 0x0A0A_0A0A_0A0A_0A0A)
      let text = word | (feeds >> 2)
      let suspects = text | (text &- 0x2020_2020_2020_2020) | (text &+ 0x0101_0101_0101_0101)
      if suspects & 0x8080_8080_8080_8080 != 0 { break }
      at += 8
    }
    return at
  }

  /// The top bit of every byte that is zero; exact, carries included.
  private static func zeroBytes(_ word: UInt64) -> UInt64 {
    let low = (word & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7F7F_7F7F_7F7F_7F7F
    return ~(low | word | 0x7F7F_7F7F_7F7F_7F7F)
  }

  /// libyaml clears its whole buffer of spaces at each word, so that one long run makes every later
  /// word expensive: the product of both is bounded.
  private mutating func checkBlanks(_ bytes: UnsafeBufferPointer<UInt8>) {
    let limit = max(1024, (1 << 32) / max(1, bytes.count))
    guard bytes.count > limit else { return }
    // A run of this length can't fit between two of the places looked at.
    var at = 0
    while at < bytes.count {
      guard Self.isBlank(bytes[at]) else {
        at += limit
        continue
      }
      var low = at
      while low > 0, Self.isBlank(bytes[low - 1]) { low -= 1 }
      var high = at
      while high < bytes.count, Self.isBlank(bytes[high]) { high += 1 }
      if high - low > limit {
        problem = (.blanks(limit), low..<high)
        return
      }
      at = max(high, at + limit)
    }
  }

  /// Spaces, tabs, line ends, and the bytes of Unicode's line separators.
  private static func isBlank(_ byte: UInt8) -> Bool {
    switch byte {
    case .space, .tab, .newline, .carriageReturn, 0xC2, 0x85, 0xE2, 0x80, 0xA8, 0xA9: true
    default: false
    }
  }
}
