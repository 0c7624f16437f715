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

  /// A question about stand-ins whose answer is yes or no.
  package struct Decision: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
      /// Whether two texts are equal.
      case areEqual
      /// What another function or operator says, by its name.
      case other(String)
    }

    package var kind: Kind
    /// The texts that are looked at; of other values what they hold.
    package var texts: [String]
  }

  /// A decision as it came out, and where it was made first.
  package struct Outcome: Sendable {
    package var decision: Decision
    package var isTrue: Bool
    package var span: Span?
  }

  private struct State {
    var uses: [Use] = []
    var outcomes: [Outcome] = []
  }

  private let state = Mutex(State())
  /// How decisions are to come out, whatever the stand-ins say.
  private let decided: [Decision: Bool]

  package init(decided: [Decision: Bool] = [:]) { self.decided = decided }

  /// In the order in which they were found, each once.
  package var uses: [Use] { state.withLock { $0.uses } }

  /// The decisions that a run's values make, each once, and how they came out.
  package var outcomes: [Outcome] { state.withLock { $0.outcomes } }

  func note(_ values: [StandIn], at span: Span?) {
    state.withLock { state in
      for value in values {
        let use = Use(value: value, span: span)
        if !state.uses.contains(use) { state.uses.append(use) }
      }
    }
  }

  /// Notes a use that yields true or false, and returns how it is decided.
  private func decide(
    _ builtin: Builtin, _ arguments: [Value], _ found: [StandIn], at span: Span?,
    _ evaluate: () -> Value?
  ) -> Bool? {
    // Other parameters get no stand-in once they are noted.
    let parameters = found.filter { if case .parameter = $0 { true } else { false } }
    guard parameters.isEmpty, case .bool(let flag)? = evaluate()?.revealed else {
      note(parameters.isEmpty ? found : parameters, at: span)
      return nil
    }
    let isEquality = builtin == .equal || builtin == .notEqual
    let texts = arguments.map { argument in
      if case .string(let text) = argument { text } else { "\(argument)" }
    }
    let areTexts = arguments.allSatisfy { if case .string = $0 { true } else { false } }
    let decision = Decision(
      kind: isEquality && areTexts ? .areEqual : .other("\(builtin)"), texts: texts)
    let isNegated = builtin == .notEqual && areTexts
    let outcome = decided[decision] ?? (flag != isNegated)
    state.withLock { state in
      if !state.outcomes.contains(where: { $0.decision == decision }) {
        state.outcomes.append(Outcome(decision: decision, isTrue: outcome, span: span))
      }
    }
    return outcome != isNegated
  }

  // MARK: What is in a value

  static func values(in value: Value) -> [StandIn] {
    switch value {
    case .string(let text):
      return StandIn.parts(of: text).flatMap { part -> [StandIn] in
        guard case .value(let found) = part else { return [] }
        if case .answer(_, let otherwise?) = found {
          return [found] + values(in: .string(otherwise))
        }
        return [found]
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
      return (head, tail, !StandIn.isIn(text), leastLength(of: text))
    }
    let (a, b) = (ends(left), ends(right))
    if a.isWhole, a.head.count < b.least { return false }
    if b.isWhole, b.head.count < a.least { return false }
    let head = min(a.head.count, b.head.count)
    let tail = min(a.tail.count, b.tail.count)
    return a.head.prefix(head).elementsEqual(b.head.prefix(head))
      && a.tail.suffix(tail).elementsEqual(b.tail.suffix(tail))
  }

  /// The fewest bytes that a text with stand-ins may have.
  private static func leastLength(of text: String) -> Int {
    StandIn.parts(of: text).reduce(0) { sum, part in
      switch part {
      case .text(let text): sum + text.utf8.count
      // A run's id and time are never empty, nor is a name. Where nothing is found, there is no
      // stand-in.
      case .value(.runID), .value(.runTime), .value(.answer): sum + 1
      case .value(.parameter): sum
      }
    }
  }

  // MARK: What expressions do

  /// - Parameter evaluate: the operator's value; nil if it has none.
  /// - Returns: how the operator comes out if that is decided.
  func see(
    _ builtin: Builtin, _ left: Value, _ right: Value, at span: Span?,
    _ evaluate: () -> Value?
  ) -> Bool? {
    guard let found = used(by: builtin, left, right), !found.isEmpty else { return nil }
    return decide(builtin, [left, right], found, at: span, evaluate)
  }

  /// The stand-ins on whose values an operator's value depends.
  private func used(by builtin: Builtin, _ left: Value, _ right: Value) -> [StandIn]? {
    let found = Self.values(in: left) + Self.values(in: right)
    guard !found.isEmpty else { return nil }
    switch builtin {
    case .add:
      return nil
    case .equal, .notEqual:
      return Self.mayDiffer(left, right) ? found : nil
    case .in:
      if case .list(let items) = right {
        if items.contains(where: { item in
          !(Self.values(in: item) + Self.values(in: left)).isEmpty && Self.mayDiffer(item, left)
        }) {
          return found
        }
        return nil
      }
      return Self.values(in: left)
    default:
      // The span between two moments made from the run's time is the same in all runs.
      if case .timestamp(let a) = left, case .timestamp(let b) = right,
        StandIn.offset(of: a) != nil, StandIn.offset(of: b) != nil
      {
        return nil
      }
      if builtin == .subtract, case .timestamp = left, case .duration = right { return nil }
      return found
    }
  }

  /// - Parameter evaluate: the function's value with other arguments; nil if it has none.
  /// - Returns: how the function comes out if that is decided.
  func see(
    _ builtin: Builtin, _ arguments: [Value], at span: Span?, _ evaluate: ([Value]) -> Value?
  ) -> Bool? {
    guard let found = used(by: builtin, arguments, evaluate), !found.isEmpty else { return nil }
    return decide(builtin, arguments, found, at: span) { evaluate(arguments) }
  }

  /// The stand-ins on whose values a function's value depends.
  private func used(
    by builtin: Builtin, _ arguments: [Value], _ evaluate: ([Value]) -> Value?
  ) -> [StandIn]? {
    let found = arguments.flatMap(Self.values)
    guard !found.isEmpty else { return nil }
    switch builtin {
    case .quote, .json, .yaml:
      // Some characters of keys are written otherwise.
      return found.filter { if case .answer = $0 { true } else { false } }
    case .epochMillis, .join, .uuid, .format, .bucketOf, .keyOf, .formatTime, .type, .reverse,
      .range:
      return nil
    case .path, .dir:
      // A parameter's own slashes would be taken into account.
      let ends = arguments.flatMap { argument -> [StandIn] in
        guard case .string(let text) = argument.revealed else { return [] }
        let parts = StandIn.parts(of: text)
        return [parts.first, parts.last].compactMap { part in
          if case .value(.parameter(let index))? = part { .parameter(index) } else { nil }
        }
      }
      return ends
    case .string:
      if case .string? = arguments.first?.revealed { return nil }
      return found
    case .startsWith, .endsWith, .contains, .matches:
      let outcomes = Self.samples.map { sample in
        evaluate(arguments.map { Self.filled($0, with: sample) })
      }
      let isDecided =
        Set(outcomes.map { if case .bool(let flag)? = $0 { flag ? 1 : 0 } else { 2 } }).count > 1
        || Self.isOpen(builtin, arguments)
      return isDecided ? found : nil
    default:
      return !builtin.keepsArguments || builtin == .size || builtin == .distinct ? found : nil
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
        case .value(.answer): sample[0]
        }
      }.joined())
  }
}
