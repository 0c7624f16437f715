import Text
import Values

/// Versions, ordered as RubyGems orders them: `1.0.0.rc1 < 1.0.0 < 1.0.1`.
enum VersionText {
  static var typeName: String { "version" }

  /// Segments of digits and letters separated by `.`, with `-` before pre-releases.
  static func isValid(_ text: String) -> Bool {
    var isStart = true
    var isFirst = true
    for byte in text.utf8 {
      if byte == .dot || byte == .hyphen {
        guard !isStart else { return false }
        isStart = true
      } else if ASCII.isDigit(byte) || ASCII.isLetter(byte) {
        // A version starts with a number.
        if isFirst, !ASCII.isDigit(byte) { return false }
        isStart = false
      } else {
        return false
      }
      isFirst = false
    }
    return !isFirst && !isStart
  }

  /// A version before all pre-releases of a release; a pre-release itself.
  static func firstPreRelease(_ text: String) -> String {
    text.utf8.contains(where: ASCII.isLetter) ? text : text + ".A"
  }

  /// The version that a text contains, as `5.13.0` in `emr-5.13.0`; nil if it has none, or several.
  static func inside(_ text: String) -> String? {
    let numbers = text.utf8.split { !ASCII.isDigit($0) && $0 != .dot }
      .map { String(Substring($0)) }.filter { $0.utf8.contains(.dot) && isValid($0) }
    return numbers.count == 1 ? numbers.first : nil
  }

  private enum Segment: Equatable {
    case number(ArraySlice<UInt8>)
    case word(ArraySlice<UInt8>)
  }

  /// Runs of digits and of letters, without needless zeros; `-` means `.pre.`.
  private static func segments(_ text: String) -> [Segment] {
    let bytes = Array(text.utf8)
    var segments: [Segment] = []
    var at = 0
    while at < bytes.count {
      let start = at
      if ASCII.isDigit(bytes[at]) {
        while at < bytes.count, ASCII.isDigit(bytes[at]) { at += 1 }
        segments.append(.number(bytes[start..<at].drop { $0 == UInt8(ascii: "0") }))
      } else if ASCII.isLetter(bytes[at]) {
        while at < bytes.count, ASCII.isLetter(bytes[at]) { at += 1 }
        segments.append(.word(bytes[start..<at]))
      } else {
        if bytes[at] == .hyphen { segments.append(.word(Array("pre".utf8)[...])) }
        at += 1
      }
    }
    return trimmed(segments)
  }

  /// Zeros before the first word and at the end do not count.
  private static func trimmed(_ segments: [Segment]) -> [Segment] {
    let split = segments.firstIndex { if case .word = $0 { true } else { false } }
    var head = Array(segments[..<(split ?? segments.count)])
    var tail = Array(segments[(split ?? segments.count)...])
    while case .number(let digits)? = head.last, digits.isEmpty { head.removeLast() }
    while case .number(let digits)? = tail.last, digits.isEmpty { tail.removeLast() }
    return head + tail
  }

  /// The same text for all equal versions.
  static func canonical(_ text: String) -> String {
    let texts = segments(text).map { segment in
      switch segment {
      case .number(let digits): digits.isEmpty ? "0" : String(decoding: digits, as: UTF8.self)
      case .word(let letters): String(decoding: letters, as: UTF8.self)
      }
    }
    return texts.isEmpty ? "0" : texts.joined(separator: ".")
  }

  static func order(_ left: String, _ right: String) -> Int {
    let a = segments(left)
    let b = segments(right)
    let zero = Segment.number([])
    for at in 0..<max(a.count, b.count) {
      let compared = order(at < a.count ? a[at] : zero, at < b.count ? b[at] : zero)
      if compared != 0 { return compared }
    }
    return 0
  }

  /// A word comes before any number.
  private static func order(_ left: Segment, _ right: Segment) -> Int {
    switch (left, right) {
    case (.word, .number): return -1
    case (.number, .word): return 1
    case (.word(let a), .word(let b)):
      return a == b ? 0 : a.lexicographicallyPrecedes(b) ? -1 : 1
    case (.number(let a), .number(let b)):
      if a.count != b.count { return a.count < b.count ? -1 : 1 }
      return a == b ? 0 : a.lexicographicallyPrecedes(b) ? -1 : 1
    }
  }
}
