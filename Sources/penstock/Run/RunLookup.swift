import CommandLineSyntax
import Host
import Compiler
import Diagnostics
import Executor
import Journal
import PlanFormat
import SourceText

/// A run in the journal, named on a command line.
struct RunLookup: Sendable {
  let overview: RunOverview
  /// Its plan; nil if the journal's copy can't be read.
  let plan: Plan?

  /// The run with this id, this plan's identity, or the plan in this file; the latest if none is named.
  static func find(
    _ name: Invocation.Text?, in journal: Journal
  ) throws(WorldRefusal) -> RunLookup {
    let found: RunLookup?
    do throws(JournalError) {
      found = try find(name?.value, in: journal)
    } catch {
      throw WorldRefusal(.journal(error, at: journal.path))
    }
    guard let found else {
      let file = name.flatMap { words(ofFile: $0.value) }
      throw WorldRefusal(.runUnknown(name?.value, file: file, at: name?.span), .failure)
    }
    return found
  }

  /// Why a file isn't what is looked for; nil if it doesn't look like a file's name.
  private static func words(ofFile name: String) -> String? {
    if Files.exists(name) { return "the file of that name isn't a plan" }
    return name.contains("/") || name.hasSuffix(".json") ? "there is no such file" : nil
  }

  private static func find(
    _ name: String?, in journal: Journal
  ) throws(JournalError) -> RunLookup? {
    guard let key = try key(name, in: journal),
      let overview = try Executor.status(of: key, in: journal, isAlive: { Machine.isAlive($0) })
    else { return nil }
    let bytes = try journal.plan(of: overview.run.key)
    return RunLookup(
      overview: overview, plan: bytes.flatMap { try? PlannedRun.plan($0, named: "plan") })
  }

  private static func key(
    _ name: String?, in journal: Journal
  ) throws(JournalError) -> String? {
    guard let name else {
      let runs = try Executor.history(journal, isAlive: { Machine.isAlive($0) })
      // There is nothing to see of runs that weren't begun.
      return (runs.first(where: \.wasBegun) ?? runs.first)?.run.key
    }
    guard let bytes = try? Files.read(name),
      let plan = try? PlannedRun.plan(bytes, named: name)
    else { return name }
    return plan.identity
  }

  /// The run's world. If the inputs have changed, the usual credentials are used instead of those
  /// in the config.
  func world(_ context: CommandContext) throws(WorldRefusal) -> RunWorld {
    var merged = context
    var entry = RunWorld.Entry(of: plan)
    if let plan {
      if let planned = try? PlannedRun.reload(plan) { entry = planned.entry }
      if let invocation = try? PlannedRun.invocation(of: plan) {
        merged.invocation.options.insert(contentsOf: invocation.options, at: 0)
      }
    }
    return try RunWorld.open(merged, entry)
  }
}
