import Text
package import Values

/// Times in HTTP headers and AWS's responses.
package enum TimeText {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Reads `Sun, 06 Nov 1994 08:49:37 GMT`.
  package static func http(_ text: String) -> Value.Timestamp? {
    let words = text.split { $0 == " " || $0 == "," }.map(String.init)
    guard words.count == 6, words[5] == "GMT", let day = Int(words[1]),
      let month = months.firstIndex(of: words[2]), let year = Int64(words[3])
    else { return nil }
    let clock = words[4].split(separator: ":").compactMap { Int($0) }
    guard clock.count == 3 else { return nil }
    return timestamp(year, month + 1, day, clock, nanoseconds: 0)
  }

  /// Reads `2026-08-01T12:30:00Z`, with or without a fraction of a second or an offset.
  package static func iso(_ text: String) -> Value.Timestamp? {
    let bytes = Array(text.utf8)
    func number(_ from: Int, _ count: Int) -> Int? {
      guard from + count <= bytes.count else { return nil }
      return Int(String(decoding: bytes[from..<(from + count)], as: UTF8.self))
    }
    guard bytes.count >= 19, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t"),
      let year = number(0, 4),
      let month = number(5, 2), let day = number(8, 2), let hour = number(11, 2),
      let minute = number(14, 2), let second = number(17, 2),
      let time = timestamp(Int64(year), month, day, [hour, minute, second], nanoseconds: 0)
    else { return nil }
    var at = 19
    var nanoseconds: Int32 = 0
    if at < bytes.count, bytes[at] == .dot {
      var scale: Int32 = 100_000_000
      at += 1
      while at < bytes.count, ASCII.isDigit(bytes[at]) {
        nanoseconds += Int32(bytes[at] - UInt8(ascii: "0")) * scale
        scale /= 10
        at += 1
      }
    }
    guard let offset = offset(bytes[at...]) else { return nil }
    return Value.Timestamp(seconds: time.seconds - offset, nanoseconds: nanoseconds)
  }

  /// Seconds east of UTC: `Z`, `+02:00`, `+0200`.
  private static func offset(_ text: ArraySlice<UInt8>) -> Int64? {
    guard let sign = text.first else { return nil }
    if text.count == 1 { return sign == UInt8(ascii: "Z") || sign == UInt8(ascii: "z") ? 0 : nil }
    let digits = text.dropFirst().filter { $0 != .colon }
    guard sign == .plus || sign == .hyphen, digits.count == 4,
      let number = Int64(String(decoding: digits, as: UTF8.self)), number >= 0
    else { return nil }
    let seconds = (number / 100 * 60 + number % 100) * 60
    return sign == .hyphen ? -seconds : seconds
  }

  private static func timestamp(
    _ year: Int64, _ month: Int, _ day: Int, _ clock: [Int], nanoseconds: Int32
  ) -> Value.Timestamp? {
    guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day),
      (0...23).contains(clock[0]), (0...59).contains(clock[1]), (0...60).contains(clock[2])
    else { return nil }
    return Value.Timestamp(
      seconds: Value.Timestamp.seconds(
        year: year, month: month, day: day, hour: clock[0], minute: clock[1], second: clock[2]),
      nanoseconds: nanoseconds)
  }
}
