import Diagnostics
import PlanFormat
import PipelineIR
import Values

/// The questions whose answers could not be had, and that were assumed instead.
struct MissingAnswers: CheckSubject {
  let facts: [FactRecord]
  let failures: [FactQuestion: (reason: String, hint: String?)]
  private(set) var diagnostics: [Diagnostic] = []

  init(facts: [FactRecord], failures: [FactQuestion: (reason: String, hint: String?)]) {
    self.facts = facts
    self.failures = failures
  }

  mutating func check() {
    for record in facts where record.isAssumed {
      guard let failure = failures[record.question] else { continue }
      diagnostics.append(.factUnanswered(record, failure.reason, hint: failure.hint))
    }
  }
}
