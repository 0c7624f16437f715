extension Value.Timestamp: CustomStringConvertible {
  /// Year, month, day, hour, minute and second in UTC.
  package var civil: (year: Int64, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
    let (days, rest) = Self.floorDivide(seconds, 86_400)
    let second = Int(rest)
    // Date from days, by counting eras of 400 years from 0000-03-01 (proleptic Gregorian).
    let shifted = days &+ 719_468
    let (era, dayOfEra) = Self.floorDivide(shifted, 146_097)
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    let month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, day, second / 3600, second / 60 % 60, second % 60)
  }

  /// Seconds since 1970 of a date and time in UTC; fields are not checked.
  package static func seconds(
    year: Int64, month: Int, day: Int, hour: Int, minute: Int, second: Int
  ) -> Int64 {
    let adjusted = month <= 2 ? year - 1 : year
    let (era, yearOfEra) = floorDivide(adjusted, 400)
    let shiftedMonth = Int64(month > 2 ? month - 3 : month + 9)
    let dayOfYear = (153 * shiftedMonth + 2) / 5 + Int64(day) - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468
    return days * 86_400 + Int64(hour) * 3600 + Int64(minute) * 60 + Int64(second)
  }

  private static func floorDivide(_ value: Int64, _ by: Int64) -> (Int64, Int64) {
    let (quotient, rest) = value.quotientAndRemainder(dividingBy: by)
    return rest < 0 ? (quotient - 1, rest + by) : (quotient, rest)
  }

  /// RFC 3339 in UTC, with as many fractional digits as needed.
  package var description: String {
    let time = civil
    var text =
      "\(Self.padded(Int(time.year), 4))-\(Self.padded(time.month, 2))-\(Self.padded(time.day, 2))T"
      + "\(Self.padded(time.hour, 2)):\(Self.padded(time.minute, 2)):\(Self.padded(time.second, 2))"
    if nanoseconds != 0 {
      var digits = Self.padded(Int(nanoseconds), 9)
      while digits.last == "0" { digits.removeLast() }
      text += "." + digits
    }
    return text + "Z"
  }

  package static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number.magnitude)
    let zeros = String(repeating: "0", count: max(0, width - digits.count))
    return (number < 0 ? "-" : "") + zeros + digits
  }
}

extension Value.Duration: CustomStringConvertible {
  /// The form of protobuf's JSON: `1.5s`.
  package var description: String {
    let magnitude = nanoseconds.magnitude
    var text = String(magnitude / 1_000_000_000)
    let fraction = magnitude % 1_000_000_000
    if fraction != 0 {
      var digits = Value.Timestamp.padded(Int(fraction), 9)
      while digits.last == "0" { digits.removeLast() }
      text += "." + digits
    }
    return (nanoseconds < 0 ? "-" : "") + text + "s"
  }
}
