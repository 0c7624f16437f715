import Text

/// What a property of Spark or Hadoop takes, as data/emr/properties.txt has it.
enum PropertyKind: String {
  case bool, fraction, int, number, size, time
  /// A size, or -1 to turn it off.
  case sizeOrOff = "size-or-off"
  /// Bytes with one letter at most: `128m`.
  case hadoopSize = "hadoop-size"

  /// Whether the programs can read a value, which they trim.
  func admits(_ text: String) -> Bool {
    let text = Self.trimmed(text)
    switch self {
    case .bool: return ["true", "false"].contains(text.lowercased())
    case .int: return Self.isInteger(text)
    case .number: return Double(text) != nil
    case .fraction: return Double(text).map { (0...1).contains($0) } ?? false
    case .size: return Self.bytes(text) != nil
    case .sizeOrOff: return Self.isInteger(text) || Self.bytes(text) != nil
    case .hadoopSize:
      let unit = text.utf8.last.map { $0 | 0x20 }
      return Self.isInteger(text)
        || "kmgtpe".utf8.contains { $0 == unit } && Self.isInteger(String(text.dropLast()))
    case .time:
      guard let (number, unit) = Self.parts(text) else { return false }
      return !number.isEmpty && ["", "us", "ms", "s", "m", "min", "h", "d"].contains(unit)
    }
  }

  /// What is wanted, with an example.
  var words: String {
    switch self {
    case .bool: "`true` or `false`"
    case .fraction: "a number from 0 to 1"
    case .int: "a whole number without a unit"
    case .number: "a number"
    case .size, .sizeOrOff: "a whole number and a unit without a space, such as `4g` or `512m`"
    case .hadoopSize: "a number and one letter, such as `128m`"
    case .time: "a whole number and a unit without a space, such as `120s`"
    }
  }

  /// The same value as it has to be written, if only its spelling is wrong.
  func meant(_ text: String) -> String? {
    let plain = Self.trimmed(text).lowercased()
    switch self {
    case .size, .sizeOrOff, .hadoopSize, .time:
      var joined = plain.filter { $0 != " " }
      for (long, short) in Self.units where joined.hasSuffix(long) {
        joined = joined.dropLast(long.count) + short
        break
      }
      return joined != plain && admits(joined) ? joined : nil
    case .bool:
      return [
        "yes": "true", "on": "true", "1": "true", "no": "false", "off": "false", "0": "false",
      ][
        plain]
    case .fraction, .int, .number: return nil
    }
  }

  private static let units = [
    ("gib", "g"), ("mib", "m"), ("kib", "k"), ("tib", "t"), ("gb", "g"), ("mb", "m"), ("kb", "k"),
    ("tb", "t"), ("seconds", "s"), ("second", "s"), ("sec", "s"), ("minutes", "min"),
    ("minute", "min"), ("mins", "min"), ("hours", "h"), ("hour", "h"), ("days", "d"), ("day", "d"),
  ]

  /// The bytes of a size as Spark reads it; without a unit they are mebibytes, as for memory. Nil if
  /// Spark can't read it.
  static func bytes(_ text: String) -> Double? {
    guard let (number, unit) = parts(trimmed(text)), let count = Double(number), !number.isEmpty
    else { return nil }
    let powers = [
      "b": 0, "k": 1, "kb": 1, "m": 2, "mb": 2, "": 2, "g": 3, "gb": 3, "t": 4, "tb": 4, "p": 5,
      "pb": 5,
    ]
    guard let power = powers[unit] else { return nil }
    return (0..<power).reduce(count) { size, _ in size * 1024 }
  }

  /// Digits and the letters after them, in lower case.
  private static func parts(_ text: String) -> (number: String, unit: String)? {
    let digits = text.utf8.prefix { ASCII.isDigit($0) }
    let rest = text.utf8.dropFirst(digits.count)
    guard rest.allSatisfy({ UInt8.lowercase.contains($0 | 0x20) }) else { return nil }
    return (
      String(decoding: digits, as: UTF8.self), String(decoding: rest, as: UTF8.self).lowercased()
    )
  }

  private static func isInteger(_ text: String) -> Bool {
    let digits = text.utf8.first == .hyphen ? text.utf8.dropFirst() : text.utf8[...]
    if digits.starts(with: "0x".utf8) { return digits.count > 2 }
    return !digits.isEmpty && digits.allSatisfy { ASCII.isDigit($0) }
  }

  private static func trimmed(_ text: String) -> String {
    var text = Substring(text)
    while text.utf8.first == .space { text.removeFirst() }
    while text.utf8.last == .space { text.removeLast() }
    return String(text)
  }
}
