import Documents
import Values

/// Reads a plain scalar like Ruby's Psych.
///
/// As in Psych: `y` and `n` are strings; an exponent counts only after a decimal point and with a
/// sign; digits may be grouped by `_` or `,`; `1:30` is hours and minutes in seconds.
enum RubyScalar {
  static func resolve(_ text: UnsafeBufferPointer<UInt8>, first: UInt8) -> ResolvedScalar {
    switch first {
    case 0x30...0x39, 0x2B, 0x2D, 0x2E: return number(text, first: first)
    case 0x3A: return symbol(text)
    case 0x7E: return .verbatim(text.count == 1 ? .null : .string)
    default: return text.count > 5 ? .verbatim(.string) : word(text, first: first | 0x20)
    }
  }

  private static func word(_ text: UnsafeBufferPointer<UInt8>, first: UInt8) -> ResolvedScalar {
    func isOne(_ words: StaticString...) -> Bool {
      words.contains { text.matches($0, anyCase: true) }
    }
    switch first {
    case 0x6E where isOne("null"): return .verbatim(.null)
    case 0x74, 0x79, 0x6F:
      if text.matches("true", anyCase: false) { return .verbatim(.bool) }
      if isOne("true", "yes", "on") { return .respelt(.bool, "true") }
      return isOne("off") ? .respelt(.bool, "false") : .verbatim(.string)
    case 0x66, 0x6E:
      if text.matches("false", anyCase: false) { return .verbatim(.bool) }
      return isOne("false", "no") ? .respelt(.bool, "false") : .verbatim(.string)
    default: return .verbatim(.string)
    }
  }

  /// `:name` and `:"a name"`; a lone colon is a string.
  private static func symbol(_ text: UnsafeBufferPointer<UInt8>) -> ResolvedScalar {
    guard text.count > 1 else { return .verbatim(.string) }
    let quote = text[1]
    if quote == 0x22 || quote == 0x27, text.count > 3, text[text.count - 1] == quote {
      return .symbol(2..<(text.count - 1))
    }
    return .symbol(1..<text.count)
  }

  private static func number(
    _ text: UnsafeBufferPointer<UInt8>, first: UInt8
  ) -> ResolvedScalar {
    let isSigned = first == 0x2B || first == 0x2D
    let digits = UnsafeBufferPointer(rebasing: text.dropFirst(isSigned ? 1 : 0))
    let isNegative = first == 0x2D
    if digits.matches(".inf", anyCase: true) {
      return .respelt(.float, isNegative ? "-inf" : "inf")
    }
    if !isSigned, text.matches(".nan", anyCase: true) { return .respelt(.float, "nan") }
    guard let lead = digits.first else { return .verbatim(.string) }
    if digits.contains(0x3A) {
      return sexagesimal(digits, isNegative: isNegative) ?? .verbatim(.string)
    }
    if lead == 0x30, digits.count > 1, digits[1] != 0x2E {
      if let whole = prefixed(digits, isNegative: isNegative) { return whole }
    } else if let whole = decimal(digits, isSigned: isSigned, isNegative: isNegative) {
      return whole
    }
    return float(digits, hasPlus: first == 0x2B, isNegative: isNegative) ?? .verbatim(.string)
  }

  /// `0b1`, `0x1F`, `017`.
  private static func prefixed(
    _ digits: UnsafeBufferPointer<UInt8>, isNegative: Bool
  ) -> ResolvedScalar? {
    let radix = digits[1] == 0x62 ? 2 : digits[1] == 0x78 ? 16 : 8
    let rest = digits.dropFirst(radix == 8 ? 1 : 2).filter { $0 != 0x5F && $0 != 0x2C }
    if rest.isEmpty { return radix == 8 ? .respelt(.int, "0") : nil }
    return NumberSpelling.integer(rest, radix: radix, isNegative: isNegative)
  }

  /// Digits, each of which may follow a single `,` or `_`.
  private static func decimal(
    _ digits: UnsafeBufferPointer<UInt8>, isSigned: Bool, isNegative: Bool
  ) -> ResolvedScalar? {
    var isGrouped = false
    for (index, byte) in digits.enumerated() where !(0x30...0x39).contains(byte) {
      guard byte == 0x5F || byte == 0x2C, index > 0, index + 1 < digits.count,
        (0x30...0x39).contains(digits[index + 1])
      else { return nil }
      isGrouped = true
    }
    let isZero = digits.count == 1 && digits[0] == 0x30
    if !isGrouped, !isSigned || isNegative && !isZero { return .verbatim(.int) }
    let plain = String(decoding: digits.filter { $0 != 0x5F && $0 != 0x2C }, as: UTF8.self)
    return .respelt(.int, isNegative && !isZero ? "-" + plain : plain)
  }

  /// Optionally `[0-9][0-9_,]*`, a point, optional digits, and optionally an exponent with a sign.
  private static func float(
    _ digits: UnsafeBufferPointer<UInt8>, hasPlus: Bool, isNegative: Bool
  ) -> ResolvedScalar? {
    guard let point = digits.firstIndex(of: 0x2E) else { return nil }
    let whole = digits[..<point]
    if let first = whole.first, !(0x30...0x39).contains(first) { return nil }
    guard whole.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x5F || $0 == 0x2C })
    else { return nil }
    let rest = digits[(point + 1)...]
    let fraction = rest.prefix { (0x30...0x39).contains($0) }
    let exponent = rest.dropFirst(fraction.count)
    guard exponent.isEmpty || isExponent(exponent) else { return nil }
    guard !whole.isEmpty || !fraction.isEmpty else { return nil }
    let isPlain = whole.allSatisfy { (0x30...0x39).contains($0) }
    if isPlain, !hasPlus, !whole.isEmpty, !fraction.isEmpty { return .verbatim(.float) }
    let numerals = whole.filter { $0 != 0x5F && $0 != 0x2C }
    var spelling = isNegative ? "-" : ""
    spelling += numerals.isEmpty ? "0" : String(decoding: numerals, as: UTF8.self)
    spelling += "." + (fraction.isEmpty ? "0" : String(decoding: fraction, as: UTF8.self))
    spelling += String(decoding: exponent, as: UTF8.self)
    return .respelt(.float, spelling)
  }

  private static func isExponent(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    guard text.count > 2, let first = text.first, first | 0x20 == 0x65 else { return false }
    let rest = text.dropFirst()
    guard rest.first == 0x2B || rest.first == 0x2D else { return false }
    return rest.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
  }

  /// `1:30` and `1:30:00`, optionally with a fraction at the end. The first part is hours.
  private static func sexagesimal(
    _ digits: UnsafeBufferPointer<UInt8>, isNegative: Bool
  ) -> ResolvedScalar? {
    let parts = digits.split(separator: 0x3A, omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3, let head = parts.first, head.first != 0x5F,
      !head.isEmpty, head.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x5F })
    else { return nil }
    var seconds = 0.0
    var exact: Int64? = 0
    var isWhole = true
    for (index, part) in parts.enumerated() {
      var numerals = part.filter { $0 != 0x5F }
      if index > 0 {
        let whole = part.prefix { (0x30...0x39).contains($0) }
        let rest = part.dropFirst(whole.count)
        guard (1...2).contains(whole.count), whole.count == 1 || whole[whole.startIndex] < 0x36
        else { return nil }
        if !rest.isEmpty {
          guard index == parts.count - 1, rest.first == 0x2E,
            rest.dropFirst().allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x5F })
          else { return nil }
          isWhole = false
        }
        if numerals.last == 0x2E { numerals.append(0x30) }
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
