import Text
import Values

/// The offsets of one time zone: RFC 9636's TZif, which gives the future as a POSIX rule.
struct ZoneRules: Sendable {
  /// Times in order, and the offset that applies from each.
  private var changes: [(from: Int64, offset: Int64)] = []
  private var first: Int64 = 0
  private var rule: ZoneRule?

  func offset(at seconds: Int64) -> Int64 {
    guard let last = changes.last else { return rule?.offset(at: seconds) ?? first }
    if seconds >= last.from { return rule?.offset(at: seconds) ?? last.offset }
    var low = 0
    var high = changes.count
    while low < high {
      let middle = low + (high - low) / 2
      if changes[middle].from <= seconds { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? first : changes[low - 1].offset
  }

  /// Nil if the bytes aren't such a file.
  init?(_ bytes: [UInt8]) {
    var reader = Reader(bytes[...])
    guard var header = Header(&reader) else { return nil }
    if header.version >= UInt8(ascii: "2") {
      // The first part is for 32-bit readers.
      guard reader.skip(header.size(timeBytes: 4)), let second = Header(&reader) else { return nil }
      header = second
      guard read(header, timeBytes: 8, &reader) else { return nil }
      guard reader.byte() == .newline else { return nil }
      let text = reader.rest.prefix { $0 != .newline }
      guard text.count < reader.rest.count else { return nil }
      if !text.isEmpty {
        guard let rule = ZoneRule(text) else { return nil }
        self.rule = rule
      }
    } else if !read(header, timeBytes: 4, &reader) {
      return nil
    }
  }

  private mutating func read(_ header: Header, timeBytes: Int, _ reader: inout Reader) -> Bool {
    guard header.size(timeBytes: timeBytes) <= reader.rest.count, header.types > 0 else {
      return false
    }
    var moments: [Int64] = []
    for _ in 0..<header.times {
      guard let moment = reader.integer(timeBytes), moments.last.map({ $0 < moment }) ?? true
      else { return false }
      moments.append(moment)
    }
    var kinds: [Int] = []
    for _ in 0..<header.times {
      guard let kind = reader.byte(), kind < header.types else { return false }
      kinds.append(Int(kind))
    }
    var offsets: [Int64] = []
    for _ in 0..<header.types {
      guard let offset = reader.integer(4), offset.magnitude < 100_000, reader.skip(2) else {
        return false
      }
      offsets.append(offset)
    }
    first = offsets.first ?? 0
    changes = zip(moments, kinds).map { ($0, offsets[$1]) }
    return reader.skip(header.rest(timeBytes: timeBytes))
  }

  /// How many entries each table of a part has.
  private struct Header {
    var version: UInt8
    private var indicators = 0
    private var leaps = 0
    private(set) var times = 0
    private(set) var types = 0
    private var characters = 0

    init?(_ reader: inout Reader) {
      guard reader.take(Array("TZif".utf8)), let version = reader.byte(), reader.skip(15) else {
        return nil
      }
      self.version = version
      var counts: [Int] = []
      for _ in 0..<6 {
        guard let count = reader.integer(4), (0...1_000_000).contains(count) else { return nil }
        counts.append(Int(count))
      }
      indicators = counts[0] + counts[1]
      leaps = counts[2]
      times = counts[3]
      types = counts[4]
      characters = counts[5]
    }

    /// Length of the tables in bytes.
    func size(timeBytes: Int) -> Int {
      times * (timeBytes + 1) + types * 6 + rest(timeBytes: timeBytes)
    }

    /// Length of the tables without offsets.
    func rest(timeBytes: Int) -> Int { characters + leaps * (timeBytes + 4) + indicators }
  }

  private struct Reader {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    mutating func byte() -> UInt8? { rest.popFirst() }

    mutating func skip(_ count: Int) -> Bool {
      guard count >= 0, count <= rest.count else { return false }
      rest = rest.dropFirst(count)
      return true
    }

    mutating func take(_ wanted: [UInt8]) -> Bool {
      guard rest.starts(with: wanted) else { return false }
      return skip(wanted.count)
    }

    /// A signed big-endian number.
    mutating func integer(_ count: Int) -> Int64? {
      guard count <= rest.count, let first = rest.first else { return nil }
      var value: Int64 = first >= 0x80 ? -1 : 0
      for byte in rest.prefix(count) { value = value << 8 | Int64(byte) }
      rest = rest.dropFirst(count)
      return value
    }
  }
}

/// A zone's POSIX rule, such as `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule: Sendable {
  /// When in a year standard or summer time begins.
  private struct Start {
    private enum Day {
      /// 1 to 365; the 29th of February is never counted.
      case ofYear(Int64)
      /// 0 to 365.
      case ofLeapYear(Int64)
      case weekday(month: Int, week: Int64, day: Int64)
    }

    private var day: Day
    /// Seconds from midnight, possibly beyond the day.
    private var time: Int64 = 7200

    init?(_ text: inout Text) {
      guard text.take(",") else { return nil }
      if text.take("M") {
        guard let month = text.number(1...12), text.take("."), let week = text.number(1...5),
          text.take("."), let day = text.number(0...6)
        else { return nil }
        self.day = .weekday(month: Int(month), week: week, day: day)
      } else if text.take("J") {
        guard let day = text.number(1...365) else { return nil }
        self.day = .ofYear(day)
      } else {
        guard let day = text.number(0...365) else { return nil }
        self.day = .ofLeapYear(day)
      }
      if text.take("/") {
        guard let time = text.time(hours: 167) else { return nil }
        self.time = time
      }
    }

    /// Local seconds since 1970, in a given year.
    func seconds(in year: Int64) -> Int64 {
      let january = Self.days(year, 1)
      switch day {
      case .ofYear(let day):
        let isAfterFebruary = day >= 60 && Self.days(year, 3) - january == 60
        return (january + day - 1 + (isAfterFebruary ? 1 : 0)) * 86_400 + time
      case .ofLeapYear(let day): return (january + day) * 86_400 + time
      case .weekday(let month, let week, let day):
        let first = Self.days(year, month)
        let next = month == 12 ? Self.days(year + 1, 1) : Self.days(year, month + 1)
        // 1970-01-01 was a Thursday.
        var found = first + ((day - first - 4) % 7 + 7) % 7 + (week - 1) * 7
        while found >= next { found -= 7 }
        return found * 86_400 + time
      }
    }

    private static func days(_ year: Int64, _ month: Int) -> Int64 {
      Value.Timestamp.seconds(year: year, month: month, day: 1, hour: 0, minute: 0, second: 0)
        / 86_400
    }
  }

  private var standard: Int64
  private var summer: (offset: Int64, start: Start, end: Start)?

  func offset(at seconds: Int64) -> Int64 {
    guard let summer else { return standard }
    let local = Value.Timestamp(seconds: seconds + standard, nanoseconds: 0)
    let year = local.civil.year
    let start = summer.start.seconds(in: year) - standard
    let end = summer.end.seconds(in: year) - summer.offset
    let isSummer =
      start <= end ? start <= seconds && seconds < end : seconds < end || start <= seconds
    return isSummer ? summer.offset : standard
  }

  init?(_ bytes: ArraySlice<UInt8>) {
    var text = Text(rest: bytes)
    guard text.name(), let behind = text.time(hours: 24) else { return nil }
    standard = -behind
    if text.rest.isEmpty { return }
    guard text.name() else { return nil }
    var offset = standard + 3600
    if text.rest.first != .comma {
      guard let behind = text.time(hours: 24) else { return nil }
      offset = -behind
    }
    guard let start = Start(&text), let end = Start(&text), text.rest.isEmpty else { return nil }
    summer = (offset, start, end)
  }

  private struct Text {
    var rest: ArraySlice<UInt8>

    mutating func take(_ letter: Unicode.Scalar) -> Bool {
      guard rest.first == UInt8(ascii: letter) else { return false }
      rest = rest.dropFirst()
      return true
    }

    /// Letters, or anything between `<` and `>`.
    mutating func name() -> Bool {
      if take("<") {
        guard let end = rest.firstIndex(of: .greater) else { return false }
        rest = rest[(end + 1)...]
        return true
      }
      let letters = rest.prefix { $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z") }
      rest = rest.dropFirst(letters.count)
      return !letters.isEmpty
    }

    mutating func number(_ range: ClosedRange<Int64>) -> Int64? {
      let digits = rest.prefix { ASCII.isDigit($0) }
      guard !digits.isEmpty, digits.count <= 3 else { return nil }
      let number = digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
      rest = rest.dropFirst(digits.count)
      return range.contains(number) ? number : nil
    }

    /// `[+-]h[:m[:s]]` in seconds.
    mutating func time(hours: Int64) -> Int64? {
      let isNegative = take("-")
      if !isNegative { _ = take("+") }
      guard let hours = number(0...hours) else { return nil }
      var seconds = hours * 3600
      for unit in [60, 1] as [Int64] {
        guard take(":") else { break }
        guard let part = number(0...59) else { return nil }
        seconds += part * unit
      }
      return isNegative ? -seconds : seconds
    }
  }
}
