import Diagnostics
package import PlanFormat
import PipelineIR
import Values

/// Compiles a run for the world as it is: what is not known is assumed and asked for, and with the
/// answers it is compiled again, until nothing is assumed that somebody can tell.
///
/// Answers decide what the run does, and so what else there is to ask: a location that turns out to
/// be empty has no step, a stage that has data asks for its output. Most runs need two compilations.
/// No run is refused, and no stage left out, because of an assumption: as long as one is left that
/// was not asked about, a refusal is only a reason to ask. Each round settles at least the first
/// question that was open, and a pipeline can ask but so many, so the rounds come to an end.
package struct Planning: Sendable {
  /// What comes next.
  package enum Round: Sendable {
    /// These questions are to be asked, all at once, and `learn` told what came of them.
    case ask([FactQuestion])
    case done(CompilerResult)
  }

  private var parsed: Parsed
  private var asked: Set<FactQuestion> = []
  private var failures: [FactQuestion: (reason: String, hint: String?)] = [:]
  /// Of what is known so far.
  package private(set) var draft: CompilerResult
  /// How often the run was compiled.
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
      // What nobody can tell stays assumed, and the run may be refused for it.
      parsed.refusesOnAssumption = true
      compile()
    }
    draft.fail(
      draft.facts.compactMap { record in
        guard record.isAssumed else { return nil }
        return failures[record.question].map { .factUnanswered(record, $0.reason, hint: $0.hint) }
      })
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

  /// All rounds, with somebody to ask.
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
