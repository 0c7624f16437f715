import Text
package import Diagnostics
package import SourceText
package import Values

/// A text with expressions `${…}` in it; `$${` is a literal `${`.
package struct Template: Sendable {
  enum Piece: Sendable {
    case text(String)
    case expression(Expression)
  }

  let pieces: [Piece]

  /// The expression, if the text consists of one alone.
  package var singleExpression: Expression? {
    if pieces.count == 1, case .expression(let expression)? = pieces.first { return expression }
    return nil
  }

  /// Whether a text has to be parsed as a template: whether it contains `${`, escaped or not.
  package static func hasExpression(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    bytes.count >= 3 && ByteScan.hasExpression(bytes)
  }

  /// The text with each `$${` replaced by `${`, if it has no expression.
  package static func literal(_ text: String) -> String {
    var text = text
    return text.withUTF8 { bytes in
      guard hasExpression(bytes) else { return String(decoding: bytes, as: UTF8.self) }
      var result: [UInt8] = []
      var at = 0
      while at < bytes.count {
        if bytes[at] == .dollar, at + 2 < bytes.count, bytes[at + 1] == .dollar,
          bytes[at + 2] == .openBrace
        {
          at += 1
        }
        result.append(bytes[at])
        at += 1
      }
      return String(decoding: result, as: UTF8.self)
    }
  }

  /// Ranges are byte offsets in `text`.
  package static func parse(
    _ text: String, locate: (Range<Int>) -> Span, into diagnostics: inout [Diagnostic]
  ) -> Template? {
    var text = text
    return text.withUTF8 { parse($0, locate: locate, into: &diagnostics) }
  }

  /// The same for UTF-8 bytes.
  package static func parse(
    _ bytes: UnsafeBufferPointer<UInt8>, locate: (Range<Int>) -> Span,
    into diagnostics: inout [Diagnostic]
  ) -> Template? {
    withoutActuallyEscaping(locate) { locate in parse(bytes, locate, &diagnostics) }
  }

  private static func parse(
    _ bytes: UnsafeBufferPointer<UInt8>, _ locate: @escaping (Range<Int>) -> Span,
    _ diagnostics: inout [Diagnostic]
  ) -> Template? {
    var pieces: [Piece] = []
    var text: [UInt8] = []
    var at = 0
    while at < bytes.count {
      guard bytes[at] == .dollar, at + 1 < bytes.count else {
        let start = at
        repeat { at += 1 } while at < bytes.count && bytes[at] != .dollar
        let run = UnsafeBufferPointer(rebasing: bytes[start..<at])
        // Most texts have no `$` at all.
        if text.isEmpty, at == bytes.count || (at + 1 < bytes.count && bytes[at + 1] == .openBrace)
        {
          pieces.append(.text(String(decoding: run, as: UTF8.self)))
        } else {
          text.append(contentsOf: run)
        }
        continue
      }
      if bytes[at + 1] == .dollar, at + 2 < bytes.count, bytes[at + 2] == .openBrace {
        text += [.dollar, .openBrace]
        at += 3
      } else if bytes[at + 1] == .openBrace {
        if !text.isEmpty { pieces.append(.text(String(decoding: text, as: UTF8.self))) }
        text = []
        var parser = Parser(bytes: bytes, at: at + 2, locate: locate)
        let expression = parser.parse(until: .rightBrace)
        diagnostics.append(contentsOf: parser.diagnostics)
        guard let expression else { return nil }
        pieces.append(.expression(expression))
        at = parser.token.end
      } else {
        text.append(.dollar)
        at += 1
      }
    }
    if !text.isEmpty || pieces.isEmpty {
      pieces.append(.text(String(decoding: text, as: UTF8.self)))
    }
    return Template(pieces: pieces)
  }

  /// The type of its only expression, or a string if there is more.
  package func check(
    in environment: TypeEnvironment, into diagnostics: inout [Diagnostic]
  ) -> ValueType {
    if let expression = singleExpression {
      return expression.check(in: environment, into: &diagnostics)
    }
    for piece in pieces {
      guard case .expression(let expression) = piece else { continue }
      let type = expression.check(in: environment, into: &diagnostics)
      if !type.hasText { diagnostics.append(.noText(type, at: expression.span)) }
    }
    return .string
  }

  /// The value of its only expression, or the text of all its pieces, which is secret if one of
  /// them is.
  package func evaluate(in context: EvaluationContext) -> Result<Value, EvaluationError> {
    if let expression = singleExpression { return expression.evaluate(in: context) }
    var text = ""
    var references: [String] = []
    for piece in pieces {
      switch piece {
      case .text(let literal): text += literal
      case .expression(let expression):
        switch expression.evaluate(in: context) {
        case .failure(let error): return .failure(error)
        case .success(let value):
          guard let piece = value.templateText else {
            return .failure(
              EvaluationError(
                message: "\(value.kindName) can't be inserted into text", span: expression.span,
                hint: "convert it to text with `json(…)` or `.join(…)`"))
          }
          text += piece
          references += value.secretReferences
        }
      }
    }
    let value = Value.string(text)
    return .success(references.isEmpty ? value : value.marked(joinedReferences(references)))
  }
}

extension Value {
  /// The value as text in a template; empty if it is absent.
  fileprivate var templateText: String? {
    switch self {
    case .null, .optional(nil): nil
    case .optional(let wrapped?): wrapped.templateText
    case .secret(let secret): secret.value.templateText
    case .double(let number): Decimal.plain(number)
    default: plainText
    }
  }
}

extension ValueType {
  /// Whether values of the type may be used in text.
  fileprivate var hasText: Bool {
    switch self {
    case .null, .bytes, .list, .map, .object: false
    case .optional(let wrapped), .nullable(let wrapped): wrapped.hasText
    case .union(let members): members.contains(where: \.hasText)
    default: true
    }
  }
}
