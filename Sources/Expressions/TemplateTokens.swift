import SourceText
import Text
import Values

/// A token of an expression, for those who lay one out.
package struct TemplateToken: Sendable, Hashable {
  package enum Role: Sendable, Hashable {
    /// A name, a number, a string or another literal.
    case operand
    /// `(`, `[` or `{`; `isCall`: directly after what it is applied to, as in `f(x)` and `a[0]`.
    case opening(isCall: Bool)
    case close
    case dot, comma
    /// `?` of `a.?b`, `a[?0]` and `[?a]`.
    case optional
    /// `!` or `-` before its operand.
    case prefix
    /// An operator between two operands, by how tightly it binds: 1 for `||` up to 5 for `*`.
    case binary(Int)
    /// `?` and `:` of a choice.
    case choice
    /// `:` between a key and its value.
    case colon
  }

  package var role: Role
  /// Its bytes in the text.
  package var range: Range<Int>
}

/// An expression `${…}` in a text.
package struct TemplateExpression: Sendable {
  /// Its bytes, from the `$` to the closing brace.
  package var range: Range<Int>
  package var tokens: [TemplateToken]
}

extension Template {
  /// The expressions of a text; nil if the text isn't a valid template, or has a comment in one.
  package static func expressions(in text: [UInt8]) -> [TemplateExpression]? {
    text.withUnsafeBufferPointer { bytes in
      var found: [TemplateExpression] = []
      var at = 0
      while at + 1 < bytes.count {
        guard bytes[at] == .dollar else {
          at += 1
          continue
        }
        if bytes[at + 1] == .dollar, at + 2 < bytes.count, bytes[at + 2] == .openBrace {
          at += 3
        } else if bytes[at + 1] == .openBrace {
          guard let expression = TokenReader.read(bytes, at: at) else { return nil }
          found.append(expression)
          at = expression.range.upperBound
        } else {
          at += 1
        }
      }
      return found
    }
  }

  /// Whether two templates have the same text and the same expressions, wherever they are.
  package func isSame(as other: Template) -> Bool {
    guard pieces.count == other.pieces.count else { return false }
    return zip(pieces, other.pieces).allSatisfy { one, two in
      switch (one, two) {
      case (.text(let one), .text(let two)): one == two
      case (.expression(let one), .expression(let two)): one.isSame(as: two)
      case (.text, _), (.expression, _): false
      }
    }
  }
}

extension Expression {
  /// Whether two expressions are the same, wherever they are.
  package func isSame(as other: Expression) -> Bool {
    guard nodes.count == other.nodes.count, root == other.root, slotCount == other.slotCount,
      extra == other.extra, names == other.names, literals.count == other.literals.count
    else { return false }
    let hasSameNodes = zip(nodes, other.nodes).allSatisfy { one, two in
      one.kind == two.kind && one.flag == two.flag && one.a == two.a && one.b == two.b
        && one.c == two.c
    }
    return hasSameNodes
      && zip(literals, other.literals).allSatisfy { one, two in
        one.kindName == two.kindName && String(describing: one) == String(describing: two)
      }
  }
}

/// Reads the tokens of one expression, and what each is there for.
private struct TokenReader {
  var lexer: Lexer
  var tokens: [TemplateToken] = []
  /// The open brackets, and for each how many choices are without their `:`.
  var open: [(kind: Token.Kind, choices: Int)] = []

  static func read(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> TemplateExpression? {
    var parser = Parser(bytes: bytes, at: start + 2) { Span(SourceID(index: 0), $0) }
    guard parser.parse(until: .rightBrace) != nil else { return nil }
    let end = parser.token.end
    var reader = TokenReader(lexer: Lexer(bytes: bytes, at: start + 2))
    var before = start + 2
    while true {
      let token = reader.lexer.next()
      let blank = bytes[before..<token.start]
      // A comment would be lost.
      guard token.kind != .invalid, token.kind != .end, !blank.contains(.slash) else { return nil }
      if token.end == end { break }
      reader.add(token)
      before = token.end
    }
    return TemplateExpression(range: start..<end, tokens: reader.tokens)
  }

  private mutating func add(_ token: Token) {
    let role = role(of: token.kind)
    switch role {
    case .opening: open.append((token.kind, 0))
    case .close: open.removeLast(open.isEmpty ? 0 : 1)
    default: break
    }
    tokens.append(TemplateToken(role: role, range: token.start..<token.end))
  }

  /// Whether an operand ends before the next token.
  private var isAfterOperand: Bool {
    switch tokens.last?.role {
    case .operand, .close: true
    default: false
    }
  }

  private mutating func role(of kind: Token.Kind) -> TemplateToken.Role {
    switch kind {
    case .leftParenthesis, .leftBracket, .leftBrace: return .opening(isCall: isAfterOperand)
    case .rightParenthesis, .rightBracket, .rightBrace: return .close
    case .dot: return .dot
    case .comma: return .comma
    case .not: return .prefix
    case .minus: return isAfterOperand ? .binary(4) : .prefix
    case .plus: return .binary(4)
    case .star, .slash, .percent: return .binary(5)
    case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual, .in: return .binary(3)
    case .and: return .binary(2)
    case .or: return .binary(1)
    case .question:
      guard isAfterOperand else { return .optional }
      if let last = open.indices.last { open[last].choices += 1 }
      return .choice
    case .colon:
      guard let last = open.indices.last, open[last].kind == .leftBrace, open[last].choices == 0
      else {
        if let last = open.indices.last { open[last].choices -= 1 }
        return .choice
      }
      return .colon
    default: return .operand
    }
  }
}
