import Expressions
package import PipelineIR
package import PlanFormat
import Synchronization
package import Values

/// Answers questions about the world for expressions and requirements, and keeps what was asked.
///
/// Where the facts do not say, the normal case is assumed: a place that a stage of this run fills is
/// empty, any other holds data, and the last run is this one.
package final class FactOracle: Sendable {
  private struct State: Sendable {
    var records: [FactRecord] = []
    var known: Set<FactRecord> = []
    /// Canonical locations that selected stages write.
    var filled: [String] = []
    var functions: HostFunctions?
  }

  private let facts: Facts
  private let runID: String
  private let state = Mutex(State())

  package init(facts: Facts, runID: String) {
    self.facts = facts
    self.runID = runID
  }

  /// The functions that ask this oracle, made when they are first asked for.
  func madeOnce(_ make: () -> HostFunctions) -> HostFunctions {
    if let known = state.withLock({ $0.functions }) { return known }
    let functions = make()
    state.withLock { $0.functions = functions }
    return functions
  }

  package var records: [FactRecord] { state.withLock { $0.records } }

  package func setFilled(_ locations: [String]) {
    state.withLock { $0.filled = locations.map(Location.canonical) }
  }

  private func record(_ question: String, _ answer: String, isAssumed: Bool) {
    let record = FactRecord(question: question, answer: answer, isAssumed: isAssumed)
    state.withLock { state in
      if state.known.insert(record).inserted { state.records.append(record) }
    }
  }

  /// Whether no object is at a location; with a pattern, none whose key matches it.
  package func isEmpty(_ location: String, pattern: RegularExpression?) -> Bool {
    let question = "s3.isEmpty(\(location))"
    guard let (bucket, key) = Location.bucketAndKey(location),
      let keys = facts.keys(bucket: bucket, prefix: key)
    else {
      let isFilled = isFilledByRun(location)
      record(question, String(isFilled), isAssumed: true)
      return isFilled
    }
    let answer = !keys.contains { pattern?.matches(String($0.dropFirst(key.count))) ?? true }
    record(question, String(answer), isAssumed: false)
    return answer
  }

  /// Different captures of a pattern's first group over the keys at a location, each at the place
  /// of its last key.
  package func captures(_ location: String, pattern: RegularExpression) -> [String] {
    let question = "s3.last(\(location))"
    guard let (bucket, key) = Location.bucketAndKey(location),
      let keys = facts.keys(bucket: bucket, prefix: key)
    else {
      record(question, runID, isAssumed: true)
      return [runID]
    }
    var captures: [String] = []
    for found in keys {
      // A `run=` in the location itself is no run folder, so only what is below it is searched.
      let below = String(found.dropFirst(key.count))
      guard let capture = pattern.firstCapture(in: below), captures.last != capture else {
        continue
      }
      captures.removeAll { $0 == capture }
      captures.append(capture)
    }
    record(question, captures.last ?? "none", isAssumed: false)
    return captures
  }

  /// Clusters of a name that are not on their way out.
  package func clusters(named name: String) -> [Facts.Cluster] {
    let question = "clusters named \(name)"
    guard let clusters = facts.clusters else {
      record(question, "none", isAssumed: true)
      return []
    }
    let alive: Set = ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"]
    let found = clusters.filter { $0.name == name && alive.contains($0.state) }
    record(
      question,
      found.isEmpty ? "none" : found.map { "\($0.id) \($0.state)" }.joined(separator: ", "),
      isAssumed: false)
    return found
  }

  private func isFilledByRun(_ location: String) -> Bool {
    let canonical = Location.canonical(location)
    return state.withLock { state in
      state.filled.contains { $0.hasPrefix(canonical) || canonical.hasPrefix($0) }
    }
  }
}
