import Text

extension RegularExpressionParser {
  /// The text after `[`, up to and including the `]`.
  mutating func bracketed() throws(RegularExpressionError) -> ScalarSet {
    let start = at - 1
    var set = ScalarSet()
    set.isNegated = take("^")
    var isFirst = true
    while true {
      guard let scalar = next else {
        at = start
        throw error("`[` without `]`")
      }
      if scalar == "]", !(isFirst && syntax == .re2) {
        at += 1
        return set
      }
      isFirst = false
      if syntax == .re2, let posix = try posixClass() {
        set.add(posix)
        continue
      }
      guard let low = try member(&set) else { continue }
      guard next == "-", at + 1 < scalars.count, scalars[at + 1] != "]" else {
        set.ranges.append(low...low)
        continue
      }
      at += 1
      guard let high = try member(&set) else {
        // `[a-\d]`: the dash is a literal.
        set.ranges += [low...low, 0x2D...0x2D]
        continue
      }
      guard high >= low else { throw error("the range is in the wrong order") }
      set.ranges.append(low...high)
    }
  }

  /// One scalar of a set; nil if a class was added to it instead.
  private mutating func member(_ set: inout ScalarSet) throws(RegularExpressionError) -> UInt32? {
    guard let scalar = next else { throw error("`[` without `]`") }
    at += 1
    guard scalar == "\\" else { return scalar.value }
    if let found = try classEscape() {
      set.add(found)
      return nil
    }
    return try scalarEscape(inSet: true)
  }

  private mutating func posixClass() throws(RegularExpressionError) -> ScalarSet? {
    let start = at
    guard take(all: "[:") else { return nil }
    let isNegated = take("^")
    var name = ""
    while let scalar = next, scalar != ":" {
      name.unicodeScalars.append(scalar)
      at += 1
    }
    guard take(all: ":]"), let ranges = Self.posix[name] else {
      at = start
      throw error("unknown class `[:\(name):]`")
    }
    var set = ScalarSet(ranges: ranges)
    set.isNegated = isNegated
    return set
  }

  private static let posix: [String: [ClosedRange<UInt32>]] = [
    "alnum": [(0x30...0x39), (0x41...0x5A), (0x61...0x7A)],
    "alpha": [(0x41...0x5A), (0x61...0x7A)],
    "ascii": [0...0x7F], "blank": [0x09...0x09, 0x20...0x20], "cntrl": [0...0x1F, 0x7F...0x7F],
    "digit": [(0x30...0x39)], "graph": [0x21...0x7E], "lower": [(0x61...0x7A)],
    "print": [0x20...0x7E],
    "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E],
    "space": [0x09...0x0D, 0x20...0x20], "upper": [(0x41...0x5A)],
    "word": [(0x30...0x39), (0x41...0x5A), 0x5F...0x5F, (0x61...0x7A)],
    "xdigit": [(0x30...0x39), 0x41...0x46, 0x61...0x66],
  ]
}
