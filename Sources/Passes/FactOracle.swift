package import Expressions
import Locations
package import PipelineIR
package import PlanFormat
package import SourceText
import Synchronization
import Values

/// Answers questions about the world for expressions and requirements, and keeps what was asked.
///
/// Where the facts do not say, the normal case is assumed: a place that a stage of this run fills, or
/// requires to be empty, is empty, any other holds data, and the last run is this one.
package final class FactOracle: Sendable {
  struct State: Sendable {
    var records: [FactRecord] = []
    /// Only looked up, never iterated.
    var indices: [FactQuestion: Int] = [:]
    /// Where selected stages write, found out when the first question is asked.
    var filled: [Location]?
    var findFilled: @Sendable () -> [String] = { [] }
    var functions: HostFunctions?
    /// The index of the record that each question got, in the order of asking, repetitions included.
    var trail: [Int] = []
    /// The assumed records that what a name stands for rests on.
    var grounds: [String: Set<Int>] = [:]
  }

  private let facts: Facts
  private let runID: String
  /// Whether a run may be refused because of what was assumed. Where the world is asked afterwards,
  /// or is not asked at all (`check`), it may not.
  package let refusesOnAssumption: Bool
  /// What expressions that name a zone of time are evaluated with.
  let timeZones: TimeZones
  private let state = Mutex(State())
  /// How often it was asked: whoever evaluates looks whether an expression asks, at no cost.
  private let asked = Atomic<Int>(0)

  /// Set where nothing is assumed: what is not known, nor was asked by this other one, has no answer.
  private let recalled: FactOracle?

  package convenience init(
    facts: Facts, runID: String, refusesOnAssumption: Bool = true, timeZones: TimeZones = .none
  ) {
    self.init(
      facts: facts, runID: runID, refusesOnAssumption: refusesOnAssumption, timeZones: timeZones,
      recalled: nil)
  }

  private init(
    facts: Facts, runID: String, refusesOnAssumption: Bool, timeZones: TimeZones,
    recalled: FactOracle?
  ) {
    self.timeZones = timeZones
    self.facts = facts
    self.runID = runID
    self.refusesOnAssumption = refusesOnAssumption
    self.recalled = recalled
  }

  /// One that knows the same facts, and whose records are its own.
  func fresh() -> FactOracle {
    FactOracle(
      facts: facts, runID: runID, refusesOnAssumption: refusesOnAssumption, timeZones: timeZones)
  }

  /// One that knows the same facts and what this one was asked by now, and assumes nothing.
  func recalling() -> FactOracle {
    FactOracle(
      facts: facts, runID: runID, refusesOnAssumption: refusesOnAssumption, timeZones: timeZones,
      recalled: self)
  }

  /// Whether a question has an answer.
  func answers(_ question: FactQuestion) -> Bool {
    guard let recalled else { return true }
    return facts.answer(question) != nil || recalled.answer(to: question) != nil
  }

  /// What was answered before.
  private func answer(to question: FactQuestion) -> Value? {
    state.withLock { state in state.indices[question].map { state.records[$0].answer } }
  }

  /// The functions that ask this oracle, made when they are first asked for.
  func madeOnce(_ make: () -> HostFunctions) -> HostFunctions {
    if let known = state.withLock({ $0.functions }) { return known }
    let functions = make()
    state.withLock { $0.functions = functions }
    return functions
  }

  func withState<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
    state.withLock { body(&$0) }
  }

  /// What was asked, each once, in the order in which it was asked first.
  package var records: [FactRecord] { state.withLock { $0.records } }

  package var askedCount: Int { asked.load(ordering: .relaxed) }

  package func setFilled(_ locations: @escaping @Sendable () -> [String]) {
    state.withLock { state in
      state.filled = nil
      state.findFilled = locations
    }
  }

  // MARK: Questions

  /// Whether no object is at a location; with a pattern, none whose key matches it.
  package func isEmpty(_ location: String, pattern: String?) -> Bool {
    guard let pattern else {
      return ask(.isEmpty(location: location), or: .bool(isFilledByRun(location)))
        .equals(.bool(true))
    }
    return ask(
      .hasMatch(location: location, pattern: pattern), or: .bool(!isFilledByRun(location))
    ).equals(.bool(false))
  }

  /// What the pattern's first group held in the greatest key that it matches.
  package func last(_ location: String, pattern: String) -> String? {
    let answer = ask(.last(location: location, pattern: pattern), or: .string(runID))
    guard case .string(let text) = answer else { return nil }
    return text
  }

  /// How many different texts the pattern's first group held.
  package func count(_ location: String, pattern: String) -> Int64 {
    guard case .int(let count) = ask(.count(location: location, pattern: pattern), or: .int(1))
    else { return 0 }
    return count
  }

  /// Clusters of a name that are not on their way out.
  package func clusters(named name: String) -> [Facts.Cluster] {
    let alive = ["BOOTSTRAPPING", "RUNNING", "STARTING", "WAITING"]
    guard case .list(let items) = ask(.cluster(name: name, states: alive), or: .list([])) else {
      return []
    }
    return items.compactMap(Facts.Cluster.init)
  }

  // MARK: What was asked

  /// Says of a question that was asked what another answer would mean.
  package func expect(
    _ question: FactQuestion, exitStatus: Int32, message: String, at span: Span?
  ) {
    state.withLock { state in
      guard let index = state.indices[question] else { return }
      state.records[index].exitStatus = exitStatus
      state.records[index].message = message
      state.records[index].span = span ?? state.records[index].span
    }
  }

  /// Says where questions stand that have no place yet.
  package func place(_ span: Span) {
    state.withLock { state in
      for index in state.records.indices.reversed() where state.records[index].span == nil {
        state.records[index].span = span
      }
    }
  }

  /// Asks what another one assumed.
  func ask(whatWasAssumedBy other: FactOracle) {
    for record in other.records where record.isAssumed {
      _ = ask(record.question, or: record.answer)
    }
  }

  /// - Parameter normal: what is assumed if nothing is known; evaluated only then.
  private func ask(_ question: FactQuestion, or normal: @autoclosure () -> Value) -> Value {
    asked.add(1, ordering: .relaxed)
    // What was assumed once stays.
    let earlier: Value? = state.withLock { state in
      state.indices[question].map { index in
        state.trail.append(index)
        return state.records[index].answer
      }
    }
    if let earlier { return earlier }
    let known = facts.answer(question) ?? recalled?.answer(to: question)
    let answer = known ?? normal()
    state.withLock { state in
      state.trail.append(state.records.count)
      state.indices[question] = state.records.count
      state.records.append(
        FactRecord(question: question, answer: answer, isAssumed: known == nil))
    }
    return answer
  }

  private func isFilledByRun(_ location: String) -> Bool {
    guard let place = try? Location(location) else { return false }
    return state.withLock { state in
      let filled = state.filled ?? state.findFilled().compactMap { try? Location($0) }
      state.filled = filled
      return filled.contains { $0.overlaps(place) }
    }
  }
}
