import RegularExpressions
package import SourceText
import Synchronization
package import Values

/// Why an expression has no value.
package struct EvaluationError: Error, Hashable, Sendable {
  package var message: String
  package var span: Span?
  package var hint: String?

  package init(message: String, span: Span? = nil, hint: String? = nil) {
    self.message = message
    self.span = span
    self.hint = hint
  }

  init(_ message: String, hint: String? = nil) {
    self.message = message
    self.hint = hint
  }
}

/// Functions that the host adds to the builtin ones.
package struct HostFunctions: Sendable {
  package typealias Body = @Sendable ([Value]) -> Result<Value, EvaluationError>

  struct Overload: Sendable {
    var parameters: [ValueType]
    var result: ValueType
    var body: Body
  }

  private(set) var overloads: [String: [Overload]] = [:]
  /// Regular expressions compiled while evaluating with these functions.
  let patterns = PatternCache()
  let timeZones: TimeZones
  /// Set while what stands in for the values of a run is compiled.
  let standIns: StandInWatch?

  package init(timeZones: TimeZones = .none, standIns: StandInWatch? = nil) {
    self.timeZones = timeZones
    self.standIns = standIns
  }

  /// `name` may be in a namespace: `s3.isEmpty`. Of several with one name, the first that fits is
  /// called.
  package mutating func add(
    _ name: String, parameters: [ValueType], result: ValueType, body: @escaping Body
  ) {
    overloads[name, default: []].append(
      Overload(parameters: parameters, result: result, body: body))
  }

  mutating func merge(_ other: HostFunctions) {
    overloads.merge(other.overloads) { $1 + $0 }
  }
}

/// Compiled regular expressions by their text; only looked up, never iterated.
final class PatternCache: Sendable {
  private let known = Mutex<[String: RegularExpression]>([:])

  subscript(pattern: String) -> RegularExpression? {
    get { known.withLock { $0[pattern] } }
    set { known.withLock { $0[pattern] = newValue } }
  }
}

/// What an expression is evaluated in. For fields and `has`, an entry with the value null counts as
/// absent.
package struct EvaluationContext: Sendable {
  package var variables: [String: Value]
  package var functions: HostFunctions
  /// How many steps an evaluation may take.
  package var costLimit: Int
  /// Whether marks of secrets are only used to follow values: bools keep them too, and what must not
  /// be shown otherwise may be used. For the places to blame, never for what is shown or sent.
  package var traces = false
  /// Where outcomes of conditions are noted; nil: nowhere.
  package var coverage: CoverageRecord?

  package init(
    variables: [String: Value], functions: HostFunctions = HostFunctions(),
    costLimit: Int = 5_000_000
  ) {
    self.variables = variables
    self.functions = functions
    self.costLimit = costLimit
  }
}
