import Foundation
import Testing
import Values

@Suite struct TimeTests {
  @Test(
    arguments: [
      (0, 0, "1970-01-01T00:00:00Z"), (-1, 0, "1969-12-31T23:59:59Z"),
      (951_782_400, 0, "2000-02-29T00:00:00Z"), (4_107_542_400, 0, "2100-03-01T00:00:00Z"),
      (1_772_341_567, 250_000_000, "2026-03-01T05:06:07.25Z"),
      (0, 1, "1970-01-01T00:00:00.000000001Z"),
      (0, 999_999_999, "1970-01-01T00:00:00.999999999Z"),
      (-62_135_596_800, 0, "0001-01-01T00:00:00Z"),
      (253_402_300_799, 0, "9999-12-31T23:59:59Z"),
    ] as [(Int64, Int32, String)])
  func timestamps(seconds: Int64, nanoseconds: Int32, text: String) {
    #expect(Value.Timestamp(seconds: seconds, nanoseconds: nanoseconds).description == text)
  }

  /// Dates and their seconds are each other's inverse, on days all over the calendar.
  @Test func civilTimesComeBack() {
    for days in stride(from: Int64(-719_162), through: 2_932_896, by: 997) {
      let seconds = days * 86_400 + days.magnitude.hashedPart
      let time = Value.Timestamp(seconds: seconds, nanoseconds: 0).civil
      #expect((1...12).contains(time.month) && (1...31).contains(time.day))
      #expect(
        Value.Timestamp.seconds(
          year: time.year, month: time.month, day: time.day, hour: time.hour, minute: time.minute,
          second: time.second) == seconds)
    }
  }

  /// Foundation's calendar says the same of this century.
  @Test func datesAreFoundations() {
    let format = Date.ISO8601FormatStyle()
    for seconds in stride(from: 946_684_800, through: 4_102_444_800, by: 86_400 * 31 + 12_345) {
      let text = Value.Timestamp(seconds: Int64(seconds), nanoseconds: 0).description
      #expect(text == Date(timeIntervalSince1970: Double(seconds)).formatted(format))
    }
  }

  @Test func timestampsAreOrdered() {
    let times = [(-1, 999), (0, 0), (0, 1), (1, 0)].map {
      Value.Timestamp(seconds: Int64($0.0), nanoseconds: Int32($0.1))
    }
    #expect(times.shuffled().sorted() == times)
  }

  @Test(
    arguments: [
      (0, "0s"), (1_500_000_000, "1.5s"), (-1, "-0.000000001s"), (60_000_000_000, "60s"),
      (-2_000_000_000, "-2s"), (.max, "9223372036.854775807s"), (.min, "-9223372036.854775808s"),
    ] as [(Int64, String)])
  func durations(nanoseconds: Int64, text: String) {
    #expect(Value.Duration(nanoseconds: nanoseconds).description == text)
  }

  @Test(arguments: [(5, 2, "05"), (5, 1, "5"), (123, 2, "123"), (-5, 3, "-005"), (0, 0, "0")])
  func padding(number: Int, width: Int, text: String) {
    #expect(Value.Timestamp.padded(number, width) == text)
  }
}

extension UInt64 {
  /// A time of day that differs from day to day.
  fileprivate var hashedPart: Int64 { Int64(self &* 7919 % 86_400) }
}
