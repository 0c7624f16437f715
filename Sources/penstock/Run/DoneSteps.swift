import AWSServices
import CommandLineSyntax
import Compiler
import Diagnostics
import Documents
import Executor
import Host
import Journal
import Locations
import PlanFormat
import SourceText
import Values

/// Finds steps of a plan that must not be done twice, and that the journal has as completed for the
/// same data: by a run with the same id, or by one that read the same places, if these tell its data
/// from that of other runs.
struct DoneSteps {
  /// A run of the journal that may have done some of the plan's steps.
  private struct Earlier {
    let run: JournaledRun
    let plan: Plan
    /// When each step was completed, by name.
    let completed: [String: Value.Timestamp]
    /// The steps that a recovery would leave out.
    let leftOut: Set<String>
    let sources: StepSources
  }

  private struct Repetition {
    var step: Plan.Step
    var earlier: Earlier
  }

  private let plan: Plan
  private let result: CompilerResult
  private let invocation: Invocation
  private let journal: Journal
  /// Whether the plan is a file's, which no option of its own can change.
  private let isApplied: Bool
  /// The places that the data of each step is from.
  private let origins: [Set<String>]
  /// The indices of the steps in question.
  private let once: [Int]

  /// Diagnostics for the steps of a new plan; none if the user forces them.
  ///
  /// - Parameters:
  ///   - invocation: the command line of the plan, where the diagnostics have their places.
  ///   - isApplied: whether the plan was made earlier.
  static func check(
    _ plan: Plan, _ result: CompilerResult, _ invocation: Invocation, _ journal: Journal,
    isApplied: Bool = false
  ) throws(WorldRefusal) -> [Diagnostic] {
    let steps = DoneSteps(plan, result, invocation, journal, isApplied)
    let unknown = steps.unknownNames
    guard unknown.isEmpty else { return unknown }
    do throws(JournalError) {
      return try steps.diagnostics()
    } catch {
      throw WorldRefusal(.journal(error, at: journal.path))
    }
  }

  private init(
    _ plan: Plan, _ result: CompilerResult, _ invocation: Invocation, _ journal: Journal,
    _ isApplied: Bool
  ) {
    self.isApplied = isApplied
    self.plan = plan
    self.result = result
    self.invocation = invocation
    self.journal = journal
    let names = result.stepsDoneOnce.subtracting(invocation.all(.repeatStep).map(\.value))
    // What a recovery does again, it has to.
    once = plan.steps.indices.filter { index in
      names.contains(plan.steps[index].name)
        && (plan.steps[index].isOnce || !invocation.has(.recover))
    }
    let sources = StepSources(plan, includingDone: false)
    origins = plan.steps.indices.map { sources.origins(of: $0) }
  }

  private var unknownNames: [Diagnostic] {
    // A recovery takes the option over, also of a step that is done by now.
    let names = plan.steps.map(\.name) + plan.done.map(\.name)
    return invocation.all(.repeatStep).filter { !names.contains($0.value) }.map {
      .stepNotRepeated($0.value, among: names, at: $0.span)
    }
  }

  private func diagnostics() throws(JournalError) -> [Diagnostic] {
    guard !once.isEmpty else { return [] }
    var found: [Repetition] = []
    for run in try candidates() {
      guard let earlier = try earlier(run) else { continue }
      for index in once where !found.contains(where: { $0.step.name == plan.steps[index].name }) {
        if isDone(index, by: earlier) {
          found.append(Repetition(step: plan.steps[index], earlier: earlier))
        }
      }
    }
    return found.map { diagnostic($0, found) }
  }

  // MARK: Which runs

  /// Whether the user says where the run starts, or what is done: a scheduled run never does.
  private var isByHand: Bool {
    invocation.has(.resumeFrom) || invocation.has(.recover) || invocation.has(.skipStep)
  }

  /// Latest first.
  private func candidates() throws(JournalError) -> [JournaledRun] {
    let own = plan.identity
    let places = once.reduce(into: Set<String>()) { $0.formUnion(origins[$1]) }
    var runs = try journal.runs().filter { run in
      run.name == plan.pipeline
        && (run.runID == plan.runID || places.contains { Self.isNamed($0, after: run.runID) })
    }
    let told = isByHand ? places.intersection(result.placesOfItsData()) : []
    for run in try journal.runs(of: plan.pipeline, whosePlanHas: told.sorted().map(Self.json))
    where !runs.contains(where: { $0.key == run.key }) {
      runs.append(run)
    }
    // A run that was begun is continued; one that failed is begun again.
    let known = try Executor.status(of: own, in: journal, isAlive: { Machine.isAlive($0) })
    return known?.standing == .failed ? runs : runs.filter { $0.key != own }
  }

  /// As it is written in a plan.
  private static func json(_ text: String) -> String {
    var writer = CanonicalJSONWriter(pretty: false)
    writer.value(.string(text), revealingSecrets: false)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private func earlier(_ run: JournaledRun) throws(JournalError) -> Earlier? {
    guard let bytes = try journal.plan(of: run.key), !bytes.isEmpty,
      let plan = try? PlannedRun.plan(bytes, named: "plan")
    else { return nil }
    let record = try RunRecord(plan, try journal.entries(of: run.key))
    guard record.hasBegun else { return nil }
    var completed: [String: Value.Timestamp] = [:]
    for (index, step) in plan.steps.enumerated() where record.isDone(index) {
      completed[step.name] = record.steps[index].description?.ended ?? run.begun
    }
    for step in plan.done { completed[step.name] = run.begun }
    let recovery = RecoveryRules(plan).recovery(after: record.progress)
    return Earlier(
      run: run, plan: plan, completed: completed,
      leftOut: Set(recovery.leftOut + plan.done.map(\.name)),
      sources: StepSources(plan, includingDone: true))
  }

  // MARK: Whether they did it

  private func isDone(_ index: Int, by earlier: Earlier) -> Bool {
    let step = plan.steps[index]
    guard earlier.completed[step.name] != nil else { return false }
    // Data on the cluster that a failed run's later steps need has to be made again.
    guard step.isOnce || earlier.leftOut.contains(step.name) else { return false }
    return isSameRun(earlier) || isSameData(index, earlier)
  }

  /// Clocks that go back give two scheduled runs the same id, and so may two configurations of one
  /// pipeline, which share no place.
  private func isSameRun(_ earlier: Earlier) -> Bool {
    guard earlier.run.runID == plan.runID else { return false }
    let (own, theirs) = (Self.places(of: plan), Self.places(of: earlier.plan))
    guard own.isEmpty || theirs.isEmpty || !own.isDisjoint(with: theirs) else { return false }
    return isByHand || invocation.has(.runID) || earlier.plan.runTime == plan.runTime
  }

  private static func places(of plan: Plan) -> Set<String> {
    let accesses = plan.steps.flatMap(\.accesses) + plan.done.flatMap(\.accesses)
    return Set(accesses.map(\.place).filter { (try? Location($0))?.isDurable ?? true })
  }

  private func isSameData(_ index: Int, _ earlier: Earlier) -> Bool {
    let origins = origins[index]
    guard !origins.isEmpty,
      let other = earlier.plan.steps.firstIndex(where: { $0.name == plan.steps[index].name }),
      origins.isSubset(of: earlier.sources.places(of: other))
    else { return false }
    if origins.allSatisfy({ Self.isNamed($0, after: earlier.run.runID) }) { return true }
    return isByHand && origins.isSubset(of: result.placesOfItsData())
  }

  /// Whether a place has a run's id in it, as a whole word.
  private static func isNamed(_ place: String, after id: String) -> Bool {
    let text = Array(place.utf8)
    let wanted = Array(id.utf8)
    guard !wanted.isEmpty, text.count >= wanted.count else { return false }
    return (0...(text.count - wanted.count)).contains { start in
      let end = start + wanted.count
      return text[start..<end].elementsEqual(wanted)
        && (start == 0 || !isWord(text[start - 1])) && (end == text.count || !isWord(text[end]))
    }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber
  }

  // MARK: What to do about it

  private func diagnostic(_ repetition: Repetition, _ all: [Repetition]) -> Diagnostic {
    let earlier = repetition.earlier
    let step = repetition.step
    let time = earlier.completed[step.name] ?? earlier.run.begun
    // What a recovery does follows from its run: an option only hides that another has taken over.
    if invocation.has(.recover), earlier.run.runID != plan.runID {
      return .stepTakenOver(step.name, by: earlier.run.runID, at: time, of: plan.runID)
    }
    let places = [Option.resumeFrom, .runID, .skip].compactMap { invocation[$0]?.span }
    return .stepDone(
      step.name, by: earlier.run.runID, at: time, canBeLeftOut: step.isOnce,
      laterStage: laterStage(than: all, earlier), isApplied: isApplied, span: places.first)
  }

  /// The first stage of the plan that isn't done, if all that must not be repeated comes before it.
  private func laterStage(than all: [Repetition], _ earlier: Earlier) -> String? {
    guard !invocation.has(.recover) else { return nil }
    let refused = Set(all.map(\.step.stage))
    let stages = plan.stages.filter { $0.status == "runs" }.map(\.name)
    let open = stages.firstIndex { stage in
      plan.steps.contains { $0.stage == stage && earlier.completed[$0.name] == nil }
    }
    guard let open, stages[..<open].contains(where: refused.contains),
      !stages[open...].contains(where: refused.contains)
    else { return nil }
    return stages[open]
  }
}
