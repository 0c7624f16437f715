import Text
import RegularExpressions
import Values

/// Makes a path that a pattern of s3-dist-cp matches, so that a simulated job's output has files
/// that later copies find.
///
/// Knows the usual parts of such patterns: literal text, `.`, classes like `\d`, sets, groups and
/// repetitions. The path is checked against the pattern; nil if it doesn't match.
struct PathSample {
  /// A path below a folder such that the whole matches; `number` goes where digits may be.
  static func path(matching pattern: String, below folder: String, number: String) -> String? {
    guard
      case .success(let expression) = RegularExpression.compile(
        "^(?:\(pattern))$", syntax: .re2)
    else { return nil }
    // If a pattern starts with a wildcard, that matches the folder.
    var rest = Array(pattern.utf8)[...]
    if rest.starts(with: "^".utf8) { rest = rest.dropFirst() }
    for start in [".*/", ".+/", ".*", ".+"] where rest.starts(with: start.utf8) {
      rest = rest.dropFirst(start.utf8.count)
      break
    }
    var sample = PathSample(rest: rest, number: number)
    sample.readAlternatives(depth: 0)
    let text = String(decoding: sample.out, as: UTF8.self)
    guard !text.isEmpty, !text.contains("//"), expression.matches(folder + text) else {
      return nil
    }
    return text
  }

  private var rest: ArraySlice<UInt8>
  private let number: String
  private var out: [UInt8] = []

  private init(rest: ArraySlice<UInt8>, number: String) {
    self.rest = rest
    self.number = number
  }

  /// Takes the first of several alternatives.
  private mutating func readAlternatives(depth: Int) {
    var isTaken = true
    while let byte = rest.first, byte != UInt8(ascii: ")") || depth == 0 {
      rest = rest.dropFirst()
      if byte == UInt8(ascii: "|") {
        isTaken = false
        continue
      }
      let before = out.count
      readAtom(byte, depth)
      skipRepetition()
      if !isTaken { out.removeLast(out.count - before) }
    }
  }

  private mutating func readAtom(_ byte: UInt8, _ depth: Int) {
    switch byte {
    case UInt8(ascii: "("):
      if rest.starts(with: "?:".utf8) { rest = rest.dropFirst(2) }
      if depth < 32 { readAlternatives(depth: depth + 1) }
      rest = rest.dropFirst()
    case UInt8(ascii: "."): out.append(UInt8(ascii: "x"))
    case UInt8(ascii: "^"), UInt8(ascii: "$"): break
    case UInt8(ascii: "["): readSet()
    case UInt8(ascii: "\\"):
      guard let escaped = rest.popFirst() else { return }
      switch escaped {
      case UInt8(ascii: "d"): out += Array(number.utf8)
      case UInt8(ascii: "w"): out.append(UInt8(ascii: "x"))
      case UInt8(ascii: "s"): out.append(UInt8(ascii: " "))
      default: out.append(escaped)
      }
    default: out.append(byte)
    }
  }

  /// Takes the first member of a set.
  private mutating func readSet() {
    let first = rest.first
    while let byte = rest.popFirst(), byte != UInt8(ascii: "]") {}
    guard let first, first != UInt8(ascii: "^") else { return out.append(UInt8(ascii: "x")) }
    if first == UInt8(ascii: "0") { out += Array(number.utf8) } else { out.append(first) }
  }

  private mutating func skipRepetition() {
    guard let next = rest.first else { return }
    if [UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?")].contains(next) {
      rest = rest.dropFirst()
    } else if next == UInt8(ascii: "{") {
      while let byte = rest.popFirst(), byte != UInt8(ascii: "}") {}
    }
    if rest.first == UInt8(ascii: "?") { rest = rest.dropFirst() }
  }
}
