package import Values

/// Whoever can tell what the world is like: AWS, a simulation, a file.
package protocol FactSource: Sendable {
  /// The answer to each question, in their order. Questions are asked in parallel where that helps.
  func answers(to questions: [FactQuestion]) async -> [FactAnswer]
}

/// What came of a question.
package enum FactAnswer: Sendable {
  /// As the question's documentation says.
  case known(Value)
  /// Nobody can tell; the normal case is assumed.
  case unknown
  /// It could not be asked; why, in words, and what mends it.
  case failed(String, hint: String?)
}

extension Facts: FactSource {
  package func answers(to questions: [FactQuestion]) async -> [FactAnswer] {
    questions.map { answer($0).map(FactAnswer.known) ?? .unknown }
  }
}
