import Text

/// A word or sign of an expression, for editors: valid or not.
package struct ExpressionToken: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case name, quotedName, number, string, keyword
    /// An operator or punctuation.
    case sign
    case invalid
  }

  package let kind: Kind
  /// Byte offsets in the text.
  package let range: Range<Int>

  /// The tokens of a part of a text: of an expression, up to its closing brace or the part's end.
  package static func all(in text: [UInt8], _ part: Range<Int>) -> [ExpressionToken] {
    let part = part.clamped(to: 0..<text.count)
    return text.withUnsafeBufferPointer { bytes in
      var lexer = Lexer(
        bytes: UnsafeBufferPointer(rebasing: bytes[..<part.upperBound]), at: part.lowerBound)
      var tokens: [ExpressionToken] = []
      var depth = 0
      while true {
        let before = lexer.at
        let token = lexer.next()
        if token.kind == .end { return tokens }
        if token.kind == .leftBrace { depth += 1 }
        if token.kind == .rightBrace {
          if depth == 0 { return tokens }
          depth -= 1
        }
        tokens.append(ExpressionToken(kind: token.kind.shown, range: token.start..<token.end))
        if lexer.at <= before { return tokens }
      }
    }
  }
}

extension Token.Kind {
  fileprivate var shown: ExpressionToken.Kind {
    switch self {
    case .identifier: .name
    case .quotedIdentifier: .quotedName
    case .int, .uint, .double: .number
    case .string, .bytes: .string
    case .in, .true, .false, .null: .keyword
    case .invalid, .end: .invalid
    case .leftParenthesis, .rightParenthesis, .leftBracket, .rightBracket, .leftBrace, .rightBrace,
      .dot, .comma, .colon, .question, .plus, .minus, .star, .slash, .percent, .not, .equal,
      .notEqual, .less, .lessEqual, .greater, .greaterEqual, .and, .or:
      .sign
    }
  }
}
