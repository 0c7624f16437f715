package import SourceText
import Synchronization
package import Values

/// Sees what expressions do with texts and moments that stand in for values of a run: what they make
/// of them other than texts can't be said before the value is known.
package final class StandInWatch: Sendable {
  /// A use of a stand-in that depends on the value.
  package struct Use: Hashable, Sendable {
    package var value: StandIn
    package var span: Span?
  }

  private let state = Mutex<[Use]>([])

  package init() {}

  /// In the order in which they were found, each once.
  package var uses: [Use] { state.withLock { $0 } }

  func note(_ values: [StandIn], at span: Span?) {
    state.withLock { state in
      for value in values {
        let use = Use(value: value, span: span)
        if !state.contains(use) { state.append(use) }
      }
    }
  }

  // MARK: What is in a value

  static func values(in value: Value) -> [StandIn] {
    switch value {
    case .string(let text):
      return StandIn.parts(of: text).compactMap {
        if case .value(let found) = $0 { found } else { nil }
      }
    case .timestamp(let moment):
      return StandIn.offset(of: moment).map { [.runTime(offset: $0, format: "")] } ?? []
    case .list(let items): return items.flatMap(values)
    case .map(let map): return map.entries.flatMap { values(in: $0.key) + values(in: $0.value) }
    case .optional(let wrapped): return wrapped.map(values) ?? []
    case .secret(let secret): return values(in: secret.value)
    case .null, .bool, .int, .uint, .double, .number, .bytes, .duration, .type, .opaque: return []
    }
  }

  /// Whether two texts may be equal in some run, and differ in another.
  private static func mayDiffer(_ left: Value, _ right: Value) -> Bool {
    guard case .string(let a) = left, case .string(let b) = right else {
      return !left.equals(right)
    }
    guard a != b else { return false }
    return mayBeEqual(a, b)
  }

  /// Whether a text with stand-ins, each of which may be any text, can be another one; if both have
  /// some, only their beginnings and ends are looked at.
  private static func mayBeEqual(_ left: String, _ right: String) -> Bool {
    func ends(_ text: String) -> (head: [UInt8], tail: [UInt8], isWhole: Bool, least: Int) {
      let parts = StandIn.parts(of: text)
      var (head, tail): ([UInt8], [UInt8]) = ([], [])
      if case .text(let first)? = parts.first { head = Array(first.utf8) }
      if case .text(let last)? = parts.last { tail = Array(last.utf8) }
      let least = parts.reduce(0) { sum, part in
        switch part {
        case .text(let text): sum + text.utf8.count
        // A run's id and time are never empty.
        case .value(.runID), .value(.runTime): sum + 1
        case .value(.parameter): sum
        }
      }
      return (head, tail, !StandIn.isIn(text), least)
    }
    let (a, b) = (ends(left), ends(right))
    if a.isWhole, a.head.count < b.least { return false }
    if b.isWhole, b.head.count < a.least { return false }
    let head = min(a.head.count, b.head.count)
    let tail = min(a.tail.count, b.tail.count)
    return a.head.prefix(head).elementsEqual(b.head.prefix(head))
      && a.tail.suffix(tail).elementsEqual(b.tail.suffix(tail))
  }

  // MARK: What expressions do

  func see(_ builtin: Builtin, _ left: Value, _ right: Value, at span: Span?) {
    let found = Self.values(in: left) + Self.values(in: right)
    guard !found.isEmpty else { return }
    switch builtin {
    case .add:
      return
    case .equal, .notEqual:
      if Self.mayDiffer(left, right) { note(found, at: span) }
    case .in:
      if case .list(let items) = right {
        if items.contains(where: { item in
          !(Self.values(in: item) + Self.values(in: left)).isEmpty && Self.mayDiffer(item, left)
        }) {
          note(found, at: span)
        }
      } else {
        let used = Self.values(in: left)
        if !used.isEmpty { note(used, at: span) }
      }
    default:
      // The span between two moments made from the run's time is the same in all runs.
      if case .timestamp(let a) = left, case .timestamp(let b) = right,
        StandIn.offset(of: a) != nil, StandIn.offset(of: b) != nil
      {
        return
      }
      if builtin == .subtract, case .timestamp = left, case .duration = right { return }
      note(found, at: span)
    }
  }

  /// - Parameter evaluate: the function's value with other arguments; nil if it has none.
  func see(
    _ builtin: Builtin, _ arguments: [Value], at span: Span?, _ evaluate: ([Value]) -> Value?
  ) {
    let found = arguments.flatMap(Self.values)
    guard !found.isEmpty else { return }
    switch builtin {
    case .epochMillis, .join, .uuid, .format, .bucketOf, .keyOf, .quote, .json, .yaml, .formatTime,
      .type, .reverse,
      .range:
      return
    case .path, .dir:
      // A parameter's own slashes would be taken into account.
      let ends = arguments.flatMap { argument -> [StandIn] in
        guard case .string(let text) = argument.revealed else { return [] }
        let parts = StandIn.parts(of: text)
        return [parts.first, parts.last].compactMap { part in
          if case .value(.parameter(let index))? = part { .parameter(index) } else { nil }
        }
      }
      if !ends.isEmpty { note(ends, at: span) }
    case .string:
      if case .string? = arguments.first?.revealed { return }
      note(found, at: span)
    case .startsWith, .endsWith, .contains, .matches:
      let outcomes = Self.samples.map { sample in
        evaluate(arguments.map { Self.filled($0, with: sample) })
      }
      if Set(outcomes.map { if case .bool(let flag)? = $0 { flag ? 1 : 0 } else { 2 } }).count > 1
        || Self.isOpen(builtin, arguments)
      {
        note(found, at: span)
      }
    default:
      if !builtin.keepsArguments || builtin == .size || builtin == .distinct {
        note(found, at: span)
      }
    }
  }

  /// Whether a stand-in is where a text is compared with a beginning or an end.
  private static func isOpen(_ builtin: Builtin, _ arguments: [Value]) -> Bool {
    guard builtin == .startsWith || builtin == .endsWith, arguments.count == 2,
      case .string(let text) = arguments[0].revealed,
      case .string(let end) = arguments[1].revealed
    else { return false }
    let parts = StandIn.parts(of: text)
    guard case .text(let literal)? = builtin == .startsWith ? parts.first : parts.last else {
      return true
    }
    let count = min(literal.utf8.count, end.utf8.count)
    let isSame =
      builtin == .startsWith
      ? literal.utf8.prefix(count).elementsEqual(end.utf8.prefix(count))
      : literal.utf8.suffix(count).elementsEqual(end.utf8.suffix(count))
    return isSame && literal.utf8.count < end.utf8.count
  }

  /// Values that a run's id, a formatted time and a parameter may have.
  private static let samples: [[String]] = [
    ["2031-02-03-04-05-06", "2031", ""], ["x", "02-03", "s3://acme/in/"],
    ["manual__2031-02-03T04:05:06.789+00:00", "20310203T040506Z", "PROD 9.x"],
  ]

  private static func filled(_ value: Value, with sample: [String]) -> Value {
    guard case .string(let text) = value.revealed else { return value }
    return .string(
      StandIn.parts(of: text).map { part in
        switch part {
        case .text(let text): text
        case .value(.runID): sample[0]
        case .value(.runTime): sample[1]
        case .value(.parameter): sample[2]
        }
      }.joined())
  }
}
