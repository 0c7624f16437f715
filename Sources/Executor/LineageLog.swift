import AWSServices
import Digests
import PlanFormat
import Values

/// The OpenLineage events of a run, derived from its journal's entries one after the other.
///
/// The same entries give the same events, byte for byte: the ids of runs are UUIDs made of the
/// plan's identity, and times are those of the entries. So a process that continues a run can send
/// all of them again: their receiver knows those it has by `runId` and `eventType`.
struct LineageLog: Sendable {
  private let plan: Plan
  private let names: LineageNames
  /// The state that runs of steps, by the steps' indices, were last seen in.
  private var running: [Int: LineageNames.StepRun] = [:]
  private var isStarted = false
  private var isEnded = false
  /// How many events there were so far.
  private(set) var count = 0

  init(_ plan: Plan, runKey: String, settings: LineageSettings) {
    self.plan = plan
    names = LineageNames(plan: plan, runKey: runKey, settings: settings)
  }

  /// The events that an entry gives rise to.
  /// - Parameter record: with the entry applied.
  mutating func note(
    _ entry: RunEntry, _ record: RunRecord, at time: Value.Timestamp
  ) -> [Value] {
    guard !isEnded else { return [] }
    var events: [Value] = []
    if !isStarted, record.isOver || record.hasBegun && record.cluster != nil {
      isStarted = true
      events.append(names.event(.start, at: time))
    }
    switch entry {
    case .step(let index, let step): noteStep(index, step, record, time, &events)
    case .ended(let end) where record.isOver: noteEnd(end, record, time, &events)
    default: break
    }
    count += events.count
    return events
  }

  private mutating func noteStep(
    _ index: Int, _ step: StepDescription, _ record: RunRecord, _ time: Value.Timestamp,
    _ events: inout [Value]
  ) {
    guard plan.steps.indices.contains(index) else { return }
    // A step that was cancelled before it ran isn't a run.
    let hasRun =
      step.started != nil || step.state == .running || step.state == .completed
      || step.state == .failed
    guard hasRun, step.state != .pending else { return }
    if running[index]?.step != step.id {
      let run = LineageNames.StepRun(index: index, step: step.id, cluster: record.cluster)
      running[index] = run
      events.append(names.event(.start, of: run, at: step.started ?? time))
    }
    guard step.state.isFinal, let run = running[index] else { return }
    running[index] = nil
    let type: LineageNames.EventType =
      switch step.state {
      case .completed: .complete
      case .failed: .fail
      case .pending, .cancelPending, .running, .cancelled, .interrupted: .abort
      }
    let failure = step.failure.map { $0.message.isEmpty ? $0.reason : $0.message } ?? ""
    let error = failure.isEmpty ? step.reason.message : failure
    events.append(names.event(type, of: run, at: step.ended ?? time, error: error))
  }

  private mutating func noteEnd(
    _ end: RunEnd, _ record: RunRecord, _ time: Value.Timestamp, _ events: inout [Value]
  ) {
    isEnded = true
    for (_, run) in running.sorted(by: { $0.key < $1.key }) {
      events.append(names.event(.abort, of: run, at: time))
    }
    running = [:]
    let states = record.steps.compactMap(\.description?.state)
    let wasStopped =
      record.cancellation != nil || states.contains { $0 == .cancelled || $0 == .interrupted }
    let type: LineageNames.EventType =
      end.isSuccess ? .complete : wasStopped && !states.contains(.failed) ? .abort : .fail
    events.append(names.event(type, at: time, error: end.isSuccess ? "" : end.summary))
  }
}
