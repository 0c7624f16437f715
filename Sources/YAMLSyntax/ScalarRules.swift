import Text
import Documents
import Values

/// How the type of a plain scalar without a tag is decided.
package enum ScalarRules: Sendable, Hashable {
  /// YAML 1.1 as in Ruby's Psych: `yes`, `0o17` as `017`, `1_000`, `1:30`, `:symbol`.
  /// Dates and times stay strings: no reader of a config uses them.
  case ruby
  /// The core schema of YAML 1.2.
  case core
}

/// The type of a plain scalar, and its normal spelling.
enum ResolvedScalar {
  /// Its text is the normal spelling of its kind.
  case verbatim(Tree.Kind)
  /// It is written another way than its kind's normal spelling, which is this.
  case respelt(Tree.Kind, String)
  /// A Ruby symbol: the part of the text that is its name.
  case symbol(Range<Int>)
}

extension ScalarRules {
  func resolve(_ text: UnsafeBufferPointer<UInt8>) -> ResolvedScalar {
    guard let first = text.first else { return .verbatim(.null) }
    switch self {
    case .ruby: return RubyScalar.resolve(text, first: first)
    case .core: return CoreScalar.resolve(text, first: first)
    }
  }

  /// The value of an `!!int`, `!!float`, `!!bool` or `!!null` scalar; nil if its text isn't one.
  func resolve(_ text: UnsafeBufferPointer<UInt8>, as kind: Tree.Kind) -> ResolvedScalar? {
    let resolved = resolve(text)
    switch (resolved, kind) {
    case (.verbatim(let found), _) where found == kind: return resolved
    case (.respelt(let found, _), _) where found == kind: return resolved
    case (.verbatim(.int), .float): return .verbatim(.float)
    case (.respelt(.int, let digits), .float): return .respelt(.float, digits)
    default: return nil
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether the text equals `word` (lower case); `anyCase` ignores the case of ASCII letters.
  func matches(_ word: StaticString, anyCase: Bool) -> Bool {
    guard count == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { word in
      zip(self, word).allSatisfy { byte, letter in
        byte == letter || anyCase && UInt8.uppercase.contains(byte) && byte | 0x20 == letter
      }
    }
  }
}

/// YAML 1.2, section 10.3.2.
enum CoreScalar {
  static func resolve(
    _ text: UnsafeBufferPointer<UInt8>, first: UInt8
  ) -> ResolvedScalar {
    switch first {
    case .tilde: return .verbatim(text.count == 1 ? .null : .string)
    case UInt8(ascii: "n"), UInt8(ascii: "N"):
      return .verbatim(isAnySpelling(text, of: "null") ? .null : .string)
    case UInt8(ascii: "t"), UInt8(ascii: "T"): return bool(text, "true")
    case UInt8(ascii: "f"), UInt8(ascii: "F"): return bool(text, "false")
    case UInt8.digits, .plus, .hyphen, .dot: return number(text, first: first)
    default: return .verbatim(.string)
    }
  }

  /// All lower case, all capitals, or capitalised.
  private static func isAnySpelling(
    _ text: UnsafeBufferPointer<UInt8>, of word: StaticString
  ) -> Bool {
    guard text.matches(word, anyCase: true) else { return false }
    let rest = text.dropFirst()
    let isSmall = rest.allSatisfy { $0 & 0x20 != 0 }
    return isSmall || text.allSatisfy { $0 & 0x20 == 0 }
  }

  private static func bool(
    _ text: UnsafeBufferPointer<UInt8>, _ word: StaticString
  ) -> ResolvedScalar {
    guard isAnySpelling(text, of: word) else { return .verbatim(.string) }
    return text.matches(word, anyCase: false)
      ? .verbatim(.bool) : .respelt(.bool, word.description)
  }

  private static func number(
    _ text: UnsafeBufferPointer<UInt8>, first: UInt8
  ) -> ResolvedScalar {
    let isSigned = first == .plus || first == .hyphen
    let digits = text.dropFirst(isSigned ? 1 : 0)
    if digits.first == .dot, let special = special(text, digits) { return special }
    if !isSigned, text.count > 2, first == UInt8(ascii: "0"),
      text[1] == UInt8(ascii: "x") || text[1] == UInt8(ascii: "o")
    {
      let radix = text[1] == UInt8(ascii: "x") ? 16 : 8
      return NumberSpelling.integer(text.dropFirst(2), radix: radix, isNegative: false)
        ?? .verbatim(.string)
    }
    var scan = NumberSpelling(text)
    guard scan.isNumber else { return .verbatim(.string) }
    return scan.resolved
  }

  private static func special(
    _ text: UnsafeBufferPointer<UInt8>, _ digits: Slice<UnsafeBufferPointer<UInt8>>
  ) -> ResolvedScalar? {
    let word = UnsafeBufferPointer(rebasing: digits.dropFirst())
    if isAnySpelling(word, of: "inf") {
      return .respelt(.float, text.first == .hyphen ? "-inf" : "inf")
    }
    guard digits.count == text.count, word.count == 3 else { return nil }
    let isNaN =
      word.elementsEqual("nan".utf8) || word.elementsEqual("NaN".utf8)
      || word.elementsEqual("NAN".utf8)
    return isNaN ? .respelt(.float, "nan") : nil
  }
}

/// A decimal number's parts, as `[-+]? digits? (. digits?)? ([eE] [-+]? digits)?`.
struct NumberSpelling {
  private let text: UnsafeBufferPointer<UInt8>
  private var at = 0
  private var hasPlus = false
  private var whole = 0..<0
  private var fraction: Range<Int>?
  private var exponent: Range<Int>?

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  private mutating func digits() -> Range<Int> {
    let start = at
    while at < text.count, ASCII.isDigit(text[at]) { at += 1 }
    return start..<at
  }

  /// Whether the text that was read is a number of YAML 1.2.
  var isNumber: Bool {
    mutating get {
      guard let first = text.first else { return false }
      hasPlus = first == .plus
      if hasPlus || first == .hyphen { at = 1 }
      whole = digits()
      if at < text.count, text[at] == .dot {
        at += 1
        fraction = digits()
      }
      guard !whole.isEmpty || !(fraction ?? 0..<0).isEmpty else { return false }
      if at < text.count, text[at] | 0x20 == UInt8(ascii: "e") {
        let start = at
        at += 1
        if at < text.count, text[at] == .plus || text[at] == .hyphen { at += 1 }
        guard !digits().isEmpty else { return false }
        exponent = start..<at
      }
      return at == text.count
    }
  }

  /// The number that was read, in its normal spelling.
  var resolved: ResolvedScalar {
    let isNegative = text.first == .hyphen
    guard fraction != nil || exponent != nil else {
      let hasZeros = whole.count > 1 && text[whole.lowerBound] == UInt8(ascii: "0")
      let isMinusZero =
        isNegative && whole.count == 1 && text[whole.lowerBound] == UInt8(ascii: "0")
      if !hasPlus, !hasZeros, !isMinusZero { return .verbatim(.int) }
      let significant = text[whole].drop { $0 == UInt8(ascii: "0") }
      guard !significant.isEmpty else { return .respelt(.int, "0") }
      return .respelt(.int, (isNegative ? "-" : "") + String(decoding: significant, as: UTF8.self))
    }
    if !hasPlus, !whole.isEmpty, fraction.map({ !$0.isEmpty }) ?? true { return .verbatim(.float) }
    var spelling = isNegative ? "-" : ""
    spelling += whole.isEmpty ? "0" : String(decoding: text[whole], as: UTF8.self)
    if let fraction {
      spelling += "." + (fraction.isEmpty ? "0" : String(decoding: text[fraction], as: UTF8.self))
    }
    if let exponent { spelling += String(decoding: text[exponent], as: UTF8.self) }
    return .respelt(.float, spelling)
  }

  /// An integer in another base, in decimal digits; beyond 64 bits, a float. Nil if a byte isn't a
  /// digit of the base, or there are no digits.
  static func integer(
    _ digits: some Collection<UInt8>, radix: Int, isNegative: Bool
  ) -> ResolvedScalar? {
    guard !digits.isEmpty else { return nil }
    var exact: UInt64? = 0
    var rough = 0.0
    for byte in digits {
      let digit: Int
      switch byte {
      case 0x30...0x39: digit = Int(byte) - 0x30
      case 0x41...0x46: digit = Int(byte) - 0x41 + 10
      case 0x61...0x66: digit = Int(byte) - 0x61 + 10
      default: return nil
      }
      guard digit < radix else { return nil }
      rough = rough * Double(radix) + Double(digit)
      exact = exact.flatMap { value in
        let (product, overflow) = value.multipliedReportingOverflow(by: UInt64(radix))
        let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
        return overflow || carry ? nil : sum
      }
    }
    if let exact { return .respelt(.int, (isNegative && exact > 0 ? "-" : "") + String(exact)) }
    return .respelt(.float, (isNegative ? "-" : "") + rough.description)
  }
}
