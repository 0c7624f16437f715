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
          switch try await RunRecovery.read(context) {
          case .ready(let context, let parsed, let source):
            return try await plan(parsed, context, source)
          case .refused(let status): return status
          }
        } catch {
          return context.refuse([error.diagnostic], error.status)
        }
      }
    }
    let (read, errors) = InputReader.read(context.invocation, context.commandLine)
    guard var parsed = read else { return context.refuse(errors, .failure) }
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
    if context.invocation.has(.explain) { context.explain(result) }
    guard let plan else {
      let status = result.exitStatus.ofFailure
      // Having nothing to do isn't a change.
      let isDetailed = context.invocation.has(.detailedExitcode)
      return isDetailed && status == .noData ? .success : status
    }
    let more = PlanContext(
      recovery: context.recovery(plan.runID), timeSource: timeSource,
      file: context.invocation[.out].flatMap { $0.value == "-" ? nil : $0.value },
      costs: isText ? EarlierRun.costs(of: plan, context) : nil)
    let written = write(plan, isText: isText, more, context)
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
    _ plan: Plan, isText: Bool, _ more: PlanContext, _ context: CommandContext
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
    if let page = context.invocation[.html] {
      do throws(FileFailure) {
        let text = PlanPage.html(of: plan, recovery: more.recovery, FlowGraph(of: plan))
        try Output.replace(page.value, with: Array(text.utf8))
      } catch {
        return context.refuse(
          [.outputFailed(page.value, error.reason, at: page.span)], .failure)
      }
    }
    let bytes =
      isText ? Array(text(of: plan, more, context).utf8) : out == nil ? PlanWriter.bytes(plan) : []
    do throws(FileFailure) {
      try Output.write(bytes, to: STDOUT_FILENO)
    } catch {
      return context.refuse([.outputFailed("<stdout>", error.reason, at: nil)], .failure)
    }
    return .success
  }

  private static func text(
    of plan: Plan, _ more: PlanContext, _ context: CommandContext
  ) -> String {
    if context.invocation[.format]?.value == "markdown" {
      return PlanMarkdown.text(of: plan, timeSource: more.timeSource, FlowGraph(of: plan))
    }
    let isColored = Console.isColored(context.invocation[.color]?.value, on: STDOUT_FILENO)
    if context.invocation.has(.recovery) {
      return RecoveryText.text(of: plan, command: more.recovery, colored: isColored)
    }
    return context.console.isChatty
      ? PlanText.text(of: plan, more, colored: isColored)
      : PlanSummary.text(of: plan, more, colored: isColored)
  }
}
