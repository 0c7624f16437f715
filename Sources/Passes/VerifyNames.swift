import Diagnostics
import PipelineIR
import SourceText
import Values

extension Pass {
  /// Proves that a step's name is its own: `--skip-step`, the journal and `diff` go by it.
  static let verifyNames = Pass("verify-names", "proves that no two steps have one name") {
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
