import Text

/// Dates and times of RFC 3339.
enum DateTimeText {
  static func isDateTime(_ text: some Collection<UInt8>) -> Bool {
    let bytes = Array(text)
    guard bytes.count >= 20, matches(bytes, "0000-00-00T00:00:00") else { return false }
    func number(_ range: Range<Int>) -> Int {
      bytes[range].reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }
    let (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
    let (hour, minute, second) = (number(11..<13), number(14..<16), number(17..<19))
    guard (1...12).contains(month), day >= 1, day <= days(of: month, in: year), hour < 24,
      minute < 60, second <= 60
    else { return false }
    var rest = bytes[19...]
    if rest.first == .dot {
      let digits = rest.dropFirst().prefix { ASCII.isDigit($0) }
      guard !digits.isEmpty else { return false }
      rest = rest.dropFirst(1 + digits.count)
    }
    guard let offset = offset(Array(rest)) else { return false }
    // A leap second is the last second of a UTC day.
    guard second == 60 else { return true }
    let minutes = ((hour * 60 + minute - offset) % 1440 + 1440) % 1440
    return minutes == 1439
  }

  /// Minutes ahead of UTC.
  private static func offset(_ text: [UInt8]) -> Int? {
    if text.count == 1, text[0] | 0x20 == UInt8(ascii: "z") { return 0 }
    guard text.count == 6, text[0] == .plus || text[0] == .hyphen,
      matches(Array(text.dropFirst()), "00:00")
    else { return nil }
    let digits = text.map { Int($0) - 0x30 }
    let (hours, minutes) = (digits[1] * 10 + digits[2], digits[4] * 10 + digits[5])
    guard hours < 24, minutes < 60 else { return nil }
    return (text[0] == .hyphen ? -1 : 1) * (hours * 60 + minutes)
  }

  /// Whether a text starts like a form in which `0` means any digit and `T` ignores case.
  private static func matches(_ text: [UInt8], _ form: StaticString) -> Bool {
    form.withUTF8Buffer { form in
      text.count >= form.count
        && zip(text, form).allSatisfy { byte, wanted in
          switch wanted {
          case UInt8(ascii: "0"): ASCII.isDigit(byte)
          case UInt8(ascii: "T"): byte == UInt8(ascii: "T") || byte == UInt8(ascii: "t")
          default: byte == wanted
          }
        }
    }
  }

  private static func days(of month: Int, in year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
