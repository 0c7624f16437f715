import Text
package import Values

/// The times of a range of runs: `2026-01-01..2026-01-31`, a day apart.
package struct RunRange: Sendable {
  /// How far apart its times are.
  package struct Step: Hashable, Sendable {
    package enum Unit: String, CaseIterable, Sendable {
      /// Minutes and hours are as long as a clock runs; the others follow the calendar.
      case minutes = "m"
      case hours = "h"
      case days = "d"
      case weeks = "w"
      case months = "mo"
      case years = "y"
    }

    package var count: Int64
    package var unit: Unit

    /// One number and its unit, as in `6h` or `1mo`; nil for any other text.
    package init?(_ text: String) {
      let digits = text.utf8.prefix { ASCII.isDigit($0) }
      let word = String(decoding: text.utf8.dropFirst(digits.count), as: UTF8.self)
      guard let count = Int64(String(decoding: digits, as: UTF8.self)),
        (1...100_000).contains(count),
        let unit = Unit(rawValue: word)
      else { return nil }
      self.count = count
      self.unit = unit
    }

    package static var standard: Step { Step(count: 1, unit: .days) }

    private init(count: Int64, unit: Unit) {
      self.count = count
      self.unit = unit
    }
  }

  /// What is wrong with a range.
  package enum Problem: Error {
    /// It isn't two times with two dots in between.
    case form
    /// The last time comes before the first one.
    case backwards
    case tooMany
  }

  /// How many runs a range may have.
  package static var limit: Int { 10_000 }

  /// The first time, then those after it up to the last one, which is included.
  package let times: [RunTime]
  /// The id of each time's run: its local time, as ids of runs are made. Where clocks show a time
  /// twice, the second id has its offset, too.
  package let ids: [String]

  /// - Parameters:
  ///   - text: two times, each a date, a date and time in local time, or an RFC 3339 time. A date
  ///     is its first moment. With an offset in the first one, days have that offset, too.
  ///   - utcOffset: how many seconds local time is ahead of UTC at a moment.
  package init(
    _ text: String, every step: Step, _ utcOffset: (Value.Timestamp) -> Int
  ) throws(Problem) {
    guard let dots = text.firstRange(of: ".."),
      let first = Bound(String(text[..<dots.lowerBound])),
      let last = Bound(String(text[dots.upperBound...]))
    else { throw .form }
    func offset(_ moment: Value.Timestamp) -> Int { first.offset ?? utcOffset(moment) }
    let end = last.moment(utcOffset)
    guard first.moment(offset).seconds <= end.seconds else { throw .backwards }
    var times: [RunTime] = []
    var number: Int64 = 0
    while true {
      let moment = Self.moment(first, step, number, offset)
      if moment.seconds > end.seconds { break }
      // Two days may begin at the same moment, where clocks skip one.
      if times.last?.moment.seconds != moment.seconds {
        times.append(RunTime(moment: moment, utcOffset: offset(moment)))
      }
      guard times.count <= Self.limit else { throw .tooMany }
      number += 1
    }
    self.times = times
    ids = Self.ids(times)
  }

  private static func moment(
    _ first: Bound, _ step: Step, _ number: Int64, _ utcOffset: (Value.Timestamp) -> Int
  ) -> Value.Timestamp {
    let count = step.count * number
    var civil = first.civil
    switch step.unit {
    case .minutes, .hours:
      let seconds = count * (step.unit == .hours ? 3600 : 60)
      return Value.Timestamp(
        seconds: first.moment(utcOffset).seconds + seconds, nanoseconds: 0)
    case .days: civil.days += count
    case .weeks: civil.days += 7 * count
    // From the first time, so that the 31st isn't lost in February.
    case .months: civil.addMonths(count)
    case .years: civil.addMonths(12 * count)
    }
    return civil.moment(utcOffset)
  }

  private static func ids(_ times: [RunTime]) -> [String] {
    var known: Set<String> = []
    return times.map { time in
      let id = time.runID
      if known.insert(id).inserted { return id }
      return id + time.offsetText.filter { $0 != ":" }
    }
  }
}

extension RunTime {
  /// Its local time without a zone: `2026-03-01T05:06:07`.
  private var localText: String {
    let local = Value.Timestamp(seconds: moment.seconds + Int64(utcOffset), nanoseconds: 0)
    return String(local.description.prefix(19))
  }

  /// `+01:00`, or `Z` for UTC.
  fileprivate var offsetText: String {
    guard utcOffset != 0 else { return "Z" }
    let minutes = abs(utcOffset) / 60
    func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return (utcOffset < 0 ? "-" : "+") + padded(minutes / 60) + ":" + padded(minutes % 60)
  }

  /// `2026-03-01T05:06:07+01:00`.
  package var rfc3339: String { localText + offsetText }

  /// The id that a run of this time has unless another is given.
  package var runID: String {
    String(localText.map { $0 == "T" || $0 == ":" ? "-" : $0 })
  }
}

/// One end of a range.
private struct Bound {
  var civil: Civil
  /// How many seconds it is ahead of UTC, if it says so.
  var offset: Int?

  init?(_ text: String) {
    if let time = RunTime(rfc3339: text) {
      civil = Civil(seconds: time.moment.seconds + Int64(time.utcOffset))
      offset = time.utcOffset
      return
    }
    let padding = [10: "T00:00:00Z", 16: ":00Z", 19: "Z"]
    guard let rest = padding[text.utf8.count], let time = RunTime(rfc3339: text + rest) else {
      return nil
    }
    civil = Civil(seconds: time.moment.seconds)
  }

  func moment(_ utcOffset: (Value.Timestamp) -> Int) -> Value.Timestamp {
    civil.moment { moment in offset ?? utcOffset(moment) }
  }
}

/// What a calendar and a clock on the wall show.
private struct Civil {
  /// Since 1970-01-01.
  var days: Int64
  /// Since midnight.
  var seconds: Int64

  init(seconds: Int64) {
    days = Self.floor(seconds, 86_400)
    self.seconds = seconds - days * 86_400
  }

  private static func floor(_ number: Int64, _ by: Int64) -> Int64 {
    number / by - (number % by < 0 ? 1 : 0)
  }

  /// Later by so many months; on the month's last day if it is too short.
  mutating func addMonths(_ count: Int64) {
    let (year, month, day) = date
    let total = year * 12 + Int64(month - 1) + count
    let newYear = Self.floor(total, 12)
    let newMonth = Int(total - newYear * 12) + 1
    let first = Self.days(newYear, newMonth, 1)
    let next =
      newMonth == 12 ? Self.days(newYear + 1, 1, 1) : Self.days(newYear, newMonth + 1, 1)
    days = first + min(Int64(day), next - first) - 1
  }

  private static func days(_ year: Int64, _ month: Int, _ day: Int) -> Int64 {
    floor(
      Value.Timestamp.seconds(
        year: year, month: month, day: day, hour: 0, minute: 0, second: 0), 86_400)
  }

  private var date: (year: Int64, month: Int, day: Int) {
    let text = Value.Timestamp(seconds: days * 86_400, nanoseconds: 0).description
    let fields = text.utf8.prefix(10).split(separator: .hyphen).map {
      Int64(String(decoding: $0, as: UTF8.self)) ?? 1
    }
    guard fields.count == 3 else { return (1970, 1, 1) }
    return (fields[0], Int(fields[1]), Int(fields[2]))
  }

  /// The moment at which clocks show this. If they skip it, as much later as they are put forward; if
  /// they show it twice, the first.
  func moment(_ utcOffset: (Value.Timestamp) -> Int) -> Value.Timestamp {
    let local = days * 86_400 + seconds
    func offset(at shift: Int64) -> Int64 {
      Int64(utcOffset(Value.Timestamp(seconds: local + shift, nanoseconds: 0)))
    }
    let (before, after) = (offset(at: -86_400), offset(at: 86_400))
    for candidate in [max(before, after), min(before, after)] {
      if offset(at: -candidate) == candidate { return Self.timestamp(local - candidate) }
    }
    return Self.timestamp(local - before)
  }

  private static func timestamp(_ seconds: Int64) -> Value.Timestamp {
    Value.Timestamp(seconds: seconds, nanoseconds: 0)
  }
}
