import Diagnostics
import PipelineIR
import SourceText
import Values

extension Pass {
  /// Proves that a step's name is its own: `--skip-step`, the journal and `diff` go by it.
  static let verifyNames = Pass("verify-names", "proves that no two steps have one name") {
    program, _, report in
    var index = TextIndex(capacity: program.steps.count)
    for number in program.steps.indices {
      let name = program.steps[number].name
      let first = program.texts.withBytes(name) { bytes in
        index.number(of: bytes, orInsert: number) { other in
          program.texts.withBytes(program.steps[other].name) { $0.isSame(as: bytes) }
        } hash: { other in
          program.texts.withBytes(program.steps[other].name, TextIndex.hash)
        }
      }
      guard first != number else { continue }
      report.diagnostics.append(
        .stepNameTwice(
          program.text(name), at: program.steps[number].origin.span,
          first: program.steps[first].origin.span))
    }
  }
}
