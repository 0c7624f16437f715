import Diagnostics
import Expressions
import SourceText
import Testing
import Values

func locate(_ range: Range<Int>) -> Span { Span(SourceID(index: 0), range) }

/// The value of an expression; an error fails the test.
func value(
  of text: String, _ variables: [String: Value] = [:], functions: HostFunctions = HostFunctions(),
  costLimit: Int = 5_000_000,
  sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws -> Value {
  var diagnostics: [Diagnostic] = []
  let expression = try #require(
    Expression.parse(text, locate: locate, into: &diagnostics),
    "\(diagnostics.map(\.message))", sourceLocation: sourceLocation)
  return try expression.evaluate(
    in: EvaluationContext(
      variables: variables, functions: functions, costLimit: costLimit)
  ).get()
}

/// The error from evaluating an expression.
func failure(
  of text: String, _ variables: [String: Value] = [:], costLimit: Int = 5_000_000
) -> String? {
  do {
    _ = try value(of: text, variables, costLimit: costLimit)
    return nil
  } catch let error as EvaluationError {
    return error.message
  } catch {
    return "\(error)"
  }
}

/// The type of an expression and its diagnostics, as `code at start..<end`.
func check(
  _ text: String, in environment: TypeEnvironment
) -> (type: ValueType, problems: [String], diagnostics: [Diagnostic]) {
  var diagnostics: [Diagnostic] = []
  guard let expression = Expression.parse(text, locate: locate, into: &diagnostics) else {
    return (.error, diagnostics.map { "\($0.code.rawValue): \($0.message)" }, diagnostics)
  }
  let type = expression.check(in: environment, into: &diagnostics)
  return (type, diagnostics.map { "\($0.code.rawValue): \($0.message)" }, diagnostics)
}
