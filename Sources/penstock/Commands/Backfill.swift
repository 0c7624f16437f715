import CommandLineSyntax
import Diagnostics
import Executor
import Host
import Journal
import Parallel
import PlanFormat
import Reports
import SourceText
import Values

/// The runs of a range of times: in order, or some at once.
struct Backfill: Sendable {
  /// What is to be done about a time, by what the journal knows of its run.
  enum Next: Hashable, Sendable {
    case begin, resume, recover
    /// It has succeeded already.
    case nothing
    /// Another process is at it.
    case leave
    /// Somebody has to look at it first.
    case ask(String)
  }

  struct Result: Sendable {
    var time: RunTime
    var id: String
    /// What was done; nil if its turn didn't come.
    var done: Next?
    var status: ExitStatus?
  }

  let context: CommandContext
  let range: RunRange
  let pipeline: String
  let journal: Journal

  /// What would be done, without doing it.
  func outlook() throws(WorldRefusal) -> [BackfillText.Row] {
    var rows: [BackfillText.Row] = []
    for (time, id) in zip(range.times, range.ids) {
      let known = try known(id, at: time)
      rows.append(
        BackfillText.Row(
          time: time.rfc3339, id: id, standing: known.standing, words: known.next.outlook))
    }
    return rows
  }

  // MARK: Carrying out

  /// - Parameters:
  ///   - width: how many runs may be under way at once.
  ///   - keepsGoing: whether a failure keeps the others from being begun.
  func carryOut(width: Int, keepsGoing: Bool) async -> [Result] {
    let times = Array(zip(range.times, range.ids).enumerated())
    let done = await times.concurrently(
      width: width,
      until: { result in
        guard let status = result.status else { return true }
        return status == .interrupted
          || !keepsGoing && status != .success && status != .noData
      }
    ) { item in
      await carryOut(
        Result(time: item.element.0, id: item.element.1), isLabelled: width > 1,
        isFirst: item.offset == 0)
    }
    return zip(times, done).map { item, result in
      result ?? Result(time: item.element.0, id: item.element.1)
    }
  }

  private func carryOut(
    _ result: Result, isLabelled: Bool, isFirst: Bool
  ) async -> Result {
    var result = result
    guard !Task.isCancelled else { return result }
    do throws(WorldRefusal) {
      let next = try known(result.id, at: result.time).next
      result.done = next
      result.status = await job(
        next, result.id, result.time, isLabelled: isLabelled, isFirst: isFirst)
    } catch {
      result.status = context.refuse([error.diagnostic], error.status)
    }
    return result
  }

  private func job(
    _ next: Next, _ id: String, _ time: RunTime, isLabelled: Bool, isFirst: Bool
  ) async -> ExitStatus {
    switch next {
    case .nothing: return .success
    case .leave: return .lockHeld
    case .ask: return .failure
    case .begin, .resume, .recover: break
    }
    let words = words(next, id, time)
    let text = CommandLineText(words, program: ProgramName.current)
    guard case .run(let invocation) = InvocationParser.parse(words, text) else { return .failure }
    var console = context.console
    // The warnings are those of the first run.
    if !isFirst, next == .begin { console.isQuiet = true }
    let own = CommandContext(
      invocation: invocation, commandLine: text, console: console, label: isLabelled ? id : "")
    if !isLabelled, !isFirst, !console.format.isDocument, !invocation.has(.quiet),
      invocation[.format]?.value != "json"
    {
      Output.report("\n")
    }
    guard next == .resume, let run = invocation.argument else {
      return await RunCommand.perform(own)
    }
    return await ApplyCommand.perform(run, own)
  }

  /// The command line that makes, continues or recovers one run.
  private func words(_ next: Next, _ id: String, _ time: RunTime) -> [String] {
    let given = context.invocation
    func options(_ isWanted: (Option) -> Bool) -> [String] {
      given.options.filter { isWanted($0.option) }.flatMap { option, value in
        option.value == nil ? ["--\(option.long)"] : ["--\(option.long)", value.value]
      }
    }
    switch next {
    case .resume: return ["apply", id] + options { Self.ofAnyRun.contains($0) }
    case .recover: return ["run", "--recover", id] + options { Self.ofAnyRun.contains($0) }
    case .begin, .nothing, .leave, .ask:
      return ["run"] + (given.argument.map { [$0.value] } ?? [])
        + options { !Self.ofRange.contains($0) }
        + ["--run-time", time.rfc3339, "--run-id", id]
    }
  }

  private static var ofRange: [Option] { [.runTime, .every, .maxActive, .keepGoing, .dryRun] }
  private static var ofAnyRun: [Option] {
    [
      .journal, .sandbox, .pace, .fault, .outcome, .format, .lock, .consul, .ignoreLockOnStart,
      .diagnostics,
      .color, .quiet, .verbose,
    ]
  }

  // MARK: What is known

  /// How the latest attempt at a run stands, and what is to be done; the latest that was begun says
  /// most.
  private func known(
    _ id: String, at time: RunTime
  ) throws(WorldRefusal) -> (standing: RunOverview.Standing?, next: Next) {
    do throws(JournalError) {
      var latest: RunOverview?
      for run in try journal.runs() where run.runID == id && run.name == pipeline {
        guard
          let found = try Executor.status(
            of: run.key, in: journal, isAlive: { Machine.isAlive($0) })
        else { continue }
        if latest == nil || latest?.wasBegun == false && found.wasBegun { latest = found }
        if found.wasBegun { break }
      }
      guard let latest, latest.wasBegun else { return (latest?.standing, .begin) }
      if let bytes = try journal.plan(of: latest.run.key),
        let plan = try? PlannedRun.plan(bytes, named: "plan"),
        plan.runTime.seconds != time.moment.seconds
      {
        return (latest.standing, .ask("its id is that of a run at \(plan.runTime)"))
      }
      return (latest.standing, try next(id, latest.standing))
    } catch {
      throw WorldRefusal(.journal(error, at: journal.path))
    }
  }

  private func next(
    _ id: String, _ standing: RunOverview.Standing
  ) throws(JournalError) -> Next {
    switch standing {
    case .succeeded: .nothing
    case .applying: .leave
    case .left: .resume
    case .failed: try RunRecovery.question(of: id, journal).map { .ask($0) } ?? .recover
    case .notBegun, .planned, .nothingToDo: .begin
    }
  }

  // MARK: The end

  /// The status of all: the worst of their own. No data is only said where no run had any.
  static func status(of statuses: [ExitStatus], isCut: Bool) -> ExitStatus {
    let worstFirst: [ExitStatus] = [
      .interrupted, .failure, .notEmpty, .clusterBusy, .lockHeld, .success, .noData,
    ]
    if isCut { return .interrupted }
    // A pipeline's rules may ask for other ones.
    if let other = statuses.first(where: { !worstFirst.contains($0) }) {
      return statuses.contains(.failure) ? .failure : other
    }
    return worstFirst.first { statuses.contains($0) } ?? .success
  }
}

extension Backfill.Next {
  /// What would be done.
  fileprivate var outlook: String {
    switch self {
    case .begin: "would be run"
    case .resume: "would be continued"
    case .recover: "would be recovered"
    case .nothing: "is done"
    case .leave: "is left to the process that is at it"
    case .ask(let question): "has to be looked at: \(question)"
    }
  }
}

extension BackfillText.Row {
  init(_ result: Backfill.Result) {
    self.init(
      time: result.time.rfc3339, id: result.id, status: result.status,
      words: Self.words(result))
  }

  private static func words(_ result: Backfill.Result) -> String {
    guard let done = result.done, let status = result.status else {
      return result.status == nil ? "not begun: its turn didn't come" : "failed"
    }
    switch (done, status) {
    case (.nothing, _): return "was done before"
    case (.leave, _): return "another process is at it"
    case (.ask(let question), _):
      return "has to be looked at: \(question); then `penstock run --recover \(result.id)`"
    case (.begin, .success): return "succeeded"
    case (.resume, .success): return "continued, and succeeded"
    case (.recover, .success): return "recovered"
    case (_, .noData): return "no data"
    case (_, .notEmpty): return "another run's data is in the way"
    case (_, .lockHeld): return "the lock is held"
    case (_, .clusterBusy): return "the cluster is busy"
    case (_, .interrupted): return "interrupted"
    case (.recover, _): return "failed again"
    default: return "failed"
    }
  }
}
