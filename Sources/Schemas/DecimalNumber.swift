import Text

/// An exact decimal number of any size: digits and a power of ten.
struct DecimalNumber: Sendable {
  /// The number, if it is whole and fits.
  var integer: Int64?
  var isNegative = false
  /// Values 0 to 9, most significant first, without leading or trailing zeros; empty for zero.
  var digits: [UInt8] = []
  /// The number is 0.d1d2d3… times ten to the power of this.
  var exponent = 0

  init(_ integer: Int64) {
    self.init(text: String(integer).utf8, integer: integer)
  }

  /// Reads the forms of JSON and `Double.description`; nil for anything else (`inf`, `nan`).
  init?(_ text: UnsafeBufferPointer<UInt8>) {
    guard let last = text.last, last >= UInt8(ascii: "0"), last <= UInt8(ascii: "9") || last == .dot
    else { return nil }
    self.init(text: text, integer: Self.smallInteger(text))
  }

  private init(text: some Collection<UInt8>, integer: Int64?) {
    self.integer = integer
    var scale: Int?
    var power = 0
    var powerIsNegative = false
    var isInPower = false
    for byte in text {
      switch byte {
      case .hyphen: if isInPower { powerIsNegative = true } else { isNegative = true }
      case .dot: scale = 0
      case UInt8(ascii: "E"), UInt8(ascii: "e"): isInPower = true
      case UInt8.digits:
        if isInPower {
          power = min(power * 10 + Int(byte - UInt8(ascii: "0")), 1_000_000_000)
        } else {
          digits.append(byte - UInt8(ascii: "0"))
          scale? += 1
        }
      default: break
      }
    }
    exponent = digits.count - (scale ?? 0) + (powerIsNegative ? -power : power)
    normalise()
    if self.integer == nil, exponent <= 18, digits.count <= exponent {
      self.integer = wholeValue
    }
  }

  private mutating func normalise() {
    let zeros = digits.prefix { $0 == 0 }.count
    digits.removeFirst(zeros)
    exponent -= zeros
    while digits.last == 0 { digits.removeLast() }
    if digits.isEmpty {
      exponent = 0
      isNegative = false
    }
  }

  private var wholeValue: Int64? {
    var value: Int64 = 0
    for at in 0..<max(exponent, 0) {
      value = value * 10 + (at < digits.count ? Int64(digits[at]) : 0)
    }
    return isNegative ? -value : value
  }

  /// The value of decimal digits with an optional minus; nil for anything else, or if too big.
  static func smallInteger(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
    guard let first = text.first, text.count <= 19 else { return nil }
    var value: Int64 = 0
    let isNegative = first == .hyphen
    for byte in isNegative ? text.dropFirst() : text[...] {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      let (times, over) = value.multipliedReportingOverflow(by: 10)
      let (sum, more) = times.addingReportingOverflow(Int64(byte - UInt8(ascii: "0")))
      guard !over, !more else { return nil }
      value = sum
    }
    return isNegative ? -value : value
  }

  var isWhole: Bool { integer != nil || digits.count <= exponent }

  static func == (left: DecimalNumber, right: DecimalNumber) -> Bool { compare(left, right) == 0 }

  /// Negative, zero or positive if the left one is less, equal or greater.
  static func compare(_ left: DecimalNumber, _ right: DecimalNumber) -> Int {
    if let left = left.integer, let right = right.integer {
      return left < right ? -1 : left == right ? 0 : 1
    }
    if left.isNegative != right.isNegative { return left.isNegative ? -1 : 1 }
    let size = compareSize(left, right)
    return left.isNegative ? -size : size
  }

  private static func compareSize(_ left: DecimalNumber, _ right: DecimalNumber) -> Int {
    if left.digits.isEmpty || right.digits.isEmpty {
      return (left.digits.isEmpty ? 0 : 1) - (right.digits.isEmpty ? 0 : 1)
    }
    if left.exponent != right.exponent { return left.exponent < right.exponent ? -1 : 1 }
    if left.digits == right.digits { return 0 }
    return left.digits.lexicographicallyPrecedes(right.digits) ? -1 : 1
  }

  /// Whether the number is a whole multiple of a nonzero one.
  func isMultiple(of divisor: DecimalNumber) -> Bool {
    if let integer, let other = divisor.integer, other != 0 {
      return integer.remainderReportingOverflow(dividingBy: other).partialValue == 0
    }
    if digits.isEmpty { return true }
    guard !divisor.digits.isEmpty else { return false }
    // Scale both to whole numbers with the same power of ten, by appending zeros to one of them.
    let shift = (exponent - digits.count) - (divisor.exponent - divisor.digits.count)
    if shift < 0 {
      // The divisor doesn't end with a zero, and 10 has only the prime factors 2 and 5, so only a
      // few powers of ten can cancel out.
      guard -shift <= 64 else { return false }
      return divides(divisor.digits + [UInt8](repeating: 0, count: -shift), zeros: 0)
    }
    guard shift <= 5000 else { return divides(divisor.digits, zeros: 5000) }
    return divides(divisor.digits, zeros: shift)
  }

  private func divides(_ divisor: [UInt8], zeros: Int) -> Bool {
    var small: UInt64 = 0
    for digit in divisor {
      let (times, over) = small.multipliedReportingOverflow(by: 10)
      guard !over, times < UInt64.max / 100 else {
        return longDivides(divisor, zeros: zeros)
      }
      small = times + UInt64(digit)
    }
    guard small != 0 else { return false }
    var remainder: UInt64 = 0
    for at in 0..<(digits.count + zeros) {
      let digit = at < digits.count ? UInt64(digits[at]) : 0
      let product = remainder.multipliedFullWidth(by: 10)
      let (low, carry) = product.low.addingReportingOverflow(digit)
      remainder =
        small.dividingFullWidth((product.high + (carry ? 1 : 0), low)).remainder
    }
    return remainder == 0
  }

  /// Long division by a divisor of many digits; at most 10,000 digits in all.
  private func longDivides(_ divisor: [UInt8], zeros: Int) -> Bool {
    let leading = divisor.prefix { $0 == 0 }.count
    let divisor = Array(divisor.dropFirst(leading))
    guard digits.count + zeros + divisor.count <= 2000 else { return false }
    var remainder: [UInt8] = []
    for at in 0..<(digits.count + zeros) {
      remainder.append(at < digits.count ? digits[at] : 0)
      if remainder.first == 0 { remainder.removeFirst() }
      while !Self.isLess(remainder, divisor) { remainder = Self.difference(remainder, divisor) }
    }
    return remainder.isEmpty
  }

  private static func isLess(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count != right.count ? left.count < right.count : left.lexicographicallyPrecedes(right)
  }

  private static func difference(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
    var result = left
    var borrow: Int8 = 0
    for step in 0..<left.count {
      let at = left.count - 1 - step
      let from = right.count - 1 - step
      var digit = Int8(left[at]) - borrow - (from >= 0 ? Int8(right[from]) : 0)
      borrow = digit < 0 ? 1 : 0
      if digit < 0 { digit += 10 }
      result[at] = UInt8(digit)
    }
    return Array(result.drop { $0 == 0 })
  }
}
