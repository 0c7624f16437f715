import Text
import Diagnostics
import SourceText
import Values

/// Primaries and what follows them: fields, indices and calls.
extension Parser {
  mutating func parsePostfix() throws(Failure) -> Int {
    let primary = try parsePrimary()
    return try parsePostfix(of: primary)
  }

  mutating func parsePostfix(of primary: Int) throws(Failure) -> Int {
    var operand = primary
    while true {
      switch token.kind {
      case .dot:
        advance()
        operand = try parseMember(operand)
      case .leftBracket:
        advance()
        let isOptional = take(.question)
        let index = try parseExpression()
        let end = token.end
        try expect(.rightBracket, "]")
        operand = try add(
          .index, range(operand).lowerBound..<end, flag: isOptional ? 1 : 0, a: operand, b: index,
          height: above(operand, index))
      case .leftBrace:
        // `name {` could only build a message; templates end at a closing brace, never open one.
        throw refuse(
          "messages cannot be built here", token.start..<token.end,
          hint: "write a map as `{\"key\": value}`")
      default: return operand
      }
    }
  }

  private mutating func parseMember(_ operand: Int) throws(Failure) -> Int {
    let isOptional = take(.question)
    guard token.kind == .identifier || token.kind == .quotedIdentifier else {
      throw unexpected(wanted: "a field's name")
    }
    let isQuoted = token.kind == .quotedIdentifier
    let name = lexer.text(isQuoted ? token.start + 1..<token.end - 1 : token.start..<token.end)
    let nameRange = token.start..<token.end
    advance()
    if token.kind == .leftParenthesis, !isOptional, !isQuoted {
      return try parseCall(name, nameRange, receiver: operand)
    }
    if !isOptional, !isQuoted, let full = qualifiedName(operand).map({ "\($0).\(name)" }),
      Builtin.typeName(full) != nil
    {
      return try addLiteral(.type(full), range(operand).lowerBound..<nameRange.upperBound)
    }
    let index = addName(name)
    return try add(
      .select, range(operand).lowerBound..<nameRange.upperBound, flag: isOptional ? 1 : 0,
      a: operand, b: index, height: above(operand))
  }

  /// `a.b.c` if it is a chain of names whose first isn't a macro's variable.
  func qualifiedName(_ node: Int) -> String? {
    let found = expression.nodes[node]
    switch found.kind {
    case .global: return expression.name(found.a)
    case .select where found.flag == 0:
      return qualifiedName(Int(found.a)).map { "\($0).\(expression.name(found.b))" }
    default: return nil
    }
  }

  mutating func parsePrimary() throws(Failure) -> Int {
    let start = token.start
    let range = token.start..<token.end
    switch token.kind {
    case .int, .uint, .double: return try parseNumber(from: nil)
    case .string:
      let text =
        if let plain = lexer.plainContent {
          lexer.text(plain)
        } else {
          String(validating: lexer.content, as: UTF8.self)
        }
      // An escape can make invalid UTF-8.
      guard let text else { throw refuse("a string is not UTF-8", range) }
      advance()
      return try addLiteral(.string(text), range)
    case .bytes:
      let content = lexer.plainContent.map { Array(lexer.bytes[$0]) } ?? lexer.content
      advance()
      return try addLiteral(.bytes(content), range)
    case .true, .false:
      let flag = token.kind == .true
      advance()
      return try addLiteral(.bool(flag), range)
    case .null:
      advance()
      return try addLiteral(.null, range)
    case .leftParenthesis:
      advance()
      let inner = try parseExpression()
      try expect(.rightParenthesis, ")")
      return inner
    case .leftBracket: return try parseList(start)
    case .leftBrace: return try parseMap(start)
    case .dot:
      advance()
      return try parseName(start, isAbsolute: true)
    case .identifier: return try parseName(start, isAbsolute: false)
    default: throw unexpected(wanted: "a value")
    }
  }

  private mutating func parseName(_ start: Int, isAbsolute: Bool) throws(Failure) -> Int {
    guard token.kind == .identifier else { throw unexpected(wanted: "a name") }
    let nameRange = token.start..<token.end
    let name = lexer.text(nameRange)
    guard !Self.isReserved(UnsafeBufferPointer(rebasing: lexer.bytes[nameRange])) else {
      throw refuse("`\(name)` is a reserved word", nameRange)
    }
    advance()
    if token.kind == .leftParenthesis {
      return try parseCall(name, start..<nameRange.upperBound, receiver: nil)
    }
    if !isAbsolute, let scope = scopes.last(where: { $0.name == name }) {
      return try add(.local, nameRange, a: scope.slot)
    }
    let index = addName(name)
    return try add(.global, start..<nameRange.upperBound, flag: isAbsolute ? 1 : 0, a: index)
  }

  private static let reserved: [StaticString] = [
    "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop",
    "package", "namespace", "return", "var", "void", "while",
  ]

  private static func isReserved(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    reserved.contains { name.isSame(as: $0) }
  }

  private mutating func parseList(_ start: Int) throws(Failure) -> Int {
    advance()
    var items: [Int] = []
    var height = 0
    while token.kind != .rightBracket {
      let isOptional = take(.question)
      let item = try parseExpression()
      height = max(height, self.height(item) + 1)
      items.append(item * 2 + (isOptional ? 1 : 0))
      guard take(.comma) else { break }
    }
    let end = token.end
    try expect(.rightBracket, "]")
    expression.buildsContainers = true
    let first = addExtra(items)
    return try add(.list, start..<end, b: first, c: items.count, height: height)
  }

  private mutating func parseMap(_ start: Int) throws(Failure) -> Int {
    advance()
    var items: [Int] = []
    var height = 0
    while token.kind != .rightBrace {
      let isOptional = take(.question)
      let key = try parseExpression()
      try expect(.colon, ":")
      let value = try parseExpression()
      height = max(height, above(key, value))
      items.append(key * 2 + (isOptional ? 1 : 0))
      items.append(value * 2)
      guard take(.comma) else { break }
    }
    let end = token.end
    try expect(.rightBrace, "}")
    expression.buildsContainers = true
    let first = addExtra(items)
    return try add(.map, start..<end, b: first, c: items.count, height: height)
  }
}
