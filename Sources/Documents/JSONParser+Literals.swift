import Text
import Diagnostics
import SourceText

/// Null, bools and numbers.
extension JSONParser {
  mutating func readLiteral() -> Bool {
    let start = at
    while at < bytes.count, Self.isWordByte(bytes[at]) { at += 1 }
    let word = UnsafeBufferPointer(rebasing: bytes[start..<at])
    guard let kind = Self.kind(of: word) else {
      at = start
      refuseWord(word)
      return false
    }
    if kind == .float || word.count > 308, kind != .null, kind != .bool, isTooLarge(word) {
      diagnostics.append(.jsonNumberTooLarge(at: span(start..<at)))
      return false
    }
    builder.scalar(kind, style: .plain, span: start..<at, textInSource: start..<at)
    return true
  }

  static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), 0x80...: true
    default: ASCII.isWord(byte)
    }
  }

  static func kind(of word: UnsafeBufferPointer<UInt8>) -> Tree.Kind? {
    switch word.first {
    case UInt8(ascii: "n"): return word.elementsEqual("null".utf8) ? .null : nil
    case UInt8(ascii: "t"): return word.elementsEqual("true".utf8) ? .bool : nil
    case UInt8(ascii: "f"): return word.elementsEqual("false".utf8) ? .bool : nil
    default: return numberKind(word)
    }
  }

  /// The kind of a JSON number: `int` without fraction and exponent, else `float`; nil if it isn't
  /// one.
  private static func numberKind(_ word: UnsafeBufferPointer<UInt8>) -> Tree.Kind? {
    var at = word.first == .hyphen ? 1 : 0
    func skipDigits() -> Bool {
      let start = at
      while at < word.count, ASCII.isDigit(word[at]) { at += 1 }
      return at > start
    }
    let start = at
    guard skipDigits(), word[start] != UInt8(ascii: "0") || at == start + 1 else { return nil }
    var kind = Tree.Kind.int
    if at < word.count, word[at] == .dot {
      at += 1
      guard skipDigits() else { return nil }
      kind = .float
    }
    if at < word.count, word[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at < word.count, word[at] == .plus || word[at] == .hyphen { at += 1 }
      guard skipDigits() else { return nil }
      kind = .float
    }
    return at == word.count ? kind : nil
  }

  private func isTooLarge(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let number = Double(String(decoding: word, as: UTF8.self)) else { return false }
    return number.isInfinite
  }
}
