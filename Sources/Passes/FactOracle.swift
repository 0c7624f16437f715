package import Diagnostics
package import Expressions
import Locations
package import PipelineIR
package import PlanFormat
package import SourceText
import Synchronization
import Values

/// Answers questions about S3 and EMR for expressions and requirements, and records what was asked.
///
/// If the facts don't say, the normal case is assumed: a place that a stage of this run fills or
/// requires to be empty is empty, any other has data, and the last run is this one.
package final class FactOracle: Sendable {
  struct State: Sendable {
    var records: [FactRecord] = []
    /// Only looked up, never iterated.
    var indices: [FactQuestion: Int] = [:]
    /// Where selected stages write; computed when the first question is asked.
    var filled: [Location]?
    var findFilled: @Sendable () -> [String] = { [] }
    var functions: HostFunctions?
    /// The index of each question's record, in the order of asking, with repetitions.
    var trail: [Int] = []
    /// The assumed records on which a name's value rests.
    var grounds: [String: Set<Int>] = [:]
  }

  private let facts: Facts
  private let runID: String
  /// Whether assumptions may cause errors. They may not if S3 and EMR are asked afterwards, or not
  /// at all (`check`).
  package let refusesOnAssumption: Bool
  /// The time zones that expressions can name.
  let timeZones: TimeZones
  /// Sees what is made of stand-ins for the values of a run; nil if there are none.
  let standIns: StandInWatch?
  private let state = Mutex(State())
  /// How often it was asked, so that it is cheap to see whether an expression asked.
  private let asked = Atomic<Int>(0)

  /// If set, nothing is assumed: what isn't known, and wasn't asked of this other oracle, has no
  /// answer.
  private let recalled: FactOracle?
  /// Whether every location holds data, whatever is known.
  private let assumesData: Bool
  /// Where it is noted what the run comes across. Copies, which answer for other runs, have none.
  package let coverage: CoverageRecord?

  package convenience init(
    facts: Facts, runID: String, refusesOnAssumption: Bool = true, timeZones: TimeZones = .none,
    standIns: StandInWatch? = nil, coverage: CoverageRecord? = nil
  ) {
    self.init(
      facts: facts, runID: runID, refusesOnAssumption: refusesOnAssumption, timeZones: timeZones,
      standIns: standIns,
      recalled: nil, coverage: coverage)
  }

  private init(
    facts: Facts, runID: String, refusesOnAssumption: Bool, timeZones: TimeZones,
    standIns: StandInWatch?, recalled: FactOracle? = nil, assumesData: Bool = false,
    coverage: CoverageRecord? = nil
  ) {
    self.coverage = coverage
    self.timeZones = timeZones
    self.standIns = standIns
    self.facts = facts
    self.runID = runID
    self.refusesOnAssumption = refusesOnAssumption
    self.recalled = recalled
    self.assumesData = assumesData
  }

  /// A copy with the same facts and its own records.
  func fresh() -> FactOracle {
    FactOracle(
      facts: facts, runID: runID, refusesOnAssumption: refusesOnAssumption, timeZones: timeZones,
      standIns: standIns)
  }

  /// A copy with the same facts, to which every location holds data.
  func assumingData() -> FactOracle {
    FactOracle(
      facts: facts, runID: runID, refusesOnAssumption: refusesOnAssumption, timeZones: timeZones,
      standIns: standIns,
      assumesData: true)
  }

  /// A copy with the same facts, but where this one found the last of something, it finds another.
  func findingOthers() -> FactOracle {
    var others = facts
    for record in records {
      if case .last = record.question, case .string(let text) = record.answer {
        others.answers[record.question] = .string(text + "-other")
      }
    }
    return FactOracle(
      facts: others, runID: runID, refusesOnAssumption: refusesOnAssumption, timeZones: timeZones,
      standIns: standIns)
  }

  /// A copy that knows the same facts and what this one was asked so far, and assumes nothing.
  func recalling() -> FactOracle {
    FactOracle(
      facts: facts, runID: runID, refusesOnAssumption: refusesOnAssumption, timeZones: timeZones,
      standIns: standIns,
      recalled: self)
  }

  /// Whether a question has an answer.
  func answers(_ question: FactQuestion) -> Bool {
    guard let recalled else { return true }
    return facts.answer(question) != nil || recalled.answer(to: question) != nil
  }

  /// An earlier answer.
  private func answer(to question: FactQuestion) -> Value? {
    state.withLock { state in state.indices[question].map { state.records[$0].answer } }
  }

  /// The functions that ask this oracle, created on first use.
  func madeOnce(_ make: () -> HostFunctions) -> HostFunctions {
    if let known = state.withLock({ $0.functions }) { return known }
    let functions = make()
    state.withLock { $0.functions = functions }
    return functions
  }

  func withState<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
    state.withLock { body(&$0) }
  }

  /// The questions asked, each once, in the order in which they were first asked.
  package var records: [FactRecord] { state.withLock { $0.records } }

  package var askedCount: Int { asked.load(ordering: .relaxed) }

  package func setFilled(_ locations: @escaping @Sendable () -> [String]) {
    state.withLock { state in
      state.filled = nil
      state.findFilled = locations
    }
  }

  // MARK: Questions

  /// Whether there is no object at a location, or none whose key matches a pattern.
  package func isEmpty(_ location: String, pattern: String?) -> Bool {
    guard let pattern else {
      return ask(.isEmpty(location: location), or: .bool(isFilledByRun(location)))
        .equals(.bool(true))
    }
    return ask(
      .hasMatch(location: location, pattern: pattern), or: .bool(!isFilledByRun(location))
    ).equals(.bool(false))
  }

  /// The text of the pattern's first group in the greatest key that matches.
  package func last(_ location: String, pattern: String) -> String? {
    let answer = ask(.last(location: location, pattern: pattern), or: .string(runID))
    guard case .string(let text) = answer else { return nil }
    return text
  }

  /// The same, but folder markers that end with a slash count too.
  package func lastFolder(_ location: String, pattern: String) -> String? {
    let answer = ask(.lastFolder(location: location, pattern: pattern), or: .string(runID))
    guard case .string(let text) = answer else { return nil }
    return text
  }

  /// The first key that is more than so many folders below a location.
  package func firstTooDeep(_ location: String, folders: Int64, pattern: String?) -> String? {
    let question = FactQuestion.tooDeep(location: location, folders: folders, pattern: pattern)
    guard case .string(let key) = ask(question, or: .null) else { return nil }
    return key
  }

  /// How many different texts the pattern's first group has.
  package func count(_ location: String, pattern: String) -> Int64 {
    guard case .int(let count) = ask(.count(location: location, pattern: pattern), or: .int(1))
    else { return 0 }
    return count
  }

  /// The different texts of the pattern's first group, in the order of their last keys.
  package func all(_ location: String, pattern: String) -> [String] {
    guard case .list(let items) = ask(.all(location: location, pattern: pattern), or: .list([]))
    else { return [] }
    return items.compactMap { if case .string(let text) = $0 { text } else { nil } }
  }

  /// Clusters with a name that aren't terminating or terminated.
  package func clusters(named name: String) -> [Facts.Cluster] {
    let alive = ["BOOTSTRAPPING", "RUNNING", "STARTING", "WAITING"]
    guard case .list(let items) = ask(.cluster(name: name, states: alive), or: .list([])) else {
      return []
    }
    return items.compactMap(Facts.Cluster.init)
  }

  // MARK: What was asked

  /// Sets what a different answer to a question would mean.
  package func expect(
    _ question: FactQuestion, exitStatus: ExitStatus, message: String, at span: Span?
  ) {
    state.withLock { state in
      guard let index = state.indices[question] else { return }
      state.records[index].exitStatus = exitStatus
      state.records[index].message = message
      state.records[index].span = span ?? state.records[index].span
    }
  }

  /// Sets the span of questions that have none yet.
  package func place(_ span: Span) {
    state.withLock { state in
      for index in state.records.indices.reversed() where state.records[index].span == nil {
        state.records[index].span = span
      }
    }
  }

  /// Asks what another oracle assumed.
  func ask(whatWasAssumedBy other: FactOracle) {
    for record in other.records where record.isAssumed {
      _ = ask(record.question, or: record.answer)
    }
  }

  /// - Parameter normal: the answer assumed if nothing is known; evaluated only then.
  private func ask(_ question: FactQuestion, or normal: @autoclosure () -> Value) -> Value {
    asked.add(1, ordering: .relaxed)
    // An assumption stays as it was made.
    let earlier: Value? = state.withLock { state in
      state.indices[question].map { index in
        state.trail.append(index)
        return state.records[index].answer
      }
    }
    if let earlier { return earlier }
    let known =
      assumedData(question) ?? facts.answer(question) ?? recalled?.answer(to: question)
    let answer = known ?? normal()
    state.withLock { state in
      state.trail.append(state.records.count)
      state.indices[question] = state.records.count
      state.records.append(
        FactRecord(question: question, answer: answer, isAssumed: known == nil))
    }
    return answer
  }

  private func assumedData(_ question: FactQuestion) -> Value? {
    guard assumesData else { return nil }
    return switch question {
    case .isEmpty: .bool(false)
    case .hasMatch: .bool(true)
    case .last, .lastFolder, .tooDeep, .count, .all, .cluster: nil
    }
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
