import Text

/// Numbers in documents that `Int64` and `Double` can't reproduce as they were written.
extension Value {
  /// A whole number from its decimal digits, with a minus if it is negative.
  package init(wholeNumber text: String) {
    self = Int64(text).map { .int($0) } ?? .number(text)
  }

  /// A number with a fraction or an exponent, or one of `inf`, `-inf` and `nan`.
  package init(fraction text: String) {
    let number = Double(text) ?? .nan
    let isSpecial = !(text.utf8.last.map { ASCII.isDigit($0) } ?? false)
    self =
      isSpecial || Value.text(of: number) == text
      ? .double(number) : .number(Self.withoutLeadingZeros(text))
  }

  /// A double as JSON writes it: whole numbers without a fraction, `null` for what isn't finite.
  package static func text(of number: Double) -> String {
    if !number.isFinite { return "null" }
    if let whole = Int64(exactly: number), abs(number) < 9_007_199_254_740_992 {
      return String(whole)
    }
    return number.description
  }

  /// JSON doesn't allow `007.5`.
  private static func withoutLeadingZeros(_ text: String) -> String {
    let isNegative = text.utf8.first == .hyphen
    var digits = text.utf8.dropFirst(isNegative ? 1 : 0)
    while digits.first == UInt8(ascii: "0"), let second = digits.dropFirst().first,
      ASCII.isDigit(second)
    {
      digits = digits.dropFirst()
    }
    return (isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self)
  }

  /// Whether a number's text has neither a fraction nor an exponent.
  package static func isWhole(_ number: String) -> Bool {
    number.utf8.allSatisfy { ASCII.isDigit($0) || $0 == .hyphen }
  }

  /// The value to compute with: the double of a number that is kept as its text. Nil for one that
  /// is whole and beyond 64 bits, or beyond a double's range: it can only be passed on.
  package var computable: Value? {
    guard case .number(let text) = self else { return self }
    guard !Self.isWhole(text), let number = Double(text), number.isFinite else { return nil }
    return .double(number)
  }

  /// The double nearest to a number.
  package var nearestDouble: Double? {
    switch self {
    case .int(let number): Double(number)
    case .uint(let number): Double(number)
    case .double(let number): number
    case .number(let text): Double(text)
    default: nil
    }
  }

  /// The integer that a number equals, however it is written.
  package var exactInteger: Int64? {
    switch self {
    case .int(let number): number
    case .uint(let number): Int64(exactly: number)
    case .double(let number): Int64(exactly: number)
    case .number(let text):
      Self.isWhole(text) ? nil : Double(text).flatMap { Int64(exactly: $0) }
    default: nil
    }
  }

  /// Whether two numbers, one of them kept as its text, are equal.
  static func areEqual(number text: String, _ other: Value) -> Bool {
    if case .number(let otherText) = other {
      if text == otherText { return true }
      if isWhole(text), isWhole(otherText) { return false }
    } else if isWhole(text) {
      // Beyond 64 bits it can't equal an integer, only a double with the same text.
      guard case .double(let number) = other else { return false }
      return Double(text) == number
    }
    guard let left = Double(text), let right = other.nearestDouble else { return false }
    return left == right
  }
}
