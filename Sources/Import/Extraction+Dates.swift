import Text
import Values

/// A date in a text of the source.
struct FoundDate {
  var path: BodyPath
  var range: Range<Int>
  /// As `formatTime` writes it.
  var format: String
  var moment: Value.Timestamp
  /// Whether the text around it says that it is the run's: `dt=2026-03-01`, `--date 2026-03-01`.
  var isMarked: Bool
}

extension Extraction {
  /// Dates that the text around them says to be the run's become expressions of the run's time, and
  /// so does the same date elsewhere.
  mutating func takeDates() {
    moment = moment ?? momentOfRun
    let found = texts.paths.filter { !texts.isReplaced($0) }.flatMap(dates)
    guard let day = day(of: found) else { return }
    moment = moment ?? day
    guard let run = moment else { return }
    var taken: [String] = []
    for date in found.reversed() {
      let offset = date.moment.seconds - day.seconds
      let isSame = Moment.text(run, date.format) == text(of: date)
      let isDayBefore = date.isMarked && offset == -86400
      guard isSame || isDayBefore else { continue }
      let expression =
        date.format == Self.runID
        ? "run.id" : Moment.expression(format: date.format, offset: isSame ? 0 : -86400)
      let before = Value.Timestamp(seconds: run.seconds - 86400, nanoseconds: run.nanoseconds)
      guard isSame || Moment.text(before, date.format) == text(of: date) else { continue }
      if texts.replace(date.path, date.range, by: expression) { taken.append(text(of: date)) }
    }
    guard let first = taken.last else { return }
    notes.append(
      ImportNote(
        .told, first,
        "it is the run's date here: compile with `--run-time \(run.description)` for the "
          + "source's texts", at: found.first.flatMap { flow.body.part(at: $0.path)?.span }))
    let others = Set(found.filter { $0.isMarked && !taken.contains(text(of: $0)) }.map(text))
    for other in others.sorted() where !taken.contains(other) {
      let span = found.first { text(of: $0) == other }.flatMap { flow.body.part(at: $0.path)?.span }
      notes.append(
        ImportNote(
          .told, other,
          "it looks like a date of the run, but isn't the same one as `\(first)`: it "
            + "stays as it is", at: span))
    }
  }

  private func text(of date: FoundDate) -> String {
    let bytes = Array((texts.body.part(at: date.path)?.text ?? "").utf8)
    guard date.range.upperBound <= bytes.count else { return "" }
    return String(decoding: bytes[date.range], as: UTF8.self)
  }

  /// The first moment of the day that most marked dates name, the later one of two.
  private func day(of found: [FoundDate]) -> Value.Timestamp? {
    if let moment {
      return Value.Timestamp(
        seconds: moment.seconds - (moment.seconds % 86400 + 86400) % 86400, nanoseconds: 0)
    }
    var counts: [(day: Value.Timestamp, count: Int)] = []
    for date in found where date.isMarked {
      if let at = counts.firstIndex(where: { $0.day == date.moment }) {
        counts[at].count += 1
      } else {
        counts.append((date.moment, 1))
      }
    }
    return counts.max { ($0.count, $0.day) < ($1.count, $1.day) }?.day
  }

  // MARK: Finding

  /// A run's id, as Penstock makes it of the run's time.
  private static let runID = "%Y-%m-%d-%H-%M-%S"

  /// The time of the only run whose id is in a folder `run=ID`.
  private var momentOfRun: Value.Timestamp? {
    var found: Value.Timestamp?
    for path in texts.paths where !texts.isReplaced(path) {
      guard let text = texts[path]?.literal, let mark = text.firstRange(of: "run=") else {
        continue
      }
      let bytes = Array(text.utf8)
      let start = text.utf8.distance(from: text.utf8.startIndex, to: mark.upperBound)
      guard let (day, end) = Self.read(bytes, start, bytes.count, Self.runID) else { continue }
      let digits = String(decoding: bytes[start..<end], as: UTF8.self).split(separator: "-")
        .compactMap { Int64($0) }
      guard digits.count == 6, digits[3] < 24, digits[4] < 60, digits[5] < 60 else { continue }
      let moment = Value.Timestamp(
        seconds: day.seconds + digits[3] * 3600 + digits[4] * 60 + digits[5], nanoseconds: 0)
      if let found, found != moment { return nil }
      found = moment
    }
    return found
  }

  private func dates(_ path: BodyPath) -> [FoundDate] {
    guard let text = texts[path] else { return [] }
    let bytes = Array(text.plain.utf8)
    guard bytes.count >= 8 else { return [] }
    var found: [FoundDate] = []
    for range in text.literalRanges where range.count >= 8 {
      var at = range.lowerBound
      while at < range.upperBound {
        if let date = date(bytes, at, range.upperBound, path) {
          found.append(date)
          at = date.range.upperBound
        } else {
          at += 1
        }
      }
    }
    return found
  }

  /// What a date may look like: a format whose parts are all digits.
  private static let formats = [
    "year=%Y/month=%m/day=%d", runID, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d-%H",
    "%Y/%m/%d/%H", "%Y-%m-%d", "%Y/%m/%d", "%Y_%m_%d", "%Y%m%d",
  ]

  private func date(
    _ bytes: [UInt8], _ start: Int, _ end: Int, _ path: BodyPath
  ) -> FoundDate? {
    let isNumber = ASCII.isDigit(bytes[start])
    guard isNumber || bytes[start] == UInt8(ascii: "y") else { return nil }
    if start > 0, ASCII.isDigit(bytes[start - 1]) || isNumber && bytes[start - 1] == .dot {
      return nil
    }
    for format in Self.formats {
      guard let (day, next) = Self.read(bytes, start, end, format),
        next == bytes.count
          || !ASCII.isDigit(bytes[next])
      else { continue }
      // `2026-03-01-04` isn't just a day.
      if !format.contains("%H"), next + 1 < bytes.count, bytes[next] == .hyphen,
        ASCII.isDigit(bytes[next + 1])
      {
        continue
      }
      // With hours and minutes, only the run's own time is one.
      if format.contains("%H"),
        moment.map({ Moment.text($0, format) })
          != String(decoding: bytes[start..<next], as: UTF8.self)
      {
        continue
      }
      return FoundDate(
        path: path, range: start..<next, format: format, moment: day,
        isMarked: isMarked(bytes, start, path, format))
    }
    return nil
  }

  private static func read(
    _ bytes: [UInt8], _ start: Int, _ end: Int, _ format: String
  ) -> (day: Value.Timestamp, end: Int)? {
    var at = start
    var parts: [Character: Int64] = [:]
    var isCode = false
    for character in format {
      if isCode {
        isCode = false
        let count = character == "Y" ? 4 : 2
        guard at + count <= end, bytes[at..<(at + count)].allSatisfy(ASCII.isDigit) else {
          return nil
        }
        parts[character] = bytes[at..<(at + count)].reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        at += count
      } else if character == "%" {
        isCode = true
      } else {
        guard at < end, bytes[at] == character.asciiValue else { return nil }
        at += 1
      }
    }
    guard let year = parts["Y"], year >= 2000, let month = parts["m"], let day = parts["d"],
      let moment = Moment.start(year: year, month: month, day: day)
    else { return nil }
    return (moment, at)
  }

  /// Whether the name before a date says that it is the run's.
  private func isMarked(_ bytes: [UInt8], _ start: Int, _ path: BodyPath, _ format: String) -> Bool
  {
    if format.hasPrefix("year=") { return true }
    let before = bytes[..<start]
    if before.last == .equals {
      let name = before.dropLast().reversed().prefix { ASCII.isWord($0) || $0 == .hyphen }
      return Self.isDateName(String(decoding: Array(name.reversed()), as: UTF8.self))
    }
    if start == 0, case .index(let at)? = path.last, at > 0 {
      let option = texts.body.part(at: Array(path.dropLast()) + [.index(at - 1)])?.text ?? ""
      return option.hasPrefix("-") && Self.isDateName(option)
    }
    if start == 0, case .key(let key)? = path.last { return Self.isDateName(key) }
    return false
  }

  static func isDateName(_ name: String) -> Bool {
    let words = ConfigDraft.identifier(name).split(separator: "_")
    let names: Set<Substring> = [
      "date", "day", "dt", "ds", "rundate", "today", "partition", "asof",
    ]
    let others: Set<Substring> = ["release", "version", "policy", "schema", "api", "build"]
    return words.contains { names.contains($0) } && !words.contains { others.contains($0) }
  }
}
