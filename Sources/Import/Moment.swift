import Text
package import Values

/// A run's time in texts.
package enum Moment {
  /// 2026-01-01T00:00:00Z, for a source whose time doesn't matter.
  package static let any = Value.Timestamp(seconds: 1_767_225_600, nanoseconds: 0)

  /// The expression of a text of the run's time.
  static func expression(format: String, offset: Int64 = 0) -> String {
    let time =
      offset == 0
      ? "run.time"
      : "run.time \(offset < 0 ? "-" : "+") duration(\"\(duration(offset.magnitude))\")"
    return "formatTime(\(time), \"\(format)\")"
  }

  private static func duration(_ seconds: UInt64) -> String {
    seconds % 3600 == 0 ? "\(seconds / 3600)h" : "\(seconds)s"
  }

  /// What `formatTime` makes of a time, in UTC.
  package static func text(_ moment: Value.Timestamp, _ format: String) -> String {
    let (year, month, day) = date(moment.seconds)
    let seconds = moment.seconds - floorDivision(moment.seconds, 86400) * 86400
    var out = ""
    var isCode = false
    for character in format {
      guard isCode else {
        if character == "%" { isCode = true } else { out.append(character) }
        continue
      }
      isCode = false
      switch character {
      case "Y": out += digits(year, 4)
      case "m": out += digits(month, 2)
      case "d": out += digits(day, 2)
      case "H": out += digits(seconds / 3600, 2)
      case "M": out += digits(seconds / 60 % 60, 2)
      case "S": out += digits(seconds % 60, 2)
      case "L": out += digits(Int64(moment.nanoseconds / 1_000_000), 3)
      case "s": out += String(moment.seconds)
      default: out.append(character)
      }
    }
    return out
  }

  private static func digits(_ number: Int64, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
  }

  private static func floorDivision(_ a: Int64, _ b: Int64) -> Int64 {
    a >= 0 ? a / b : (a - b + 1) / b
  }

  /// The civil date of a time, by Howard Hinnant's algorithm.
  private static func date(_ seconds: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let days = floorDivision(seconds, 86400) + 719_468
    let era = floorDivision(days, 146_097)
    let dayOfEra = days - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1
    )
  }

  /// A day's first moment; nil if there is no such day.
  static func start(year: Int64, month: Int64, day: Int64) -> Value.Timestamp? {
    guard (1970...2199).contains(year), (1...12).contains(month), (1...31).contains(day) else {
      return nil
    }
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let moment = Value.Timestamp(
      seconds: (era * 146_097 + dayOfEra - 719_468) * 86400, nanoseconds: 0)
    // The 31st of February is another day.
    return date(moment.seconds) == (year, month, day) ? moment : nil
  }
}
