import Diagnostics
import Documents
import Expressions
import Passes
import SourceText
import Text
import Values

/// Types and values of parts of expressions, finished or not.
struct ExpressionTypes {
  let scan: ExpressionScan
  let environment: TypeEnvironment

  private static let nowhere = Span(SourceID(index: 0), 0, 0)

  /// What is known at a part: the names there, with the variables of the macros around it.
  func environment(at part: Int) -> TypeEnvironment {
    var inner = environment
    for local in scan.locals
    where local.scope.contains(part)
      || (local.scope.upperBound == scan.parts.count
        && part >= local.scope.lowerBound)
    {
      let receiver = Self.type(of: scan.string(local.receiver), in: inner)
      inner = inner.declaring(local.name, local.isSecond ? receiver.mapped : receiver.iterated)
    }
    return inner
  }

  func type(of parts: Range<Int>) -> ValueType {
    Self.type(of: scan.string(parts), in: environment(at: parts.lowerBound))
  }

  /// Unknown where the text isn't an expression.
  static func type(of text: String, in environment: TypeEnvironment) -> ValueType {
    var ignored: [Diagnostic] = []
    guard let expression = Expression.parse(text, locate: { _ in nowhere }, into: &ignored) else {
      return .dyn
    }
    let type = expression.check(in: environment, into: &ignored)
    return type == .error ? .dyn : type
  }

  /// The field that a part names, if it is one of a known type.
  func field(_ part: Int) -> ObjectType.Field? {
    guard scan.parts[part].role == .member, let receiver = receiver(of: part) else { return nil }
    let name = scan.parts[part].chain.last ?? scan.string(part)
    return type(of: receiver).knownFields.first { $0.name == name }
  }

  /// What a member belongs to.
  func receiver(of part: Int) -> Range<Int>? {
    if let dot = scan.dot(before: part) { return scan.primaryStart(endingAt: dot)..<dot }
    var bracket = part - 1
    if scan.isSign(bracket, .question) { bracket -= 1 }
    guard scan.isSign(bracket, .openBracket) else { return nil }
    return scan.primaryStart(endingAt: bracket)..<bracket
  }

  /// From the first name to a part: what hovering over it is about.
  func whole(_ part: Int) -> Range<Int> {
    var end = part + 1
    if scan.parts[part].role == .member, scan.isSign(end, .closeBracket) { end += 1 }
    guard scan.parts[part].role == .member, let receiver = receiver(of: part) else {
      return part..<end
    }
    return receiver.lowerBound..<end
  }
}

extension ValueType {
  /// The type of a map's values.
  fileprivate var mapped: ValueType {
    switch self {
    case .list(let item): item
    case .map(_, let value): value
    case .nullable(let wrapped), .optional(let wrapped): wrapped.mapped
    default: .dyn
    }
  }
}

/// Values as editors show them: never a secret.
enum ShownValue {
  static func of(_ text: String, _ binder: Binder) -> Value? {
    var ignored: [Diagnostic] = []
    let nowhere = Span(SourceID(index: 0), 0, 0)
    guard let expression = Expression.parse(text, locate: { _ in nowhere }, into: &ignored) else {
      return nil
    }
    let context = EvaluationContext(
      variables: binder.scope.variables, functions: binder.facts.functions)
    return try? expression.evaluate(in: context).get()
  }

  /// In at most that many characters.
  static func text(_ value: Value, limit: Int) -> String {
    var text: String
    switch value {
    case .secret(let secret): text = secret.document == nil ? "(secret)" : secret.placeholder
    case .string(let string): text = string.isEmpty ? "\"\"" : string
    case .optional(nil), .null: text = "(absent)"
    case .optional(let wrapped?): return self.text(wrapped, limit: limit)
    default:
      var writer = CanonicalJSONWriter(pretty: false)
      writer.value(value, revealingSecrets: false)
      text = String(decoding: writer.bytes, as: UTF8.self)
    }
    text = VisibleText.of(text)
    return text.count > limit ? "\(text.prefix(limit - 1))…" : text
  }
}
