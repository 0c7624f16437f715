import Text
package import Values

/// A time with the offset it was written with.
package struct RunTime: Hashable, Sendable {
  package var moment: Value.Timestamp
  /// How many seconds its local time is ahead of UTC.
  package var utcOffset: Int

  package init(moment: Value.Timestamp, utcOffset: Int) {
    self.moment = moment
    self.utcOffset = utcOffset
  }

  /// An RFC 3339 date and time: `2026-03-01T05:06:07.25+01:00`. Digits beyond nanoseconds are
  /// dropped.
  package init?(rfc3339 text: String) {
    var reader = Digits(bytes: Array(text.utf8))
    guard let year = reader.number(4), reader.take("-"), let month = reader.number(2),
      reader.take("-"), let day = reader.number(2), reader.take("Tt "),
      let hour = reader.number(2), reader.take(":"), let minute = reader.number(2),
      reader.take(":"), let second = reader.number(2)
    else { return nil }
    var nanoseconds = 0
    if reader.take(".") {
      guard let fraction = reader.fraction() else { return nil }
      nanoseconds = fraction
    }
    guard let offset = reader.offset(), reader.isAtEnd else { return nil }
    guard year >= 1, (1...12).contains(month), hour < 24, minute < 60, second <= 60,
      day >= 1, day <= Self.days(of: month, in: year)
    else { return nil }
    let seconds = Value.Timestamp.seconds(
      year: Int64(year), month: month, day: day, hour: hour, minute: minute, second: second)
    let first = Value.Timestamp.seconds(
      year: 1, month: 1, day: 1, hour: 0, minute: 0, second: 0)
    let last = Value.Timestamp.seconds(
      year: 9999, month: 12, day: 31, hour: 23, minute: 59, second: 59)
    guard (first...last).contains(seconds - Int64(offset)) else { return nil }
    moment = Value.Timestamp(
      seconds: seconds - Int64(offset), nanoseconds: Int32(clamping: nanoseconds))
    utcOffset = offset
  }

  /// The time of which an id in the form of run ids is made: `2026-03-01-05-06-07`, in local time;
  /// nil for other ids, and for a time that the clocks skip. Of two times that the clocks show
  /// twice, the first.
  ///
  /// - Parameter utcOffset: how many seconds local time is ahead of UTC at a moment.
  package init?(runID: String, _ utcOffset: (Value.Timestamp) -> Int) {
    let fields = runID.utf8.split(separator: .hyphen, omittingEmptySubsequences: false)
    guard fields.map(\.count) == [4, 2, 2, 2, 2, 2] else { return nil }
    let words = fields.map { String(decoding: $0, as: UTF8.self) }
    let local = "\(words[0..<3].joined(separator: "-"))T\(words[3...].joined(separator: ":"))"
    guard !runID.utf8.dropFirst(17).starts(with: "60".utf8),
      let written = RunTime(rfc3339: local + "Z")
    else { return nil }
    let day: Int64 = 86_400
    let offsets = [-day, 0, day].map { shift in
      utcOffset(
        Value.Timestamp(seconds: written.moment.seconds &+ shift, nanoseconds: 0))
    }
    // The greater the offset, the earlier the moment.
    for offset in Set(offsets).sorted(by: >) {
      let moment = Value.Timestamp(
        seconds: written.moment.seconds &- Int64(offset), nanoseconds: 0)
      guard utcOffset(moment) == offset else { continue }
      self.init(moment: moment, utcOffset: offset)
      return
    }
    return nil
  }

  private static func days(of month: Int, in year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private struct Digits {
    let bytes: [UInt8]
    var at = 0

    var isAtEnd: Bool { at == bytes.count }

    mutating func take(_ any: String) -> Bool {
      guard at < bytes.count, any.utf8.contains(bytes[at]) else { return false }
      at += 1
      return true
    }

    mutating func number(_ width: Int) -> Int? {
      guard at + width <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[at..<(at + width)] {
        guard ASCII.isDigit(byte) else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
      }
      at += width
      return value
    }

    mutating func fraction() -> Int? {
      var value = 0
      var count = 0
      while let digit = number(1) {
        if count < 9 { value = value * 10 + digit }
        count += 1
      }
      guard count > 0 else { return nil }
      for _ in 0..<max(0, 9 - count) { value *= 10 }
      return value
    }

    mutating func offset() -> Int? {
      if take("Zz") { return 0 }
      let isNegative = at < bytes.count && bytes[at] == .hyphen
      guard take("+-"), let hours = number(2), take(":"), let minutes = number(2), hours < 24,
        minutes < 60
      else { return nil }
      return (isNegative ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
  }
}
