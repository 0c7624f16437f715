/// What a text stands in for while a pipeline is compiled for all of its runs.
///
/// The texts consist of ASCII letters and digits, so that they can be in names and locations.
package enum StandIn: Hashable, Sendable {
  case runID
  /// The run's time plus so many seconds, in a format of `formatTime`.
  case runTime(offset: Int64, format: String)
  /// A parameter, by its index among the declared ones.
  case parameter(Int)
  /// The text that a question to S3 finds, by the question's index, and the text in its place if
  /// nothing is found.
  case answer(Int, otherwise: String?)

  /// The moment that stands in for a run's time: no date that people write is near.
  package static let moment = Value.Timestamp(seconds: 158_762_596_397, nanoseconds: 0)
  /// How far from it a moment is still made from the run's time.
  private static let reach: Int64 = 40 * 366 * 86_400

  private static let opening = "zq7"
  private static let closing = "qz"

  package var text: String {
    switch self {
    case .runID: return "\(Self.opening)i\(Self.closing)"
    case .runTime(let offset, let format):
      let sign = offset < 0 ? "m" : "n"
      let hex = Self.hexadecimal(format)
      return "\(Self.opening)t\(sign)\(offset.magnitude)x\(hex)\(Self.closing)"
    case .parameter(let index): return "\(Self.opening)p\(index)\(Self.closing)"
    case .answer(let index, let otherwise):
      let rest = otherwise.map { "x\(Self.hexadecimal($0))" } ?? ""
      return "\(Self.opening)a\(index)\(rest)\(Self.closing)"
    }
  }

  private static func hexadecimal(_ text: String) -> String {
    let digits = "0123456789abcdef".unicodeScalars.map { String($0) }
    return text.utf8.map { digits[Int($0 >> 4)] + digits[Int($0 & 15)] }.joined()
  }

  /// The seconds from the moment that stands in for a run's time; nil for another moment.
  package static func offset(of moment: Value.Timestamp) -> Int64? {
    let (seconds, overflow) = moment.seconds.subtractingReportingOverflow(Self.moment.seconds)
    guard !overflow, abs(seconds) < reach, moment.nanoseconds == Self.moment.nanoseconds else {
      return nil
    }
    return seconds
  }

  /// A part of a text: text as it is, or what a text stands in for.
  package enum Part: Hashable, Sendable {
    case text(String)
    case value(StandIn)
  }

  /// Takes a text apart.
  package static func parts(of text: String) -> [Part] {
    let bytes = Array(text.utf8)
    let (opening, closing) = (Array(Self.opening.utf8), Array(Self.closing.utf8))
    var parts: [Part] = []
    var (start, at) = (0, 0)
    while at + opening.count < bytes.count {
      guard bytes[at] == opening[0], bytes[at..<at + opening.count].elementsEqual(opening),
        let (value, end) = read(bytes, from: at + opening.count, closing)
      else {
        at += 1
        continue
      }
      if start < at { parts.append(.text(String(decoding: bytes[start..<at], as: UTF8.self))) }
      parts.append(.value(value))
      (start, at) = (end, end)
    }
    if start < bytes.count {
      parts.append(.text(String(decoding: bytes[start...], as: UTF8.self)))
    }
    return parts
  }

  /// A text for people, with `…` for what differs from run to run.
  package static func shown(_ text: String) -> String {
    parts(of: text).map { if case .text(let text) = $0 { text } else { "…" } }.joined()
  }

  /// Whether a text holds any.
  package static func isIn(_ text: String) -> Bool {
    parts(of: text).contains { if case .value = $0 { true } else { false } }
  }

  private static func read(
    _ bytes: [UInt8], from start: Int, _ closing: [UInt8]
  ) -> (StandIn, end: Int)? {
    guard start < bytes.count else { return nil }
    var end = start + 1
    while end < bytes.count, bytes[end] != closing[0] { end += 1 }
    guard end + closing.count <= bytes.count,
      bytes[end..<end + closing.count].elementsEqual(closing)
    else { return nil }
    let body = bytes[start + 1..<end]
    let value: StandIn
    switch bytes[start] {
    case UInt8(ascii: "i") where body.isEmpty: value = .runID
    case UInt8(ascii: "p"):
      guard let index = Int(String(decoding: body, as: UTF8.self)) else { return nil }
      value = .parameter(index)
    case UInt8(ascii: "t"):
      guard let time = time(body) else { return nil }
      value = time
    case UInt8(ascii: "a"):
      guard let answer = answer(body) else { return nil }
      value = answer
    default: return nil
    }
    return (value, end + closing.count)
  }

  private static func time(_ body: ArraySlice<UInt8>) -> StandIn? {
    guard let sign = body.first, let mark = body.firstIndex(of: UInt8(ascii: "x")),
      let magnitude = Int64(String(decoding: body[(body.startIndex + 1)..<mark], as: UTF8.self))
    else { return nil }
    guard let format = text(body[(mark + 1)...]) else { return nil }
    return .runTime(
      offset: sign == UInt8(ascii: "m") ? -magnitude : magnitude, format: format)
  }

  private static func answer(_ body: ArraySlice<UInt8>) -> StandIn? {
    let mark = body.firstIndex(of: UInt8(ascii: "x"))
    guard let index = Int(String(decoding: body[..<(mark ?? body.endIndex)], as: UTF8.self)) else {
      return nil
    }
    guard let mark else { return .answer(index, otherwise: nil) }
    guard let otherwise = text(body[(mark + 1)...]) else { return nil }
    return .answer(index, otherwise: otherwise)
  }

  /// The text of hexadecimal digits.
  private static func text(_ digits: ArraySlice<UInt8>) -> String? {
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    var at = digits.startIndex
    while at + 1 < digits.endIndex {
      guard let byte = UInt8(String(decoding: digits[at...at + 1], as: UTF8.self), radix: 16) else {
        return nil
      }
      bytes.append(byte)
      at += 2
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
