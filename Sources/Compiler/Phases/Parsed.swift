import Diagnostics
import Passes
import PipelineSyntax
package import PlanFormat
import SourceText
package import Values

/// A pipeline as it was read, with all that it takes from beside it; and the inputs of a run, which
/// are not looked into yet.
package struct Parsed: Sendable {
  var work: Work
  /// Nil where the pipeline's text cannot be read.
  let content: Content?

  struct Content: Sendable {
    let pipeline: PipelineDecl
    /// The step kinds that its steps name.
    let kinds: [StepKind]
  }

  package var input: CompilerInput { work.input }

  /// See `CompilerInput`.
  package var refusesOnAssumption: Bool {
    get { work.input.refusesOnAssumption }
    set { work.input.refusesOnAssumption = newValue }
  }

  package var options: CompilerOptions {
    get { work.input.options }
    set { work.input.options = newValue }
  }

  package var answers: [FactQuestion: Value] {
    get { work.input.answers }
    set { work.input.answers = newValue }
  }
}
