import Text
import Values

/// Timestamps and durations: parsing them, their parts, and sums within their range.
enum Time {
  private static let earliest: Int64 = -62_135_596_800
  private static let latest: Int64 = 253_402_300_799

  private static var outOfRange: EvaluationError {
    EvaluationError("the timestamp is outside the years 1 to 9999")
  }

  static func moment(_ seconds: Int64, _ nanoseconds: Int32 = 0) throws(EvaluationError)
    -> Value.Timestamp
  {
    guard (earliest...latest).contains(seconds) else { throw outOfRange }
    return Value.Timestamp(seconds: seconds, nanoseconds: nanoseconds)
  }

  static func adding(
    _ nanoseconds: Int64, to moment: Value.Timestamp
  ) throws(EvaluationError) -> Value.Timestamp {
    var seconds = moment.seconds + nanoseconds / 1_000_000_000
    var rest = Int64(moment.nanoseconds) + nanoseconds % 1_000_000_000
    if rest < 0 {
      rest += 1_000_000_000
      seconds -= 1
    } else if rest >= 1_000_000_000 {
      rest -= 1_000_000_000
      seconds += 1
    }
    return try self.moment(seconds, Int32(truncatingIfNeeded: rest))
  }

  static func difference(
    _ left: Value.Timestamp, _ right: Value.Timestamp
  ) throws(EvaluationError) -> Value.Duration {
    let (scaled, overflow) = (left.seconds - right.seconds).multipliedReportingOverflow(
      by: 1_000_000_000)
    let (sum, carry) = scaled.addingReportingOverflow(
      Int64(left.nanoseconds) - Int64(right.nanoseconds))
    guard !overflow, !carry else {
      throw EvaluationError("the duration exceeds 292 years")
    }
    return Value.Duration(nanoseconds: sum)
  }

  // MARK: Reading

  /// RFC 3339.
  static func moment(of text: String) throws(EvaluationError) -> Value.Timestamp {
    var scanner = Scanner(Array(text.utf8))
    guard let year = scanner.digits(4), scanner.take(.hyphen), let month = scanner.digits(2),
      scanner.take(.hyphen), let day = scanner.digits(2),
      scanner.take(UInt8(ascii: "T")) || scanner.take(UInt8(ascii: "t")),
      let hour = scanner.digits(2), scanner.take(.colon), let minute = scanner.digits(2),
      scanner.take(.colon), let second = scanner.digits(2), (1...12).contains(month),
      (1...days(in: month, of: year)).contains(day), hour < 24, minute < 60, second < 60
    else { throw EvaluationError("`\(text)` isn't an RFC 3339 timestamp") }
    var nanoseconds: Int32 = 0
    if scanner.take(.dot) {
      guard let fraction = scanner.fraction() else {
        throw EvaluationError("`\(text)` isn't an RFC 3339 timestamp")
      }
      nanoseconds = fraction
    }
    guard let offset = scanner.zone(), scanner.isAtEnd else {
      throw EvaluationError("`\(text)` isn't an RFC 3339 timestamp")
    }
    let seconds = Value.Timestamp.seconds(
      year: Int64(year), month: month, day: day, hour: hour, minute: minute, second: second)
    return try moment(seconds - Int64(offset), nanoseconds)
  }

  static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// `1h2m3.5s`, with a sign; units down to `ns`.
  static func duration(of text: String) throws(EvaluationError) -> Value.Duration {
    let problem = EvaluationError("`\(text)` isn't a duration such as `1h30m` or `2.5s`")
    var scanner = Scanner(Array(text.utf8))
    let isNegative = scanner.take(.hyphen)
    if !isNegative { _ = scanner.take(.plus) }
    if scanner.rest.elementsEqual("0".utf8) { return Value.Duration(nanoseconds: 0) }
    var total: Int64 = 0
    repeat {
      guard let (whole, fraction) = scanner.decimal(), let unit = scanner.unit() else {
        throw problem
      }
      let (scaled, overflow) = whole.multipliedReportingOverflow(by: unit)
      let (part, carry) = scaled.addingReportingOverflow(Int64(fraction * Double(unit)))
      let (sum, carryAgain) = total.subtractingReportingOverflow(part)
      guard !overflow, !carry, !carryAgain else {
        throw EvaluationError("the duration `\(text)` exceeds 292 years")
      }
      total = sum
    } while !scanner.isAtEnd
    // The sum is kept negative: the negative range has room for one more.
    guard isNegative || total != .min else {
      throw EvaluationError("the duration `\(text)` exceeds 292 years")
    }
    return Value.Duration(nanoseconds: isNegative ? total : -total)
  }

  /// The offset in seconds of a zone: `UTC`, `+02:00`, `-9:30`; nil for anything else.
  static func fixedOffset(_ zone: String) -> Int64? {
    if zone == "UTC" || zone.isEmpty || zone == "Z" { return 0 }
    var scanner = Scanner(Array(zone.utf8))
    let isNegative = scanner.take(.hyphen)
    if !isNegative { _ = scanner.take(.plus) }
    guard let hours = scanner.digits(2), scanner.take(.colon), let minutes = scanner.digits(2),
      scanner.isAtEnd, hours < 24, minutes < 60
    else { return nil }
    let offset = Int64(hours * 3600 + minutes * 60)
    return isNegative ? -offset : offset
  }

  /// Reads bytes piece by piece.
  private struct Scanner {
    let bytes: [UInt8]
    var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { at >= bytes.count }
    var rest: ArraySlice<UInt8> { bytes[at...] }

    mutating func take(_ byte: UInt8) -> Bool {
      guard at < bytes.count, bytes[at] == byte else { return false }
      at += 1
      return true
    }

    private var digit: Int? {
      guard at < bytes.count, ASCII.isDigit(bytes[at]) else { return nil }
      return Int(bytes[at] - UInt8(ascii: "0"))
    }

    mutating func digits(_ count: Int) -> Int? {
      var number = 0
      for _ in 0..<count {
        guard let digit else { return nil }
        number = number * 10 + digit
        at += 1
      }
      return number
    }

    /// The digits of a fraction of a second, as nanoseconds.
    mutating func fraction() -> Int32? {
      var nanoseconds: Int32 = 0
      var scale: Int32 = 100_000_000
      guard digit != nil else { return nil }
      while let digit {
        nanoseconds += Int32(digit) * scale
        scale /= 10
        at += 1
      }
      return nanoseconds
    }

    mutating func zone() -> Int? {
      if take(UInt8(ascii: "Z")) || take(UInt8(ascii: "z")) { return 0 }
      let isNegative = take(.hyphen)
      guard isNegative || take(.plus), let hours = digits(2), take(.colon), let minutes = digits(2),
        hours < 24, minutes < 60
      else { return nil }
      let offset = hours * 3600 + minutes * 60
      return isNegative ? -offset : offset
    }

    mutating func decimal() -> (Int64, Double)? {
      var whole: Int64 = 0
      var fraction = 0.0
      var count = 0
      while let digit {
        let (scaled, overflow) = whole.multipliedReportingOverflow(by: 10)
        let (sum, carry) = scaled.addingReportingOverflow(Int64(digit))
        guard !overflow, !carry else { return nil }
        whole = sum
        count += 1
        at += 1
      }
      if take(.dot) {
        var scale = 0.1
        while let digit {
          fraction += Double(digit) * scale
          scale /= 10
          count += 1
          at += 1
        }
      }
      return count > 0 ? (whole, fraction) : nil
    }

    mutating func unit() -> Int64? {
      let units: [(String, Int64)] = [
        ("ns", 1), ("us", 1000), ("µs", 1000), ("μs", 1000), ("ms", 1_000_000),
        ("s", 1_000_000_000), ("m", 60_000_000_000), ("h", 3_600_000_000_000),
      ]
      for (name, scale) in units where rest.starts(with: name.utf8) {
        at += name.utf8.count
        return scale
      }
      return nil
    }
  }
}
