import CommandLineSyntax
import Compiler
import Diagnostics
import Executor
import Host
import Journal
import PlanFormat
import SourceText
import Values

/// The recovery of a failed run, as a command line: that of the failed run, plus the steps to skip
/// and the places to empty first.
enum RunRecovery {
  enum Reading {
    case ready(context: CommandContext, parsed: Parsed, timeSource: String?)
    /// What is wrong has been reported.
    case refused(ExitStatus)
  }

  /// The command line's context and input, or those of the recovery if `--recover` names a run.
  static func read(_ context: CommandContext) async throws(WorldRefusal) -> Reading {
    guard let name = context.invocation[.recover] else {
      let (parsed, errors) = InputReader.read(context.invocation, context.commandLine)
      guard var parsed else { return .refused(context.refuse(errors, .failure)) }
      let source = try RunMoment.take(context, into: &parsed)
      return .ready(context: context, parsed: parsed, timeSource: source)
    }
    try checkOptions(context.invocation)
    let failed = try attempt(name, context)
    let recovery = try await recovery(of: failed, name, context)
    let recovering = try self.context(of: failed, recovery, name, context)
    let (read, errors) = InputReader.read(
      recovering.invocation, recovering.commandLine,
      at: RunTime(moment: failed.plan.runTime, utcOffset: Int(failed.plan.utcOffsetSeconds)))
    guard var parsed = read else { return .refused(recovering.refuse(errors, .failure)) }
    adopt(failed.plan, named: name.value, failed.plan.identity, into: &parsed)
    let source = try RunMoment.take(recovering, into: &parsed)
    return .ready(context: recovering, parsed: parsed, timeSource: source)
  }

  /// Takes over the facts of the failed run. Clusters come and go, and are asked for again.
  private static func adopt(
    _ plan: Plan, named name: String, _ digest: String, into parsed: inout Parsed
  ) {
    var questions: Set<FactQuestion> = []
    for fact in plan.facts where fact.question.kind != .cluster {
      parsed.answers[fact.question] = fact.answer
      questions.insert(fact.question)
    }
    parsed.options.recovered = RecoveredRun(name: name, digest: digest, questions: questions)
  }

  /// The selection of stages and steps is that of the failed run.
  private static func checkOptions(_ invocation: Invocation) throws(WorldRefusal) {
    for option in [Option.resumeFrom, .skip, .runID, .runTime, .facts] {
      guard let given = invocation[option] else { continue }
      throw WorldRefusal(
        .recoverWith(option.long, at: given.span), .failure)
    }
    if let pipeline = invocation.argument {
      throw WorldRefusal(.recoverWith("PIPELINE", at: pipeline.span), .failure)
    }
  }

  // MARK: The failed run

  /// What somebody has to look at before a failed run is recovered; nil if nothing. A run that
  /// can't be read has nothing, since its recovery says so itself.
  static func question(of name: String, _ journal: Journal) throws(JournalError) -> String? {
    guard let failed = try lastAttempt(name, journal) else { return nil }
    let recovery = RecoveryRules(failed.plan).recovery(after: failed.record.progress)
    if let step = recovery.unsure.first {
      return "whether `\(step)` was done, only its log tells"
    }
    if let folder = recovery.byHand.first { return "\(folder.place) has to be emptied by hand" }
    return nil
  }

  private struct Attempt {
    var plan: Plan
    var record: RunRecord
  }

  /// The latest attempt at the run that was begun.
  private static func attempt(
    _ name: Invocation.Text, _ context: CommandContext
  ) throws(WorldRefusal) -> Attempt {
    let journal = try RunJournal.read(context)
    let found: (overview: RunOverview, plan: Plan, record: RunRecord)?
    do throws(JournalError) {
      found = try lastAttempt(name.value, journal)
    } catch {
      throw WorldRefusal(.journal(error, at: journal.path))
    }
    guard let found else { throw WorldRefusal(.runUnknown(name.value, at: name.span), .failure) }
    switch found.overview.standing {
    case .failed where found.plan.isClusterOnly:
      throw WorldRefusal(
        .runNotRecoverable(
          "the run `\(name.value)` only starts a cluster",
          hint: "`penstock up` starts another one", at: name.span), .failure)
    case .failed: return Attempt(plan: found.plan, record: found.record)
    case .succeeded, .nothingToDo:
      throw WorldRefusal(
        .runNotRecoverable(
          "all steps of the run `\(name.value)` are done", hint: nil, at: name.span), .failure)
    case .notBegun, .planned:
      throw WorldRefusal(
        .runNotRecoverable(
          "the run `\(name.value)` has not begun",
          hint: "`\(context.command("apply", name.value))` begins it", at: name.span), .failure)
    case .applying, .left:
      throw WorldRefusal(
        .runNotRecoverable(
          "the run `\(name.value)` has not ended",
          hint: "`\(context.command("apply", name.value))` continues it", at: name.span),
        .failure)
    }
  }

  private static func lastAttempt(
    _ name: String, _ journal: Journal
  ) throws(JournalError) -> (overview: RunOverview, plan: Plan, record: RunRecord)? {
    let attempts = try Executor.history(journal, isAlive: { Machine.isAlive($0) }).filter {
      ($0.run.runID == name || $0.run.key == name) && $0.standing != .nothingToDo
    }
    for overview in attempts.filter(\.wasBegun) + attempts.filter({ !$0.wasBegun }) {
      guard let bytes = try journal.plan(of: overview.run.key),
        let plan = try? PlannedRun.plan(bytes, named: "plan")
      else { continue }
      let entries = try journal.entries(of: overview.run.key)
      return (overview, plan, try RunRecord(plan, entries))
    }
    return nil
  }

  // MARK: The recovery

  private static func recovery(
    of failed: Attempt, _ name: Invocation.Text, _ context: CommandContext
  ) async throws(WorldRefusal) -> Recovery {
    let rules = RecoveryRules(failed.plan)
    let given = context.invocation.all(.skipStep).map(\.value)
    var progress = zip(failed.plan.steps, failed.record.progress).map { step, progress in
      given.contains(step.name) ? .completed : progress
    }
    let moves = rules.sourcesOfMoves(after: progress)
    let sources = try await emptiness(of: moves.flatMap(\.places), failed.plan, context)
    for move in moves where move.places.allSatisfy({ sources[$0] == true }) {
      progress[move.step] = .completed
    }
    var recovery = rules.recovery(after: progress)
    let lost = recovery.losses.map(\.place)
    let found = try await emptiness(of: lost, failed.plan, context)
    if lost.allSatisfy({ found[$0] == false }) {
      recovery = rules.recovery(after: progress, restored: Set(lost))
    }
    guard recovery.isPossible else {
      throw WorldRefusal(
        .runNotRecoverable(recovery.explanation, hint: nil, at: name.span), .failure)
    }
    return recovery
  }

  /// Whether each of some places is empty, according to S3.
  private static func emptiness(
    of places: [String], _ plan: Plan, _ context: CommandContext
  ) async throws(WorldRefusal) -> [String: Bool] {
    guard !places.isEmpty else { return [:] }
    var merged = context
    merged.invocation.options.insert(
      contentsOf: (try? PlannedRun.invocation(of: plan))?.options ?? [], at: 0)
    let entry =
      (try? PlannedRun.reload(plan))?.entry ?? RunWorld.Entry(region: plan.cluster.region)
    let world = try RunWorld.open(merged, entry)
    let questions = places.map { FactQuestion.isEmpty(location: $0) }
    let answers = await AWSFacts(store: world.store, emr: world.emr).answers(to: questions)
    var emptiness: [String: Bool] = [:]
    for (place, answer) in zip(places, answers) {
      switch answer {
      case .known(let isEmpty): emptiness[place] = isEmpty.equals(.bool(true))
      case .unknown: continue
      case .failed(let reason, let hint):
        throw WorldRefusal(.placeUnknown(place, reason, hint: hint), .failure)
      }
    }
    return emptiness
  }

  /// The failed run's command line, then what the recovery adds, then this command line's options.
  private static func context(
    of failed: Attempt, _ recovery: Recovery, _ name: Invocation.Text, _ context: CommandContext
  ) throws(WorldRefusal) -> CommandContext {
    let made: Invocation
    do throws(PlannedRun.Refusal) {
      made = try PlannedRun.invocation(of: failed.plan)
    } catch {
      throw WorldRefusal(
        .runNotRecoverable(
          "the command line of the run `\(name.value)` can no longer be read", hint: nil,
          at: name.span), .failure)
    }
    let replaced: [Option] = [.skipStep, .empty, .recover]
    var words = [context.invocation.command.rawValue] + (made.argument.map { [$0.value] } ?? [])
    words += made.words { !replaced.contains($0) }
    let done = failed.plan.done.map(\.name) + recovery.leftOut
    for step in done { words += ["--\(Option.skipStep.long)", step] }
    let given = context.invocation.all(.skipStep).map(\.value)
    for step in given where !done.contains(step) {
      words += ["--\(Option.skipStep.long)", step]
    }
    for place in recovery.toEmpty { words += ["--\(Option.empty.long)", place] }
    words += context.invocation.words { $0 != .skipStep }
    let text = CommandLineText(words, program: ProgramName.current)
    guard case .run(let invocation) = InvocationParser.parse(words, text) else {
      throw WorldRefusal(
        .runNotRecoverable(
          "the command line of the run `\(name.value)` can't be used with this command",
          hint: nil, at: name.span), .failure)
    }
    return CommandContext(
      invocation: invocation, commandLine: text, console: context.console, label: context.label)
  }
}

extension Invocation {
  /// The options that meet a condition, as given.
  fileprivate func words(where isWanted: (Option) -> Bool) -> [String] {
    options.filter { isWanted($0.option) }.flatMap { option, value in
      option.value == nil ? ["--\(option.long)"] : ["--\(option.long)", value.value]
    }
  }
}
