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

/// Functions that the host gives beside the builtin ones.
package struct HostFunctions: Sendable {
  package typealias Body = @Sendable ([Value]) -> Result<Value, EvaluationError>

  struct Overload: Sendable {
    var parameters: [ValueType]
    var result: ValueType
    var body: Body
  }

  private(set) var overloads: [String: [Overload]] = [:]
  /// Regular expressions of what was evaluated with these functions.
  let patterns = PatternCache()

  package init() {}

  /// `name` may be in a namespace: `s3.isEmpty`. Of several of a name the first that fits counts.
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

/// Compiled regular expressions by their text. Only looked up, never iterated.
final class PatternCache: Sendable {
  private let known = Mutex<[String: RegularExpression]>([:])

  subscript(pattern: String) -> RegularExpression? {
    get { known.withLock { $0[pattern] } }
    set { known.withLock { $0[pattern] = newValue } }
  }
}

/// What an expression is evaluated in.
package struct EvaluationContext: Sendable {
  /// The offset from UTC in seconds, at a moment, of a time zone with an IANA name.
  package typealias TimeZoneOffset = @Sendable (String, Value.Timestamp) -> Int64?

  package var variables: [String: Value]
  package var functions: HostFunctions
  /// Whether an entry with the value null is like one that is not there, for fields and `has`.
  package var nullIsAbsent: Bool
  /// How many steps the evaluation may take.
  package var costLimit: Int
  /// The namespace in which names are looked up first.
  package var container: String
  /// Whether variables' names may have dots in them.
  package var hasQualifiedNames: Bool
  package var timeZoneOffset: TimeZoneOffset?

  package init(
    variables: [String: Value], functions: HostFunctions = HostFunctions(),
    nullIsAbsent: Bool = false, costLimit: Int = 5_000_000, container: String = "",
    hasQualifiedNames: Bool = false, timeZoneOffset: TimeZoneOffset? = nil
  ) {
    self.variables = variables
    self.functions = functions
    self.nullIsAbsent = nullIsAbsent
    self.costLimit = costLimit
    self.container = container
    self.hasQualifiedNames = hasQualifiedNames || !container.isEmpty
    self.timeZoneOffset = timeZoneOffset
  }
}

/// `a.b.c`, `a.b` and nothing: the prefixes that a name may have in a container, longest first.
func containerPrefixes(_ container: String) -> [String] {
  var prefixes: [String] = []
  var parts = container.split(separator: ".")
  while !parts.isEmpty {
    prefixes.append(parts.joined(separator: ".") + ".")
    parts.removeLast()
  }
  return prefixes + [""]
}
