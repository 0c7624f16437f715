import Diagnostics
import PipelineIR
import SourceText
import Values

extension Pass {
  /// Proves that step names are unique: `--skip-step`, the journal and `diff` identify steps by
  /// name.
  static let verifyNames = Pass(
    "verify-names", "proves that no two steps have the same name", codes: [.stepNameTwice]
  ) {
    program, _, report in
    var steps: [String: Step] = [:]
    for step in program.steps {
      let name = program.text(step.name)
      if let first = steps[name] {
        report.diagnostics.append(
          .stepNameTwice(name, at: step.origin.span, first: first.origin.span))
      } else {
        steps[name] = step
      }
    }
  }
}
