import CommandLineSyntax
import Diagnostics
import Executor
import Host
import Journal
import Reports
import SourceText
import Values

/// The runs of a range of times: in order, or some at once.
struct Backfill {
  /// What is to be done about a time, by what the journal knows of its run.
  enum Next: Hashable {
    case begin, resume, recover
    /// It has succeeded already.
    case nothing
    /// Another process is at it.
    case leave
    /// Somebody has to look at it first.
    case ask(String)
  }

  struct Result {
    var time: RunTime
    var id: String
    /// What was done; nil if its turn didn't come.
    var done: Next?
    var status: ExitStatus?
  }

  private let context: CommandContext
  private let range: RunRange
  private let pipeline: String
  private let journal: Journal
  private(set) var results: [Result]

  init(context: CommandContext, range: RunRange, pipeline: String, journal: Journal) {
    self.context = context
    self.range = range
    self.pipeline = pipeline
    self.journal = journal
    results = zip(range.times, range.ids).map { Result(time: $0, id: $1) }
  }

  /// What would be done, without doing it.
  func outlook() throws(WorldRefusal) -> [BackfillText.Row] {
    let standings = try standings()
    var rows: [BackfillText.Row] = []
    for result in results {
      let standing = standings[result.id]
      rows.append(
        BackfillText.Row(
          time: result.time.rfc3339, id: result.id, standing: standing,
          words: try next(result.id, standing).outlook))
    }
    return rows
  }

  // MARK: Carrying out

  /// - Parameters:
  ///   - width: how many runs may be under way at once.
  ///   - keepsGoing: whether a failure keeps the others from being begun.
  mutating func carryOut(width: Int, keepsGoing: Bool) async {
    var waiting = results.indices.makeIterator()
    let context = context
    await withTaskGroup(of: (Int, Next, ExitStatus).self) { group in
      var active = 0
      var isStopped = false
      while true {
        while active < width, !isStopped, !Task.isCancelled, let index = waiting.next() {
          let id = results[index].id
          let next: Next
          do throws(WorldRefusal) {
            next = try self.next(id, standings()[id])
          } catch {
            results[index].status = context.refuse([error.diagnostic], error.status)
            isStopped = true
            break
          }
          let time = results[index].time
          let job = job(next, id, time, isLabelled: width > 1, isFirst: index == 0)
          group.addTask { (index, next, await job()) }
          active += 1
        }
        guard active > 0, let (index, next, status) = await group.next() else { break }
        active -= 1
        results[index].done = next
        results[index].status = status
        if status != .success, status != .noData, !keepsGoing { isStopped = true }
      }
    }
  }

  private func job(
    _ next: Next, _ id: String, _ time: RunTime, isLabelled: Bool, isFirst: Bool
  ) -> @Sendable () async -> ExitStatus {
    switch next {
    case .nothing: return { .success }
    case .leave: return { .lockHeld }
    case .ask: return { .failure }
    case .begin, .resume, .recover: break
    }
    let words = words(next, id, time)
    let text = CommandLineText(words, program: ProgramName.current)
    guard case .run(let invocation) = InvocationParser.parse(words, text) else {
      return { .failure }
    }
    var console = context.console
    // The warnings are those of the first run.
    if !isFirst, next == .begin { console.isQuiet = true }
    let own = CommandContext(
      invocation: invocation, commandLine: text, console: console, label: isLabelled ? id : "")
    if !isLabelled, !console.format.isDocument, context.invocation[.format]?.value != "json",
      !context.invocation.has(.quiet)
    {
      Output.report("\n")
    }
    return { [own] in
      next == .resume
        ? await ApplyCommand.perform(invocation.argument ?? Invocation.Text(id, text.programSpan), own)
        : await RunCommand.perform(own)
    }
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
      .journal, .sandbox, .pace, .fault, .format, .lock, .consul, .ignoreLockOnStart, .diagnostics,
      .color, .quiet, .verbose,
    ]
  }

  // MARK: What is known

  /// How the latest attempt at each run stands.
  private func standings() throws(WorldRefusal) -> [String: RunOverview.Standing] {
    do throws(JournalError) {
      var standings: [String: RunOverview.Standing] = [:]
      for run in try Executor.history(journal, isAlive: { Machine.isAlive($0) })
      where run.run.name == pipeline {
        // The latest one that was begun says most.
        guard let known = standings[run.run.runID] else {
          standings[run.run.runID] = run.standing
          continue
        }
        let isKnownBegun = ![.notBegun, .planned, .nothingToDo].contains(known)
        if !isKnownBegun, run.wasBegun { standings[run.run.runID] = run.standing }
      }
      return standings
    } catch {
      throw WorldRefusal(.journal(error, at: journal.path))
    }
  }

  private func next(
    _ id: String, _ standing: RunOverview.Standing?
  ) throws(WorldRefusal) -> Next {
    switch standing {
    case .succeeded: return .nothing
    case .applying: return .leave
    case .left: return .resume
    case .failed:
      do throws(JournalError) {
        return try RunRecovery.question(of: id, journal).map { .ask($0) } ?? .recover
      } catch {
        throw WorldRefusal(.journal(error, at: journal.path))
      }
    case .notBegun, .planned, .nothingToDo, nil: return .begin
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
