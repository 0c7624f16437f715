import CommandLineSyntax
import Compiler
import Diagnostics
import Executor
import Host
import Journal
import PlanFormat
import SourceText

/// The time of a run that is named with `--run-id` alone: programs use it in names and stamps, so a
/// run that is resumed keeps its own.
enum RunMoment {
  /// Where the time of a command line's run is from, for people; nil if it is given, or now.
  static func take(
    _ context: CommandContext, into parsed: inout Parsed
  ) throws(WorldRefusal) -> String? {
    let invocation = context.invocation
    if invocation.has(.recover) { return "the failed run's time" }
    guard !invocation.has(.runTime), let id = invocation[.runID]?.value else { return nil }
    if let plan = try recorded(id, parsed.pipelineName, context) {
      parsed.options.runTime = plan.runTime
      parsed.options.utcOffsetSeconds = Int(clamping: plan.utcOffsetSeconds)
      return "as the journal has it"
    }
    return isMade(of: id) ? "from its id" : nil
  }

  /// Whether an id without a time is taken for one.
  private static func isMade(of id: String) -> Bool {
    RunTime(runID: id, Clock.utcOffset(at:)) != nil
  }

  /// The first plan of a run that was begun.
  private static func recorded(
    _ id: String, _ pipeline: String?, _ context: CommandContext
  ) throws(WorldRefusal) -> Plan? {
    guard let journal = try RunJournal.existing(context) else { return nil }
    do throws(JournalError) {
      let runs = try journal.runs().filter { $0.runID == id && $0.name == pipeline }
      for run in runs.reversed() {
        guard let bytes = try journal.plan(of: run.key), !bytes.isEmpty,
          let plan = try? PlannedRun.plan(bytes, named: "plan"),
          try Executor.status(
            of: run.key, in: journal, isAlive: { Machine.isAlive($0) })?.wasBegun == true
        else { continue }
        return plan
      }
      return nil
    } catch {
      throw WorldRefusal(.journal(error, at: journal.path))
    }
  }
}
