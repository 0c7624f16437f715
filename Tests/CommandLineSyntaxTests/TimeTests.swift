import CommandLineSyntax
import Testing
import Values

@Suite struct TimeTests {
  @Test(arguments: [
    ("2026-03-01T05:06:07Z", "2026-03-01T05:06:07Z", 0),
    ("2026-03-01t05:06:07z", "2026-03-01T05:06:07Z", 0),
    ("2026-03-01 05:06:07Z", "2026-03-01T05:06:07Z", 0),
    ("2026-03-01T05:06:07.25+01:00", "2026-03-01T04:06:07.25Z", 3600),
    ("2026-03-01T00:15:00-00:30", "2026-03-01T00:45:00Z", -1800),
    ("2026-01-01T00:00:00+05:45", "2025-12-31T18:15:00Z", 20_700),
    ("2026-03-01T05:06:07-00:00", "2026-03-01T05:06:07Z", 0),
    ("2024-02-29T23:59:59Z", "2024-02-29T23:59:59Z", 0),
    ("2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z", 0),
    ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z", 0),
    ("2026-03-01T05:06:07.1234567899Z", "2026-03-01T05:06:07.123456789Z", 0),
    ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z", 0),
    ("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z", 0),
  ])
  func runTimesAreRead(text: String, moment: String, offset: Int) throws {
    let time = try #require(RunTime(rfc3339: text))
    #expect(time.moment.description == moment)
    #expect(time.utcOffset == offset)
  }

  @Test(arguments: [
    "", "now", "2026-03-01", "2026-03-01T05:06Z", "2026-03-01T05:06:07", "2026-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
    "2026-04-31T00:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T05:60:00Z", "2026-03-01T05:06:61Z",
    "2026-03-01T05:06:07.Z", "2026-03-01T05:06:07+1:00", "2026-03-01T05:06:07+24:00",
    "2026-03-01T05:06:07+01:60", "2026-03-01T05:06:07+0100", "2026-03-01T05:06:07Z ",
    " 2026-03-01T05:06:07Z", "26-03-01T05:06:07Z", "+2026-03-01T05:06:07Z", "-026-03-01T05:06:07Z",
    "2026/03/01T05:06:07Z", "2026-3-1T05:06:07Z", "0000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "２０２６-03-01T05:06:07Z",
  ])
  func otherTextsAreNoRunTimes(text: String) {
    #expect(RunTime(rfc3339: text) == nil)
  }

  /// In a zone whose clocks go forward from 2 to 3 on 29 March, and back from 3 to 2 on 25 October.
  private static func offset(_ moment: Value.Timestamp) -> Int {
    let (spring, autumn) = (1_774_746_000, 1_792_890_000)
    return (Int64(spring)..<Int64(autumn)).contains(moment.seconds) ? 7200 : 3600
  }

  @Test(arguments: [
    ("2026-03-01-05-06-07", "2026-03-01T04:06:07Z", 3600),
    ("2026-03-29-01-59-59", "2026-03-29T00:59:59Z", 3600),
    ("2026-03-29-03-00-00", "2026-03-29T01:00:00Z", 7200),
    ("2026-07-01-00-30-00", "2026-06-30T22:30:00Z", 7200),
    ("2026-10-25-02-30-00", "2026-10-25T00:30:00Z", 7200),
    ("2026-10-25-03-00-00", "2026-10-25T02:00:00Z", 3600),
  ])
  func idsOfRunsAreRead(id: String, moment: String, offset: Int) throws {
    let time = try #require(RunTime(runID: id, Self.offset))
    #expect(time.moment.description == moment)
    #expect(time.utcOffset == offset)
  }

  @Test(arguments: [
    "", "a", "2026-03-01", "2026-03-01-05-06", "2026-03-01-05-06-7", "2026-03-01-05-06-07-1",
    "2026-03-01T05-06-07", "2026-02-29-00-00-00", "2026-03-01-05-06-60", "2026-03-01-24-00-00",
    "2026-03-29-02-30-00", "２０２６-03-01-05-06-07", "-026-03-01-05-06-07",
  ])
  func otherIDsAreNoTimes(id: String) {
    #expect(RunTime(runID: id, Self.offset) == nil)
  }

  @Test(arguments: [
    ("0m", 0), ("90m", 90), ("1h", 60), ("1d12h", 2160), ("1w2d", 12_960), ("12m1h", 72),
    ("1w1d1h1m", 11_581), ("007h", 420), ("1h1h", 120),
  ])
  func lifetimesAreRead(text: String, minutes: Int) {
    #expect(ClusterLifetime.minutes(text) == minutes)
  }

  @Test(arguments: [
    "", "m", "1", "90", "1s", "1h30", "-1h", "+1h", "1.5h", "1 h", "1H", " 1h", "1h ", "1h,2m",
    "1y",
    "99999999999999999999m", "9223372036854775807w", "9223372036854775807m1h", "１h",
  ])
  func otherTextsAreNoLifetimes(text: String) {
    #expect(ClusterLifetime.minutes(text) == nil)
  }
}
