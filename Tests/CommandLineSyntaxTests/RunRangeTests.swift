import CommandLineSyntax
import Testing
import Values

/// The times of a range of runs.
@Suite struct RunRangeTests {
  /// Clocks that are an hour ahead of UTC, and two in summer 2026.
  private static func berlin(_ moment: Value.Timestamp) -> Int {
    let (from, to) = (
      Value.Timestamp.seconds(year: 2026, month: 3, day: 29, hour: 1, minute: 0, second: 0),
      Value.Timestamp.seconds(year: 2026, month: 10, day: 25, hour: 1, minute: 0, second: 0)
    )
    return (from..<to).contains(moment.seconds) ? 7200 : 3600
  }

  private static func times(_ range: String, _ step: String = "1d") throws -> [String] {
    let step = try #require(RunRange.Step(step))
    return try RunRange(range, every: step, berlin).times.map(\.rfc3339)
  }

  @Test func daysKeepTheirLocalTime() throws {
    #expect(
      try Self.times("2026-03-28..2026-03-30") == [
        "2026-03-28T00:00:00+01:00", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00",
      ])
    #expect(
      try Self.times("2026-10-24T04:00..2026-10-26T04:00") == [
        "2026-10-24T04:00:00+02:00", "2026-10-25T04:00:00+01:00", "2026-10-26T04:00:00+01:00",
      ])
  }

  @Test func aTimeThatClocksSkipIsLaterByTheGap() throws {
    #expect(
      try Self.times("2026-03-28T02:30..2026-03-30T02:30") == [
        "2026-03-28T02:30:00+01:00", "2026-03-29T03:30:00+02:00", "2026-03-30T02:30:00+02:00",
      ])
  }

  @Test func aTimeThatClocksShowTwiceIsTheFirst() throws {
    #expect(
      try Self.times("2026-10-25T02:30..2026-10-25T02:30") == ["2026-10-25T02:30:00+02:00"])
  }

  @Test func hoursAreAsLongAsAClockRuns() throws {
    let range = try RunRange(
      "2026-10-25T01:00..2026-10-25T03:00", every: try #require(RunRange.Step("1h")), Self.berlin)
    #expect(
      range.times.map(\.rfc3339) == [
        "2026-10-25T01:00:00+02:00", "2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00",
        "2026-10-25T03:00:00+01:00",
      ])
    #expect(
      range.ids == [
        "2026-10-25-01-00-00", "2026-10-25-02-00-00", "2026-10-25-02-00-00+0100",
        "2026-10-25-03-00-00",
      ])
  }

  @Test func monthsKeepTheirDay() throws {
    #expect(
      try Self.times("2028-01-31..2028-05-01", "1mo").map { $0.prefix(10) } == [
        "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30",
      ])
    #expect(
      try Self.times("2028-02-29..2032-02-29", "1y").map { $0.prefix(10) } == [
        "2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29",
      ])
    #expect(
      try Self.times("2026-11-15..2027-03-01", "6w").map { $0.prefix(10) } == [
        "2026-11-15", "2026-12-27", "2027-02-07",
      ])
  }

  @Test func anOffsetIsThatOfAllDays() throws {
    #expect(
      try Self.times("2026-03-28T04:00:00Z..2026-03-30T04:00:00Z") == [
        "2026-03-28T04:00:00Z", "2026-03-29T04:00:00Z", "2026-03-30T04:00:00Z",
      ])
    #expect(
      try Self.times("2026-03-28T04:00:00-03:30..2026-03-29T04:00:00-03:30") == [
        "2026-03-28T04:00:00-03:30", "2026-03-29T04:00:00-03:30",
      ])
  }

  @Test(arguments: [
    "", "..", "2026-01-01", "2026-01-01..", "2026-01-01...2026-01-02", "2026-02-30..2026-03-01",
    "2026-01-01..tomorrow",
  ])
  func whatIsNoRange(_ text: String) {
    #expect(throws: RunRange.Problem.form) { try Self.times(text) }
  }

  @Test func whatIsTooMuch() {
    #expect(throws: RunRange.Problem.backwards) { try Self.times("2026-01-02..2026-01-01") }
    #expect(throws: RunRange.Problem.tooMany) { try Self.times("2026-01-01..2026-12-31", "1m") }
    #expect(throws: RunRange.Problem.tooMany) { try Self.times("0001-01-01..9999-12-31") }
  }

  @Test(arguments: ["", "d", "0d", "1", "1s", "-1d", "1dd", "1 d", "1000000d", "1M"])
  func whatIsNoStep(_ text: String) {
    #expect(RunRange.Step(text) == nil)
  }
}
