import Diagnostics
import Passes
import PipelineSyntax
package import PlanFormat
package import SourceText
package import Values

/// A parsed pipeline with the files beside it that it uses, and the inputs of a run, not parsed
/// yet.
package struct Parsed: Sendable {
  var work: Work
  /// Nil if the pipeline's text can't be parsed.
  let content: Content?

  struct Content: Sendable {
    let pipeline: PipelineDecl
    /// The step kinds that its steps name.
    let kinds: [StepKind]
  }

  package var input: CompilerInput { work.input }

  /// Nil if it can't be read.
  package var pipelineName: String? { content?.pipeline.name?.value }

  /// See `CompilerInput`.
  package var refusesOnAssumption: Bool {
    get { work.input.refusesOnAssumption }
    set { work.input.refusesOnAssumption = newValue }
  }

  /// Makes a comparison's sides see the same world: one side's facts fill the other's.
  package mutating func compare(with facts: SourceFile?, and others: SourceFile?) {
    work.input.isComparing = true
    work.input.facts = facts ?? others
    work.input.otherFacts = facts == nil ? nil : others
  }

  /// Whether no inputs or parameters are given, and a run has a required one: then only the pipeline itself can
  /// be looked at.
  package var lacksInputs: Bool {
    guard let content, input.hasNoInputs else { return false }
    return content.pipeline.needsInputs
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
