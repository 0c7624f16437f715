package import Values

/// A source of facts: AWS, a simulation, a file.
package protocol FactSource: Sendable {
  /// The answer to each question, in order. May ask in parallel.
  func answers(to questions: [FactQuestion]) async -> [FactAnswer]
}

/// The result of a question.
package enum FactAnswer: Sendable {
  /// The answer, in the form that the question documents.
  case known(Value)
  /// The answer is unknown; the normal case is assumed.
  case unknown
  /// It could not be asked: why, and how to fix it.
  case failed(String, hint: String?)
}

extension Facts: FactSource {
  package func answers(to questions: [FactQuestion]) async -> [FactAnswer] {
    questions.map { answer($0).map(FactAnswer.known) ?? .unknown }
  }
}
