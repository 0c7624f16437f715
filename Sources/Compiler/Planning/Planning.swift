import Diagnostics
package import PlanFormat
import PipelineIR
import Values

/// Compiles a run for the world as it is: what is not known is assumed and asked for, and with the
/// answers it is compiled again, until nothing is assumed that somebody can tell.
///
/// Answers decide what the run does, and so what else there is to ask: a location that turns out to
/// be empty has no step, a stage that has data asks for its output. Most runs need two rounds.
package struct Planning: Sendable {
  /// What comes next.
  package enum Round: Sendable {
    /// These questions are to be asked, all at once, and `learn` told what came of them.
    case ask([FactQuestion])
    case done(CompilerResult)
  }

  /// A run whose questions have no end is compiled for what is known by then.
  package static var roundLimit: Int { 16 }

  private var input: CompilerInput
  private var asked: Set<FactQuestion> = []
  private var failures: [FactQuestion: (reason: String, hint: String?)] = [:]
  private var rounds = 0

  package init(_ input: CompilerInput) { self.input = input }

  package mutating func next() -> Round {
    var result = Compiler.compile(input)
    rounds += 1
    let records = result.facts
    let open = records.filter { $0.isAssumed && !asked.contains($0.question) }.map(\.question)
    if !open.isEmpty, rounds < Self.roundLimit, !result.isInvalid {
      asked.formUnion(open)
      return .ask(open)
    }
    result.fail(
      records.compactMap { record in
        failures[record.question].map {
          .factUnanswered(record, $0.reason, hint: $0.hint)
        }
      })
    return .done(result)
  }

  package mutating func learn(_ questions: [FactQuestion], _ answers: [FactAnswer]) {
    for (question, answer) in zip(questions, answers) {
      switch answer {
      case .known(let value): input.answers[question] = value
      case .unknown: continue
      case .failed(let reason, let hint): failures[question] = (reason, hint)
      }
    }
  }

  /// All rounds, with somebody to ask.
  package static func compile(
    _ input: CompilerInput, asking source: some FactSource
  ) async -> CompilerResult {
    var planning = Planning(input)
    while true {
      switch planning.next() {
      case .done(let result): return result
      case .ask(let questions):
        planning.learn(questions, await source.answers(to: questions))
      }
    }
  }
}
