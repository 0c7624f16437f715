import Text

/// The version of an EMR release, or an AMI version before release 4.
struct Release: Hashable, Comparable, CustomStringConvertible {
  var major: Int
  var minor: Int
  var patch: Int

  init(_ major: Int, _ minor: Int, _ patch: Int = 0) {
    self.major = major
    self.minor = minor
    self.patch = patch
  }

  /// Parses `5.29.0`, or `5.30.0-preview`, whose suffix is ignored; a missing patch is 0.
  init?(_ text: some StringProtocol) {
    var numbers: [Int] = []
    var digits = 0
    var number = 0
    for byte in text.utf8 {
      if byte == UInt8(ascii: "-"), digits > 0 { break }
      if byte == UInt8(ascii: ".") {
        guard digits > 0, numbers.count < 2 else { return nil }
        numbers.append(number)
        (digits, number) = (0, 0)
      } else {
        guard ASCII.isDigit(byte), digits < 6 else { return nil }
        number = number * 10 + Int(byte - UInt8(ascii: "0"))
        digits += 1
      }
    }
    guard digits > 0 else { return nil }
    numbers.append(number)
    guard numbers.count >= 2 else { return nil }
    self.init(numbers[0], numbers[1], numbers.count > 2 ? numbers[2] : 0)
  }

  static func < (left: Release, right: Release) -> Bool {
    (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
  }

  var description: String { "\(major).\(minor).\(patch)" }
}
