import Text

/// A number with something around it, as in `0.25 USD`, `$0.25`, `200 GB` or `1,000`.
struct Measure {
  /// Its digits, with a point if it has one.
  let number: String
  /// What follows it, in lower case.
  let unit: String

  /// Units of which there are smaller and larger ones: which one a bare number is in can't be told.
  private static let scaled: Set<String> = [
    "k", "kb", "kib", "m", "mb", "mib", "t", "tb", "tib", "ms", "msec", "s", "sec", "secs",
    "second", "seconds", "min", "mins", "minute", "minutes", "h", "hour", "hours", "hr", "hrs",
    "d", "day", "days", "w", "week", "weeks",
  ]

  /// Whether the number alone could be taken for another amount than the one that is meant.
  ///
  /// - Parameter description: what a schema says of the value, where it may say the unit.
  func isOfOtherScale(than description: String?) -> Bool {
    guard Self.scaled.contains(unit) else { return false }
    let words = [
      "ms": "millisecond", "s": "second", "sec": "second", "secs": "second", "min": "minute",
      "mins": "minute", "h": "hour", "hr": "hour", "hrs": "hour", "d": "day", "w": "week",
      "mb": "mib", "kb": "kib", "tb": "tib",
    ]
    let singular = unit.count > 3 && unit.hasSuffix("s") ? String(unit.dropLast()) : unit
    let wanted = words[unit] ?? singular
    return !(description?.lowercased().contains(wanted) ?? false)
  }

  /// Nil if the text isn't one number and at most one word.
  init?(_ text: String) {
    var rest = text.utf8[...]
    func skip(_ isSkipped: (UInt8) -> Bool) { rest = rest.drop(while: isSkipped) }
    skip { $0 == .space || $0 == .dollar }
    var digits: [UInt8] = []
    while let byte = rest.first {
      if ASCII.isDigit(byte) || byte == .dot && !digits.contains(.dot) && !digits.isEmpty {
        digits.append(byte)
      } else if byte == .comma, !digits.isEmpty, !digits.contains(.dot) {
        // Three digits after it are thousands; else it is a decimal comma.
        let after = rest.dropFirst().prefix { ASCII.isDigit($0) }.count
        if after != 3 { digits.append(.dot) }
      } else if byte != .underscore || digits.isEmpty {
        break
      }
      rest.removeFirst()
    }
    if digits.last == .dot { digits.removeLast() }
    guard !digits.isEmpty else { return nil }
    skip { $0 == .space }
    let word = String(decoding: rest, as: UTF8.self)
    guard !word.utf8.contains(.space), !word.utf8.contains(where: UInt8.digits.contains) else {
      return nil
    }
    number = String(decoding: digits, as: UTF8.self)
    unit = word.lowercased()
  }
}
