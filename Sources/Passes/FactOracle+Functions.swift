import RegularExpressions
package import Expressions
import PlanFormat
import Values

extension FactOracle {
  /// The functions by which expressions ask for facts.
  package var functions: HostFunctions { madeOnce { makeFunctions() } }

  private func makeFunctions() -> HostFunctions {
    var functions = HostFunctions(timeZones: timeZones, standIns: standIns)
    functions.add("s3.isEmpty", parameters: [.string], result: .bool) {
      [weak self] arguments in
      guard let self, case .string(let location)? = arguments.first?.revealed else {
        return .failure(Self.wrongArguments)
      }
      return answered(.isEmpty(location: location), at: location) {
        .bool(self.isEmpty(location, pattern: nil))
      }
    }
    functions.add("s3.isEmpty", parameters: [.string, .string], result: .bool) {
      [weak self] arguments in
      guard let self else { return .failure(Self.wrongArguments) }
      return Self.withPattern(arguments) { location, pattern in
        self.answered(.hasMatch(location: location, pattern: pattern), at: location) {
          .bool(self.isEmpty(location, pattern: pattern))
        }
      }
    }
    functions.add("s3.last", parameters: [.string, .string], result: .optional(.string)) {
      [weak self] arguments in
      guard let self else { return .failure(Self.wrongArguments) }
      return Self.withPattern(arguments) { location, pattern in
        self.answered(.last(location: location, pattern: pattern), at: location) {
          .optional(self.last(location, pattern: pattern).map { .string($0) })
        }
      }
    }
    functions.add("s3.lastFolder", parameters: [.string, .string], result: .optional(.string)) {
      [weak self] arguments in
      guard let self else { return .failure(Self.wrongArguments) }
      return Self.withPattern(arguments) { location, pattern in
        self.answered(.lastFolder(location: location, pattern: pattern), at: location) {
          .optional(self.lastFolder(location, pattern: pattern).map { .string($0) })
        }
      }
    }
    functions.add("s3.count", parameters: [.string, .string], result: .int) {
      [weak self] arguments in
      guard let self else { return .failure(Self.wrongArguments) }
      return Self.withPattern(arguments) { location, pattern in
        self.answered(.count(location: location, pattern: pattern), at: location) {
          .int(self.count(location, pattern: pattern))
        }
      }
    }
    return functions
  }

  private func answered(
    _ question: FactQuestion, at location: String, _ value: () -> Value
  ) -> Result<Value, EvaluationError> {
    guard answers(question) else {
      return .failure(
        EvaluationError(
          message: "S3 wasn't asked about `\(location)`", span: nil, hint: nil))
    }
    return .success(value())
  }

  private static let wrongArguments = EvaluationError(
    message: "a fact is asked of a location, a string", span: nil, hint: nil)

  private static func withPattern(
    _ arguments: [Value], _ answer: (String, String) -> Result<Value, EvaluationError>
  ) -> Result<Value, EvaluationError> {
    guard arguments.count == 2, case .string(let location) = arguments[0].revealed,
      case .string(let pattern) = arguments[1].revealed
    else { return .failure(wrongArguments) }
    switch RegularExpression.compile(pattern, syntax: .re2) {
    case .success: return answer(location, pattern)
    case .failure(let error):
      return .failure(
        EvaluationError(
          message: "the pattern `\(pattern)` cannot be used: \(error)", span: nil, hint: nil))
    }
  }
}
