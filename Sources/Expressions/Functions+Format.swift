import Text
import Values

/// `format`: `%s`, `%d`, `%f`, `%e`, `%b`, `%x`, `%X` and `%o`.
extension Evaluator {
  func format(_ text: String, _ items: [Value]) throws(EvaluationError) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var at = 0
    var next = 0
    while at < bytes.count {
      let start = at
      while at < bytes.count, bytes[at] != .percent { at += 1 }
      result += bytes[start..<at]
      guard at < bytes.count else { break }
      at += 1
      if at < bytes.count, bytes[at] == .percent {
        result.append(.percent)
        at += 1
        continue
      }
      var precision: Int?
      if at < bytes.count, bytes[at] == .dot {
        at += 1
        var digits = 0
        while at < bytes.count, ASCII.isDigit(bytes[at]), digits < 10_000 {
          digits = digits * 10 + Int(bytes[at] - UInt8(ascii: "0"))
          at += 1
        }
        precision = digits
      }
      guard at < bytes.count else { throw EvaluationError("`format`: a clause is not finished") }
      guard next < items.count else { throw EvaluationError("`format`: a value is missing") }
      let piece = try clause(bytes[at], precision, items[next].revealed)
      try spend(piece.utf8.count / 16 + 1)
      result += piece.utf8
      next += 1
      at += 1
    }
    return String(decoding: result, as: UTF8.self)
  }

  private func clause(
    _ letter: UInt8, _ precision: Int?, _ value: Value
  ) throws(EvaluationError) -> String {
    let clause = "%\(Unicode.Scalar(letter))"
    if precision ?? 0 > 1000 { throw EvaluationError("`format`: the precision is above 1000") }
    let text: String?
    switch letter {
    case UInt8(ascii: "s"): text = try Self.shown(value)
    case UInt8(ascii: "d"): text = Self.decimal(value)
    case UInt8(ascii: "f"): text = value.nearestDouble.map { Decimal.fixed($0, precision ?? 6) }
    case UInt8(ascii: "e"):
      text = value.nearestDouble.map { Decimal.scientific($0, precision ?? 6) }
    case UInt8(ascii: "b"):
      if case .bool(let flag) = value {
        text = flag ? "1" : "0"
      } else {
        text = Self.digits(value, radix: 2)
      }
    case UInt8(ascii: "o"): text = Self.digits(value, radix: 8)
    case UInt8(ascii: "x"): text = Self.hexadecimal(value, uppercase: false)
    case UInt8(ascii: "X"): text = Self.hexadecimal(value, uppercase: true)
    default: throw EvaluationError("`format` has no clause `\(clause)`")
    }
    guard let text else {
      throw EvaluationError("`format`: `\(clause)` does not work on \(value.kindName)")
    }
    return text
  }

  private static func decimal(_ value: Value) -> String? {
    switch value {
    case .double(let number): Decimal.plain(number)
    case .int, .uint, .number: value.plainText
    default: nil
    }
  }

  private static func digits(_ value: Value, radix: Int, uppercase: Bool = false) -> String? {
    switch value {
    case .int(let number): String(number, radix: radix, uppercase: uppercase)
    case .uint(let number): String(number, radix: radix, uppercase: uppercase)
    default: nil
    }
  }

  private static func hexadecimal(_ value: Value, uppercase: Bool) -> String? {
    switch value {
    case .string(let text): ASCII.hex(Array(text.utf8), uppercase: uppercase)
    case .bytes(let bytes): ASCII.hex(bytes, uppercase: uppercase)
    default: digits(value, radix: 16, uppercase: uppercase)
    }
  }

  /// `%s`: lists and maps with all their items, a map's entries sorted by the text of their keys.
  private static func shown(_ value: Value) throws(EvaluationError) -> String? {
    switch value.revealed {
    case .null: return "null"
    case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
    case .list(let items):
      var texts: [String] = []
      for item in items {
        guard let text = try shown(item) else { return nil }
        texts.append(text)
      }
      return "[\(texts.joined(separator: ", "))]"
    case .map(let map):
      var texts: [(key: String, value: String)] = []
      for entry in map.entries {
        guard let key = try shown(entry.key), let text = try shown(entry.value) else { return nil }
        texts.append((key, text))
      }
      texts.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      return "{\(texts.map { "\($0.key): \($0.value)" }.joined(separator: ", "))}"
    case .double(let number): return Decimal.plain(number)
    case .optional: return nil
    default: return value.revealed.plainText
    }
  }
}

/// Exact decimal digits of doubles.
enum Decimal {
  /// All digits of a magnitude, before and after the decimal point.
  private static func digits(_ number: Double) -> (whole: [UInt8], fraction: [UInt8]) {
    let exponent = number == 0 ? 0 : Int(number.exponent) - 52
    let significand =
      number == 0 ? 0 : number.significandBitPattern | (number.isNormal ? 1 << 52 : 0)
    let power = number.isNormal || number == 0 ? exponent : -1074
    // The number is significand * 2^power; digits are those of the integer significand * 2^power,
    // or of significand * 5^-power with the point moved by -power.
    var digits = Array(String(significand).utf8.reversed().map { $0 - UInt8(ascii: "0") })
    for _ in 0..<abs(power) { multiply(&digits, by: power > 0 ? 2 : 5) }
    guard power < 0 else { return (digits.reversed(), []) }
    while digits.count <= -power { digits.append(0) }
    return (digits[(-power)...].reversed(), digits[..<(-power)].reversed())
  }

  private static func multiply(_ digits: inout [UInt8], by factor: UInt8) {
    var carry: UInt8 = 0
    for at in digits.indices {
      let product = digits[at] * factor + carry
      digits[at] = product % 10
      carry = product / 10
    }
    if carry > 0 { digits.append(carry) }
  }

  /// Rounds to a number of digits, half to even. Returns one digit more if it carries over.
  private static func rounded(_ digits: [UInt8], to count: Int) -> [UInt8] {
    guard count < digits.count else {
      return digits + Array(repeating: 0, count: count - digits.count)
    }
    var kept = Array(digits[..<count])
    let rest = digits[count...]
    let next = rest.first ?? 0
    let isHalf = next == 5 && rest.dropFirst().allSatisfy { $0 == 0 }
    guard isHalf ? (kept.last ?? 0) % 2 == 1 : next >= 5 else { return kept }
    for at in kept.indices.reversed() {
      if kept[at] < 9 {
        kept[at] += 1
        return kept
      }
      kept[at] = 0
    }
    return [1] + kept
  }

  private static func text(_ digits: some Sequence<UInt8>) -> String {
    String(decoding: digits.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
  }

  private static func special(_ number: Double) -> String? {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
    return nil
  }

  static func fixed(_ number: Double, _ precision: Int) -> String {
    if let special = special(number) { return special }
    let (whole, fraction) = digits(number.magnitude)
    var all = rounded(whole + fraction, to: whole.count + precision)
    let sign = number.sign == .minus ? "-" : ""
    let point = all.count - precision
    let head = all[..<point].drop { $0 == 0 }
    all.removeFirst(point)
    return sign + (head.isEmpty ? "0" : text(head)) + (precision > 0 ? "." + text(all) : "")
  }

  static func scientific(_ number: Double, _ precision: Int) -> String {
    if let special = special(number) { return special }
    let (whole, fraction) = digits(number.magnitude)
    let all = whole + fraction
    let first = all.firstIndex { $0 != 0 }
    var exponent = first.map { whole.count - 1 - $0 } ?? 0
    var kept = rounded(Array(all[(first ?? 0)...]), to: precision + 1)
    if kept.count > precision + 1 {
      kept.removeLast()
      exponent += 1
    }
    let sign = number.sign == .minus ? "-" : ""
    let magnitude = String(exponent.magnitude)
    return sign + text(kept[..<1]) + (precision > 0 ? "." + text(kept[1...]) : "")
      + "e\(exponent < 0 ? "-" : "+")\(magnitude.utf8.count < 2 ? "0" : "")\(magnitude)"
  }

  /// All significant digits, without an exponent.
  static func plain(_ number: Double) -> String {
    if let special = special(number) { return special }
    let shortest = number.magnitude.description
    guard let mark = shortest.utf8.firstIndex(of: UInt8(ascii: "e")) else {
      let text = number.description
      return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
    let exponent = Int(shortest[shortest.index(after: mark)...]) ?? 0
    let mantissa = Array(shortest[..<mark].utf8)
    let point = mantissa.firstIndex(of: .dot) ?? mantissa.count
    var digits = mantissa.filter { $0 != .dot }
    while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
    let sign = number.sign == .minus ? "-" : ""
    let position = point + exponent
    if position <= 0 {
      let zeros = String(repeating: "0", count: -position)
      return sign + "0." + zeros + String(decoding: digits, as: UTF8.self)
    }
    while digits.count < position { digits.append(UInt8(ascii: "0")) }
    let head = String(decoding: digits[..<position], as: UTF8.self)
    let tail = String(decoding: digits[position...], as: UTF8.self)
    return sign + head + (tail.isEmpty ? "" : "." + tail)
  }
}
