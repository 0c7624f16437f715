import Text
import Documents
import Values

/// Reads a plain scalar like Ruby's Psych.
///
/// As in Psych: `y` and `n` are strings; an exponent counts only after a decimal point and with a
/// sign; digits may be grouped by `_` or `,`; `1:30` is hours and minutes in seconds.
enum RubyScalar {
  static func resolve(_ text: UnsafeBufferPointer<UInt8>, first: UInt8) -> ResolvedScalar {
    switch first {
    case UInt8.digits, .plus, .hyphen, .dot: return number(text, first: first)
    case .colon: return symbol(text)
    case .tilde: return .verbatim(text.count == 1 ? .null : .string)
    default: return text.count > 5 ? .verbatim(.string) : word(text, first: first | 0x20)
    }
  }

  /// Whether Psych makes a date, or a date and a time, of a text: `2026-01-15`,
  /// `2026-01-15 03:00:00 +01:00`.
  static func isTime(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    let parts = text.prefix(10).split(separator: .hyphen, omittingEmptySubsequences: false)
    func number(_ part: Slice<UnsafeBufferPointer<UInt8>>, upTo limit: Int) -> Bool {
      Int(String(decoding: part, as: UTF8.self)).map { (1...limit).contains($0) } ?? false
    }
    guard text.count >= 10, parts.count == 3, parts[0].count == 4, parts[1].count == 2,
      parts[2].count == 2, parts.allSatisfy({ $0.allSatisfy(UInt8.digits.contains) }),
      number(parts[1], upTo: 12), number(parts[2], upTo: 31)
    else { return false }
    let time = text.dropFirst(10)
    guard let first = time.first else { return true }
    let clock = time.drop { $0 == .space || $0 | 0x20 == UInt8(ascii: "t") }
    return (first == .space || first | 0x20 == UInt8(ascii: "t"))
      && clock.prefix { ASCII.isDigit($0) || $0 == .colon }
        .split(separator: .colon).count == 3
  }

  private static func word(_ text: UnsafeBufferPointer<UInt8>, first: UInt8) -> ResolvedScalar {
    func isOne(_ words: StaticString...) -> Bool {
      words.contains { text.matches($0, anyCase: true) }
    }
    switch first {
    case UInt8(ascii: "n") where isOne("null"): return .verbatim(.null)
    case UInt8(ascii: "t"), UInt8(ascii: "y"), UInt8(ascii: "o"):
      if text.matches("true", anyCase: false) { return .verbatim(.bool) }
      if isOne("true", "yes", "on") { return .respelt(.bool, "true") }
      return isOne("off") ? .respelt(.bool, "false") : .verbatim(.string)
    case UInt8(ascii: "f"), UInt8(ascii: "n"):
      if text.matches("false", anyCase: false) { return .verbatim(.bool) }
      return isOne("false", "no") ? .respelt(.bool, "false") : .verbatim(.string)
    default: return .verbatim(.string)
    }
  }

  /// `:name` and `:"a name"`; a lone colon is a string.
  private static func symbol(_ text: UnsafeBufferPointer<UInt8>) -> ResolvedScalar {
    guard text.count > 1 else { return .verbatim(.string) }
    let quote = text[1]
    if quote == .quote || quote == .apostrophe, text.count > 3, text[text.count - 1] == quote {
      return .symbol(2..<(text.count - 1))
    }
    return .symbol(1..<text.count)
  }

  private static func number(
    _ text: UnsafeBufferPointer<UInt8>, first: UInt8
  ) -> ResolvedScalar {
    let isSigned = first == .plus || first == .hyphen
    let digits = UnsafeBufferPointer(rebasing: text.dropFirst(isSigned ? 1 : 0))
    let isNegative = first == .hyphen
    if digits.matches(".inf", anyCase: true) {
      return .respelt(.float, isNegative ? "-inf" : "inf")
    }
    if !isSigned, text.matches(".nan", anyCase: true) { return .respelt(.float, "nan") }
    guard let lead = digits.first else { return .verbatim(.string) }
    if digits.contains(.colon) {
      return sexagesimal(digits, isNegative: isNegative) ?? .verbatim(.string)
    }
    if lead == UInt8(ascii: "0"), digits.count > 1, digits[1] != .dot {
      if let whole = prefixed(digits, isNegative: isNegative) { return whole }
    } else if let whole = decimal(digits, isSigned: isSigned, isNegative: isNegative) {
      return whole
    }
    return float(digits, hasPlus: first == .plus, isNegative: isNegative) ?? .verbatim(.string)
  }

  /// `0b1`, `0x1F`, `017`.
  private static func prefixed(
    _ digits: UnsafeBufferPointer<UInt8>, isNegative: Bool
  ) -> ResolvedScalar? {
    let radix = digits[1] == UInt8(ascii: "b") ? 2 : digits[1] == UInt8(ascii: "x") ? 16 : 8
    let rest = digits.dropFirst(radix == 8 ? 1 : 2).filter { $0 != .underscore && $0 != .comma }
    if rest.isEmpty { return radix == 8 ? .respelt(.int, "0") : nil }
    return NumberSpelling.integer(rest, radix: radix, isNegative: isNegative)
  }

  /// Digits, each of which may follow a single `,` or `_`.
  private static func decimal(
    _ digits: UnsafeBufferPointer<UInt8>, isSigned: Bool, isNegative: Bool
  ) -> ResolvedScalar? {
    var isGrouped = false
    for (index, byte) in digits.enumerated() where !ASCII.isDigit(byte) {
      guard byte == .underscore || byte == .comma, index > 0, index + 1 < digits.count,
        ASCII.isDigit(digits[index + 1])
      else { return nil }
      isGrouped = true
    }
    let isZero = digits.count == 1 && digits[0] == UInt8(ascii: "0")
    if !isGrouped, !isSigned || isNegative && !isZero { return .verbatim(.int) }
    let plain = String(decoding: digits.filter { $0 != .underscore && $0 != .comma }, as: UTF8.self)
    return .respelt(.int, isNegative && !isZero ? "-" + plain : plain)
  }

  /// Optionally `[0-9][0-9_,]*`, a point, optional digits, and optionally an exponent with a sign.
  private static func float(
    _ digits: UnsafeBufferPointer<UInt8>, hasPlus: Bool, isNegative: Bool
  ) -> ResolvedScalar? {
    guard let point = digits.firstIndex(of: .dot) else { return nil }
    let whole = digits[..<point]
    if let first = whole.first, !ASCII.isDigit(first) { return nil }
    guard whole.allSatisfy({ ASCII.isDigit($0) || $0 == .underscore || $0 == .comma })
    else { return nil }
    let rest = digits[(point + 1)...]
    let fraction = rest.prefix { ASCII.isDigit($0) }
    let exponent = rest.dropFirst(fraction.count)
    guard exponent.isEmpty || isExponent(exponent) else { return nil }
    guard !whole.isEmpty || !fraction.isEmpty else { return nil }
    let isPlain = whole.allSatisfy { ASCII.isDigit($0) }
    if isPlain, !hasPlus, !whole.isEmpty, !fraction.isEmpty { return .verbatim(.float) }
    let numerals = whole.filter { $0 != .underscore && $0 != .comma }
    var spelling = isNegative ? "-" : ""
    spelling += numerals.isEmpty ? "0" : String(decoding: numerals, as: UTF8.self)
    spelling += "." + (fraction.isEmpty ? "0" : String(decoding: fraction, as: UTF8.self))
    spelling += String(decoding: exponent, as: UTF8.self)
    return .respelt(.float, spelling)
  }

  private static func isExponent(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    guard text.count > 2, let first = text.first, first | 0x20 == UInt8(ascii: "e") else {
      return false
    }
    let rest = text.dropFirst()
    guard rest.first == .plus || rest.first == .hyphen else { return false }
    return rest.dropFirst().allSatisfy { ASCII.isDigit($0) }
  }

  /// `1:30` and `1:30:00`, optionally with a fraction at the end. The first part is hours.
  private static func sexagesimal(
    _ digits: UnsafeBufferPointer<UInt8>, isNegative: Bool
  ) -> ResolvedScalar? {
    let parts = digits.split(separator: .colon, omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3, let head = parts.first, head.first != .underscore,
      !head.isEmpty, head.allSatisfy({ ASCII.isDigit($0) || $0 == .underscore })
    else { return nil }
    var seconds = 0.0
    var exact: Int64? = 0
    var isWhole = true
    for (index, part) in parts.enumerated() {
      var numerals = part.filter { $0 != .underscore }
      if index > 0 {
        let whole = part.prefix { ASCII.isDigit($0) }
        let rest = part.dropFirst(whole.count)
        guard (1...2).contains(whole.count),
          whole.count == 1 || whole[whole.startIndex] < UInt8(ascii: "6")
        else { return nil }
        if !rest.isEmpty {
          guard index == parts.count - 1, rest.first == .dot,
            rest.dropFirst().allSatisfy({ ASCII.isDigit($0) || $0 == .underscore })
          else { return nil }
          isWhole = false
        }
        if numerals.last == .dot { numerals.append(UInt8(ascii: "0")) }
      }
      let spelling = String(decoding: numerals, as: UTF8.self)
      let sign: Double = isNegative && index == 0 ? -1 : 1
      let weight = [3600.0, 60.0, 1.0][index]
      seconds += sign * weight * (Double(spelling) ?? 0)
      exact = exact.flatMap { sum in
        guard isWhole, let value = Int64(spelling) else { return nil }
        let (product, overflow) = value.multipliedReportingOverflow(by: Int64(sign * weight))
        let (total, carry) = sum.addingReportingOverflow(product)
        return overflow || carry ? nil : total
      }
    }
    if isWhole, let exact { return .respelt(.int, String(exact)) }
    return .respelt(.float, seconds.description)
  }
}
