import Compiler
import Executor
import Journal
import PlanDiff
import PlanFormat
import Reports

/// The run before a plan's, to compare with.
enum EarlierRun {
  /// How the cluster's costs differ from those of the pipeline's last run in the journal; nil if there
  /// is none. A journal that can't be read has none: it only adds to what a plan shows.
  static func costs(of plan: Plan, _ context: CommandContext) -> CostComparison? {
    guard let journal = try? RunJournal.existing(context),
      let before = try? last(before: plan, in: journal)
    else { return nil }
    return CostComparison(before, plan) {
      // The cluster's request is described by EMR's schemas; inputs aren't compared.
      ChangeRules(own: [], paths: [], file: { Builtins.file($0) })
    }
  }

  private static func last(before plan: Plan, in journal: Journal) throws(JournalError) -> Plan? {
    for run in try journal.runs() where run.name == plan.pipeline && run.key != plan.identity {
      guard let bytes = try journal.plan(of: run.key), !bytes.isEmpty,
        let before = try? PlannedRun.plan(bytes, named: "plan"),
        try Executor.status(of: run.key, in: journal, isAlive: { Machine.isAlive($0) })?.wasBegun
          == true
      else { continue }
      return before
    }
    return nil
  }
}
