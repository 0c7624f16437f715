import Diagnostics
package import PlanFormat
import PipelineIR
import Values

/// Compiles a run for S3 and EMR as they are: what isn't known is assumed and asked for, and the
/// run is compiled again with the answers, until no assumption is left that can be answered.
///
/// Answers decide what the run does, and so what else there is to ask: an empty location has no
/// step, a stage with data asks about its output. Most runs need two compilations. An assumption
/// never causes an error or leaves out a stage: while questions are open, an error is only a reason
/// to ask them. Each round answers at least the first open question, and a pipeline has only so
/// many, so the rounds end.
package struct Planning: Sendable {
  /// What to do next.
  package enum Round: Sendable {
    /// Ask these questions, all at once, and pass the answers to `learn`.
    case ask([FactQuestion])
    case done(CompilerResult)
  }

  private var parsed: Parsed
  private var asked: Set<FactQuestion> = []
  private var failures: [FactQuestion: (reason: String, hint: String?)] = [:]
  /// The result with what is known so far.
  package private(set) var draft: CompilerResult
  /// How many times the run was compiled.
  package private(set) var compilations = 1

  package init(_ parsed: Parsed) {
    self.parsed = parsed
    self.parsed.refusesOnAssumption = false
    draft = Compiler.compile(self.parsed)
  }

  package mutating func next() -> Round {
    let open = draft.facts.filter(\.isAssumed).map(\.question)
    let unasked = open.filter { !asked.contains($0) }
    if !unasked.isEmpty {
      asked.formUnion(unasked)
      return .ask(unasked)
    }
    if open.contains(where: { failures[$0] == nil }) {
      // What can't be answered stays assumed, and may now cause errors.
      parsed.refusesOnAssumption = true
      compile()
    }
    var missing = MissingAnswers(facts: draft.facts, failures: failures)
    Check.run(on: &missing) { if case .answers(let body) = $0 { body } else { nil } }
    draft.fail(missing.diagnostics)
    return .done(draft)
  }

  package mutating func learn(_ questions: [FactQuestion], _ answers: [FactAnswer]) {
    for (question, answer) in zip(questions, answers) {
      switch answer {
      case .known(let value): parsed.answers[question] = value
      case .unknown: continue
      case .failed(let reason, let hint): failures[question] = (reason, hint)
      }
    }
    compile()
  }

  private mutating func compile() {
    draft = Compiler.compile(parsed)
    compilations += 1
  }

  /// Runs all rounds, asking through a function.
  package static func compile(
    _ input: CompilerInput, asking source: some FactSource
  ) async -> CompilerResult {
    var planning = Planning(Compiler.parse(input))
    while true {
      switch planning.next() {
      case .done(let result): return result
      case .ask(let questions):
        planning.learn(questions, await source.answers(to: questions))
      }
    }
  }
}
