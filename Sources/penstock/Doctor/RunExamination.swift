import CommandLineSyntax
import Compiler
import Diagnostics
import Executor
import PlanFormat
import SourceText

/// The run that the command line names, compiled with the normal case assumed: it says which places
/// and calls a run needs.
struct RunExamination {
  /// Nil without inputs, or with errors in them.
  private(set) var plan: Plan?
  private(set) var findings: [Finding] = []
  private(set) var entry = RunWorld.Entry()

  init(_ context: CommandContext) {
    let invocation = context.invocation
    guard
      [Option.config, .resolver, .input, .set, .param].contains(where: invocation.has)
        || invocation.argument != nil
    else {
      findings = [
        Finding(
          "inputs", .unknown, "none are given, so that permissions for a run aren't checked",
          advice: "give a run's inputs: `penstock doctor -c config.yml -r resolver.json`")
      ]
      return
    }
    let (read, errors) = InputReader.read(invocation, context.commandLine)
    guard var parsed = read else {
      findings = [
        Finding(
          "inputs", .problem, errors.first?.message ?? "they can't be read",
          advice: errors.first?.hint ?? "correct the command line")
      ]
      return
    }
    parsed.refusesOnAssumption = false
    let result = Compiler.compile(parsed)
    let count = result.diagnostics.count { $0.severity == .error }
    let name = parsed.input.pipeline.name
    guard count == 0, result.exitStatus == .success else {
      let first = result.diagnostics.sortedAndUnique().first { $0.severity == .error }
      findings = [
        Finding(
          "inputs", .problem,
          "\(name): \(count == 1 ? "1 error" : "\(count) errors")"
            + (first.map { ", first: \($0.message)" } ?? ""),
          advice: "`penstock check` with the same options shows them")
      ]
      return
    }
    findings = [Finding("inputs", .ok, "\(name), language \(BuildInfo.language): no errors")]
    var diagnostics: [Diagnostic] = []
    plan = result.plan(context.planDetails(nil), into: &diagnostics)
    entry = RunWorld.Entry(result.access)
    entry.plan = plan
  }
}
