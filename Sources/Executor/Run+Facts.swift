import AWSServices
import Diagnostics
import PlanFormat
import Values

extension Run {
  /// Asks again for the facts that the plan depends on, and refuses to begin if an answer has
  /// changed.
  mutating func checkFacts() async throws(RunStop) {
    // The failed run may have changed the facts that its recovery took over.
    let facts = plan.facts.filter { !$0.isInherited }
    let questions = facts.map(\.question)
    let answers = await services.facts.answers(to: questions)
    if Task.isCancelled { throw .interrupted }
    var changes: [(status: ExitStatus, text: String)] = []
    var isAnyKnown = false
    for (fact, answer) in zip(facts, answers) {
      switch answer {
      case .known(let value) where fact.isAssumed && value.isShape:
        // That it is as the pipeline describes was assumed; only a plan that asks can tell.
        tell(.factChecked(question: fact.question.statement(value), isUnchanged: true))
      case .known(let value):
        let isUnchanged = value.equals(fact.answer)
        tell(
          .factChecked(question: fact.question.statement(value), isUnchanged: isUnchanged))
        guard !isUnchanged else { continue }
        isAnyKnown = true
        changes.append((fact.exitStatus, Self.words(fact, now: value)))
      case .unknown where fact.isAssumed: continue
      case .unknown:
        changes.append((.failure, "it is no longer known whether \(words(fact))"))
      case .failed(let why, let hint):
        let mend = hint.map { " (\($0))" } ?? ""
        changes.append((.failure, "it cannot be checked whether \(words(fact)): \(why)\(mend)"))
      }
    }
    hasCheckedFacts = true
    guard let first = changes.first else { return }
    let texts = changes.map(\.text)
    throw .refused(isAnyKnown ? .factsChanged(texts, first.status) : .factsUnanswered(texts))
  }

  private func words(_ fact: Plan.Fact) -> String { fact.question.statement(fact.answer) }

  private static func words(_ fact: Plan.Fact, now: Value) -> String {
    let then = fact.isAssumed ? "the plan assumes that" : "when it was planned,"
    let change =
      "now \(fact.question.statement(now)); \(then) "
      + fact.question.statement(fact.answer)
    return fact.message.isEmpty ? change : "\(fact.message) (\(change))"
  }
}

extension Value {
  fileprivate var isShape: Bool { if case .map = self { true } else { false } }
}
