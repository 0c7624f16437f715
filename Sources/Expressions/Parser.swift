import Diagnostics
import SourceText
import Values

/// Reads expressions by recursive descent, with a depth limit.
struct Parser {
  static var depthLimit: Int { 250 }

  var lexer: Lexer
  var token: Token
  var expression = Expression.Draft()
  var diagnostics: [Diagnostic] = []
  /// Names that macros have declared, innermost last, with their slots.
  var scopes: [(name: String, slot: Int)] = []
  /// The slots of the values of each enclosing `cel.block`.
  var blockSlots: [[Int]] = []
  /// Where the last closing parenthesis ended.
  var previousEnd = 0
  private var depth = 0
  private let locate: (Range<Int>) -> Span

  init(
    bytes: UnsafeBufferPointer<UInt8>, at: Int, locate: @escaping (Range<Int>) -> Span
  ) {
    lexer = Lexer(bytes: bytes, at: at)
    self.locate = locate
    expression.nodes.reserveCapacity(4)
    token = Token(kind: .end, start: at, end: at)
    token = lexer.next()
  }

  struct Failure: Error {}

  /// Parses an expression; `lexer` has then read the token after it.
  mutating func parse(until end: Token.Kind) -> Expression? {
    do {
      let root = try parseExpression()
      guard token.kind == end else { throw unexpected() }
      expression.root = root
      for node in expression.nodes.indices { expression.nodes[node].span = locate(range(node)) }
      return Expression(expression)
    } catch {
      return nil
    }
  }

  // MARK: Problems

  mutating func refuse(_ message: String, _ range: Range<Int>, hint: Hint? = nil) -> Failure {
    diagnostics.append(.expressionSyntax(message, at: locate(range), hint: hint))
    return Failure()
  }

  mutating func unexpected(wanted: String? = nil) -> Failure {
    let range = token.start..<token.end
    let behind = wanted.map { "; expected \($0)" } ?? ""
    switch token.kind {
    case .invalid: return refuse(lexer.problem, range)
    case .end:
      return refuse("the expression ends too early" + behind, range, hint: "close it with `}`")
    default:
      let word = lexer.text(range)
      let symbol = ["and": "&&", "or": "||", "not": "!"][word.lowercased()]
      return refuse(
        "unexpected `\(word)`" + behind, range, hint: symbol.map { .write($0, insteadOf: word) })
    }
  }

  // MARK: Tokens

  mutating func advance() { token = lexer.next() }

  mutating func take(_ kind: Token.Kind) -> Bool {
    guard token.kind == kind else { return false }
    advance()
    return true
  }

  mutating func expect(_ kind: Token.Kind, _ name: String) throws(Failure) {
    guard token.kind == kind else { throw unexpected(wanted: "`\(name)`") }
    advance()
  }

  // MARK: Nodes

  mutating func add(
    _ kind: Expression.Kind, _ range: Range<Int>, flag: UInt8 = 0, a: Int = -1, b: Int = -1,
    c: Int = -1, height: Int = 0
  ) throws(Failure) -> Int {
    guard height <= Self.depthLimit else {
      throw refuse("the expression is nested too deeply", range)
    }
    expression.nodes.append(
      Expression.Node(
        kind: kind, flag: flag, height: UInt16(height), a: Int32(a), b: Int32(b), c: Int32(c),
        span: Span(SourceID(index: 0), range)))
    return expression.nodes.count - 1
  }

  /// Where a node is in the text; until all nodes exist, its span is relative to the text.
  func range(_ node: Int) -> Range<Int> {
    let span = expression.nodes[node].span
    return Int(span.start)..<Int(span.end)
  }
  func height(_ node: Int) -> Int { Int(expression.nodes[node].height) }
  func above(_ node: Int) -> Int { 1 + height(node) }
  func above(_ node: Int, _ other: Int) -> Int { 1 + max(height(node), height(other)) }

  mutating func addName(_ name: String) -> Int {
    expression.names.append(name)
    return expression.names.count - 1
  }

  mutating func addLiteral(_ value: Value, _ range: Range<Int>) throws(Failure) -> Int {
    expression.literals.append(value)
    return try add(.literal, range, a: expression.literals.count - 1)
  }

  mutating func addExtra(_ values: [Int]) -> Int {
    let start = expression.extra.count
    for value in values { expression.extra.append(Int32(value)) }
    return start
  }

  // MARK: Expressions

  mutating func parseExpression() throws(Failure) -> Int {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.depthLimit else {
      throw refuse("the expression is nested too deeply", token.start..<token.end)
    }
    let condition = try parseOperators(0)
    guard token.kind == .question else { return condition }
    advance()
    let first = try parseOperators(0)
    try expect(.colon, ":")
    let second = try parseExpression()
    return try add(
      .conditional, range(condition).lowerBound..<range(second).upperBound, a: condition, b: first,
      c: second, height: max(above(condition), above(first, second)))
  }

  /// How tightly a token binds its operands, and what it does; nil if it isn't an operator.
  private func binary() -> (level: Int, builtin: Builtin?)? {
    switch token.kind {
    case .or: (1, nil)
    case .and: (2, nil)
    case .equal: (3, .equal)
    case .notEqual: (3, .notEqual)
    case .less: (3, .less)
    case .lessEqual: (3, .lessEqual)
    case .greater: (3, .greater)
    case .greaterEqual: (3, .greaterEqual)
    case .in: (3, .in)
    case .plus: (4, .add)
    case .minus: (4, .subtract)
    case .star: (5, .multiply)
    case .slash: (5, .divide)
    case .percent: (5, .remainder)
    default: nil
    }
  }

  private mutating func parseOperators(_ minimum: Int) throws(Failure) -> Int {
    var left = try parseUnary()
    while let (level, builtin) = binary(), level > minimum {
      if let builtin {
        advance()
        let right = try parseOperators(level)
        left = try add(
          .operator, range(left).lowerBound..<range(right).upperBound, a: Int(builtin.rawValue),
          b: left, c: right, height: above(left, right))
      } else {
        left = try parseChain(left, level)
      }
    }
    return left
  }

  /// `a && b && c …` and `a || b || c …` are one node each.
  private mutating func parseChain(_ first: Int, _ level: Int) throws(Failure) -> Int {
    let kind = token.kind
    var operands = [first]
    while take(kind) { operands.append(try parseOperators(level)) }
    let height = 1 + (operands.map(height).max() ?? 0)
    let last = operands.last ?? first
    let range = range(first).lowerBound..<range(last).upperBound
    let start = addExtra(operands)
    return try add(kind == .and ? .and : .or, range, b: start, c: operands.count, height: height)
  }

  private mutating func parseUnary() throws(Failure) -> Int {
    guard token.kind == .not || token.kind == .minus else { return try parsePostfix() }
    let kind = token.kind
    var operators: [Int] = []
    while token.kind == kind {
      operators.append(token.start)
      advance()
    }
    var operand: Int
    if kind == .minus, token.kind == .int || token.kind == .double, let minus = operators.popLast()
    {
      let number = try parseNumber(from: minus)
      operand = try parsePostfix(of: number)
    } else {
      operand = try parsePostfix()
    }
    for start in operators.reversed() {
      let builtin: Builtin = kind == .not ? .not : .negate
      operand = try add(
        .operator, start..<range(operand).upperBound, a: Int(builtin.rawValue), b: operand,
        height: above(operand))
    }
    return operand
  }

  /// A number, with the minus sign at `minus`.
  mutating func parseNumber(from minus: Int?) throws(Failure) -> Int {
    let range = (minus ?? token.start)..<token.end
    let value: Value
    switch token.kind {
    case .double: value = .double(minus == nil ? lexer.number : -lexer.number)
    case .uint:
      guard let magnitude = lexer.magnitude else {
        throw refuse("the number doesn't fit in 64 bits", range)
      }
      value = .uint(magnitude)
    default:
      guard let magnitude = lexer.magnitude else {
        throw refuse("the number doesn't fit in 64 bits", range)
      }
      if minus != nil, magnitude == Int64.min.magnitude {
        value = .int(.min)
      } else if let number = Int64(exactly: magnitude) {
        value = .int(minus == nil ? number : -number)
      } else {
        throw refuse("the number doesn't fit in 64 bits", range)
      }
    }
    advance()
    return try addLiteral(value, range)
  }
}
