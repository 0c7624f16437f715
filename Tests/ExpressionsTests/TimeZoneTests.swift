import Expressions
import Foundation
import TestSupport
import Testing
import Values

/// Offsets of named zones.
struct TimeZoneTests {
  static let folder = URL(filePath: "/usr/share/zoneinfo")

  private static let zones = TimeZones { name in
    let file = folder.appending(path: name)
    return (try? Data(contentsOf: file)).map { .rules([UInt8]($0)) } ?? .unknownName
  }

  private static func offset(_ zone: String, _ seconds: Int64) throws -> Int64 {
    let moment = Value.timestamp(Value.Timestamp(seconds: seconds, nanoseconds: 0))
    let functions = HostFunctions(timeZones: zones)
    let text =
      "[t.getDayOfYear(z), t.getHours(z), t.getMinutes(z), t.getSeconds(z), t.getFullYear(z)]"
    let found = try value(of: text, ["t": moment, "z": .string(zone)], functions: functions)
    let parts = (found.items ?? []).compactMap(\.exactInteger)
    try #require(parts.count == 5)
    let year = Value.Timestamp.seconds(
      year: parts[4], month: 1, day: 1, hour: 0, minute: 0, second: 0)
    return year + parts[0] * 86_400 + parts[1] * 3600 + parts[2] * 60 + parts[3] - seconds
  }

  /// Compared with Python's reader of the same files, at and between changes of summer time from
  /// 1900 to 2200.
  @Test(
    .enabled(if: Python.hasModules, "the tests' Python modules are not installed"),
    .enabled(if: FileManager.default.fileExists(atPath: folder.path), "no zoneinfo"),
    .timeLimit(.minutes(3)))
  func areThoseOfPython() throws {
    let script = """
      import datetime, sys, zoneinfo
      for name in sorted(zoneinfo.available_timezones()):
          if name.startswith(("posix/", "right/")) or "/" not in name: continue
          zone = zoneinfo.ZoneInfo(name)
          for n in range(20):
              moment = (n * 2654435761 + sum(map(ord, name)) * 40503) % 9467000000 - 2208988800
              local = datetime.datetime.fromtimestamp(moment, datetime.timezone.utc).astimezone(zone)
              print(name, moment, int(local.utcoffset().total_seconds()))
      """
    let run = try Python.run(script: script, [])
    #expect(run.status == 0)
    let lines = run.output.split(separator: "\n")
    #expect(lines.count > 7000)
    var wrong: [Substring] = []
    for line in lines {
      let parts = line.split(separator: " ")
      let seconds = try #require(Int64(parts[1]))
      if try Self.offset(String(parts[0]), seconds) != Int64(parts[2]) { wrong.append(line) }
    }
    #expect(wrong.isEmpty, "\(wrong.count) of \(lines.count): \(wrong.prefix(5))")
  }

  @Test(arguments: [
    ("Europe/Berlin", 1_774_745_999, 3600), ("Europe/Berlin", 1_774_746_000, 7200),
    ("Europe/Berlin", 4_105_119_600, 3600), ("Australia/Sydney", 4_102_444_800, 39_600),
    ("Asia/Kathmandu", 0, 19_800), ("America/New_York", -3_000_000_000, -17_762),
    ("+02:00", 0, 7200), ("UTC", 0, 0),
  ])
  func areKnown(_ zone: String, _ seconds: Int64, _ expected: Int64) throws {
    #expect(try Self.offset(zone, seconds) == expected)
  }

  @Test(arguments: [
    "Europe/Berlinn", "../../../etc/passwd", "/usr/share/zoneinfo/Europe/Berlin", "Europe//Berlin",
    "Europe/../UTC", "zone.tab", "Europe",
  ])
  func areRefused(_ zone: String) {
    let functions = HostFunctions(timeZones: Self.zones)
    #expect(throws: EvaluationError.self) {
      try value(of: "timestamp(0).getHours(z + '')", ["z": .string(zone)], functions: functions)
    }
  }

  /// Damaged files are rejected, and never read beyond their end.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: folder.path), "no zoneinfo"))
  func damagedFilesAreRefused() throws {
    let whole = [UInt8](
      try Data(contentsOf: Self.folder.appending(path: "Europe/Berlin")))
    var random = SystemRandomNumberGenerator()
    for round in 0..<2000 {
      var bytes = whole
      if round % 2 == 0 { bytes.removeLast(Int.random(in: 1..<whole.count, using: &random)) }
      for _ in 0..<round % 5 {
        guard let at = bytes.indices.randomElement(using: &random) else { continue }
        bytes[at] = UInt8.random(in: 0...255, using: &random)
      }
      let damaged = bytes
      let functions = HostFunctions(timeZones: TimeZones { _ in .rules(damaged) })
      _ = try? value(of: "timestamp('2050-07-01T00:00:00Z').getHours('A/B')", functions: functions)
    }
  }

  @Test func sayWhatIsMissing() throws {
    let functions = HostFunctions(timeZones: TimeZones { _ in .unavailable("no zoneinfo") })
    let error = #expect(throws: EvaluationError.self) {
      try value(of: "timestamp(0).getHours('Europe/Berlin')", functions: functions)
    }
    #expect(
      error?.message == "the time zone `Europe/Berlin` cannot be looked up: no zoneinfo")
  }
}
