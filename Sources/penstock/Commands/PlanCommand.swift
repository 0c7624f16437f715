import CommandLineSyntax
import Host
import Reports
import Compiler
import DiagnosticRendering
import Diagnostics
import Executor
import Journal
import Platform
import PlanDiff
import PlanFormat
import SourceText

/// `penstock plan`: what a run will do and why, for people, and the plan itself for `apply`.
enum PlanCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    if context.invocation.has(.recover) {
      Interruptible.run {
        do throws(WorldRefusal) {
          guard let run = try await RunRecovery.read(context) else { return .usage }
          return try await plan(run.parsed, run.context, run.timeSource)
        } catch {
          return context.refuse([error.diagnostic], error.status)
        }
      }
    }
    let (read, errors) = InputReader.read(context.invocation, context.commandLine)
    guard var parsed = read else { return context.refuse(errors, .usage) }
    let source: String?
    do throws(WorldRefusal) {
      source = try RunMoment.take(context, into: &parsed)
      // If nothing is asked, there is nothing to wait for.
      guard parsed.input.facts == nil, !context.invocation.has(.offline) else {
        return try show(Compiler.compile(parsed), context, source)
      }
    } catch {
      return context.refuse([error.diagnostic], error.status)
    }
    let ready = parsed
    Interruptible.run {
      do throws(WorldRefusal) {
        return try await plan(ready, context, source)
      } catch {
        return context.refuse([error.diagnostic], error.status)
      }
    }
  }

  private static func plan(
    _ parsed: Parsed, _ context: CommandContext, _ timeSource: String?
  ) async throws(WorldRefusal) -> ExitStatus {
    let planned = try await Planner.plan(parsed, context)
    return Task.isCancelled
      ? .interrupted : try show(planned.result, context, timeSource, account: planned.account)
  }

  /// - Parameter timeSource: where the run's time is from, if it wasn't given.
  private static func show(
    _ result: CompilerResult, _ context: CommandContext, _ timeSource: String?,
    account: String? = nil
  ) throws(WorldRefusal) -> ExitStatus {
    var diagnostics: [Diagnostic] = []
    let plan = result.plan(context.planDetails(account), into: &diagnostics)
    if let plan, let journal = try RunJournal.existing(context) {
      let done = try DoneSteps.check(plan, result, context.invocation, journal)
      guard done.isEmpty else { return context.refuse(done, .failure) }
    }
    // If there is a plan, people read the warnings in it.
    let isText = plan != nil && context.invocation[.format]?.value != "json"
    let told =
      isText && context.console.format == .text
      ? result.diagnostics.filter { $0.severity != .warning } : result.diagnostics
    context.console.report(told + diagnostics, result.sources)
    if context.invocation.has(.explain) { CompileCommand.explain(result, context) }
    guard let plan else {
      let status = result.exitStatus.ofFailure
      // Having nothing to do isn't a change.
      let isDetailed = context.invocation.has(.detailedExitcode)
      return isDetailed && status == .noData ? .success : status
    }
    let written = write(plan, isText: isText, timeSource, context)
    guard written == .success else { return written }
    return context.invocation.has(.detailedExitcode) ? .changes : .success
  }

  /// Notes a new plan in the journal. Where that can't be done, `apply` asks EMR instead.
  private static func note(_ plan: Plan, _ context: CommandContext) {
    guard context.isOfThisMoment, let journal = try? RunJournal.open(context) else { return }
    let run = JournaledRun(
      key: plan.identity, name: plan.pipeline, runID: plan.runID, begun: SystemTime().now,
      holder: nil)
    try? Executor.note(
      planned: run, plan, in: journal, owner: Machine.owner(), token: SystemRandom().token())
  }

  /// The plan goes to the file of `--out`, the text for people to standard output.
  private static func write(
    _ plan: Plan, isText: Bool, _ timeSource: String?, _ context: CommandContext
  ) -> ExitStatus {
    let out = context.invocation[.out].flatMap { $0.value == "-" ? nil : $0 }
    do throws(FileFailure) {
      if let out {
        try Output.replace(out.value, with: PlanWriter.bytes(plan), isPrivate: true)
        note(plan, context)
      }
    } catch {
      return context.refuse(
        [.outputFailed(out?.value ?? "", error.reason, at: out?.span)], .failure)
    }
    let format = context.invocation[.format]?.value
    let recovery = context.recovery(plan.runID)
    var bytes: [UInt8]
    if let page = context.invocation[.html] {
      do throws(FileFailure) {
        try Output.replace(
          page.value,
          with: Array(PlanPage.html(of: plan, recovery: recovery, FlowGraph(of: plan)).utf8))
      } catch {
        return context.refuse(
          [.outputFailed(page.value, error.reason, at: page.span)], .failure)
      }
    }
    if format == "markdown" {
      bytes = Array(PlanMarkdown.text(of: plan, timeSource: timeSource, FlowGraph(of: plan)).utf8)
    } else if isText {
      let isColored = Console.isColored(context.invocation[.color]?.value, on: STDOUT_FILENO)
      bytes = Array(
        PlanText.text(
          of: plan, recovery: recovery, timeSource: timeSource, colored: isColored
        ).utf8)
      if let out { bytes += Array("\nThe plan is in \(out.value).\n".utf8) }
    } else {
      bytes = out == nil ? PlanWriter.bytes(plan) : []
    }
    do throws(FileFailure) {
      try Output.write(bytes, to: STDOUT_FILENO)
    } catch {
      return context.refuse([.outputFailed("<stdout>", error.reason, at: nil)], .failure)
    }
    return .success
  }
}
