import Diagnostics
import SourceText
import Values

/// Calls, and the macros among them.
extension Parser {
  /// Reads a call, starting at the opening parenthesis.
  mutating func parseCall(
    _ name: String, _ nameRange: Range<Int>, receiver: Int?
  ) throws(Failure) -> Int {
    advance()
    let start = receiver.map { range($0).lowerBound } ?? nameRange.lowerBound
    if let node = try parseMacro(name, nameRange, receiver: receiver, start: start) { return node }
    var arguments = try parseArguments()
    let end = previousEnd
    var builtin: Builtin?
    var fullName = -1
    if let receiver {
      builtin = Builtin.members[name]
      if let qualifier = qualifiedName(receiver) {
        let full = "\(qualifier).\(name)"
        if let namespaced = Builtin.globals[full] {
          return try addCall(namespaced, full, -1, arguments, start..<end, hasReceiver: false)
        }
        fullName = addName(full)
      }
      arguments.insert(receiver, at: 0)
    } else {
      builtin = Builtin.globals[name]
    }
    return try addCall(
      builtin, name, fullName, arguments, start..<end, hasReceiver: receiver != nil)
  }

  private mutating func addCall(
    _ builtin: Builtin?, _ name: String, _ fullName: Int, _ arguments: [Int], _ range: Range<Int>,
    hasReceiver: Bool
  ) throws(Failure) -> Int {
    let height = 1 + (arguments.map(height).max() ?? 0)
    let nameIndex = addName(name)
    let first = addExtra([nameIndex, fullName, hasReceiver ? 1 : 0] + arguments) + 3
    if builtin != .size { expression.buildsContainers = true }
    return try add(
      .call, range, a: builtin.map { Int($0.rawValue) } ?? -1, b: first, c: arguments.count,
      height: height)
  }

  /// Reads up to and including the closing parenthesis.
  private mutating func parseArguments() throws(Failure) -> [Int] {
    var arguments: [Int] = []
    while token.kind != .rightParenthesis {
      arguments.append(try parseExpression())
      guard take(.comma) else { break }
    }
    try close()
    return arguments
  }

  private mutating func close() throws(Failure) {
    previousEnd = token.end
    try expect(.rightParenthesis, ")")
  }

  private mutating func parseMacro(
    _ name: String, _ nameRange: Range<Int>, receiver: Int?, start: Int
  ) throws(Failure) -> Int? {
    guard let receiver else {
      guard name == "has" else { return nil }
      return try parseHas(start)
    }
    if isNamespace(receiver, "cel") {
      switch name {
      case "bind": return try parseBind(start)
      case "block": return try parseBlock(start)
      case "index": return try parseIndex(start)
      case "iterVar", "accuVar":
        let variable = try parseIterationVariable(name)
        guard let scope = scopes.last(where: { $0.name == variable }) else {
          throw refuse("no enclosing macro declares `\(variable)`", start..<previousEnd)
        }
        return try add(.local, start..<previousEnd, a: scope.slot)
      default: return nil
      }
    }
    switch name {
    case "all": return try parseComprehension(.all, receiver, 1...2, 1...1)
    case "exists": return try parseComprehension(.exists, receiver, 1...2, 1...1)
    case "exists_one": return try parseComprehension(.existsOne, receiver, 1...2, 1...1)
    case "existsOne": return try parseComprehension(.existsOne, receiver, 1...2, 1...1)
    case "map": return try parseComprehension(.map, receiver, 1...1, 1...2)
    case "filter": return try parseComprehension(.filter, receiver, 1...1, 1...1)
    case "transformList": return try parseComprehension(.transformList, receiver, 2...2, 1...2)
    case "transformMap": return try parseComprehension(.transformMap, receiver, 2...2, 1...2)
    case "transformMapEntry":
      return try parseComprehension(.transformMapEntry, receiver, 2...2, 1...2)
    case "sortBy": return try parseComprehension(.sortBy, receiver, 1...1, 1...1)
    case "optMap": return try parseOptionalMap(receiver, yieldsOptional: false)
    case "optFlatMap": return try parseOptionalMap(receiver, yieldsOptional: true)
    default: return nil
    }
  }

  private func isNamespace(_ node: Int, _ name: String) -> Bool {
    let found = expression.nodes[node]
    return found.kind == .global && expression.name(found.a) == name
  }

  private mutating func parseHas(_ start: Int) throws(Failure) -> Int {
    let operand = try parseExpression()
    try close()
    let found = expression.nodes[operand]
    guard found.kind == .select else {
      throw refuse(
        "`has` needs a field", range(operand), hint: "write `has(a.b)`")
    }
    return try add(
      .has, start..<previousEnd, a: Int(found.a), b: Int(found.b), height: height(operand))
  }

  // MARK: Variables

  /// A name that a macro declares.
  private mutating func parseVariable() throws(Failure) -> String {
    guard token.kind == .identifier else { throw unexpected(wanted: "a variable's name") }
    let name = lexer.text(token.start..<token.end)
    advance()
    if name == "cel", take(.dot) {
      let function = lexer.text(token.start..<token.end)
      guard function == "iterVar" || function == "accuVar" else { throw unexpected() }
      advance()
      guard token.kind == .leftParenthesis else { throw unexpected(wanted: "`(`") }
      advance()
      return try parseIterationVariable(function)
    }
    return name
  }

  /// `cel.iterVar(depth, index)`, starting at the first number.
  private mutating func parseIterationVariable(_ name: String) throws(Failure) -> String {
    var text = "@\(name)"
    while token.kind == .int {
      text += ":\(lexer.magnitude ?? 0)"
      advance()
      guard take(.comma) else { break }
    }
    try close()
    return text
  }

  mutating func newSlot() -> Int {
    expression.slotCount += 1
    return expression.slotCount - 1
  }

  private mutating func parseComprehension(
    _ macro: Expression.Macro, _ receiver: Int, _ variables: ClosedRange<Int>,
    _ bodies: ClosedRange<Int>
  ) throws(Failure) -> Int {
    var names = [try parseVariable()]
    try expect(.comma, ",")
    // With one or two variables: a second name followed by a comma is a variable.
    if variables.upperBound == 2, variables.lowerBound == 2 || startsSecondVariable() {
      names.append(try parseVariable())
      try expect(.comma, ",")
    }
    let slot = expression.slotCount
    for name in names { scopes.append((name, newSlot())) }
    var parsed = [try parseExpression()]
    if bodies.upperBound > 1, take(.comma) { parsed.append(try parseExpression()) }
    scopes.removeLast(names.count)
    try close()
    let filter = parsed.count == 2 ? parsed[0] : -1
    let body = parsed[parsed.count - 1]
    expression.buildsContainers = true
    let height = max(above(receiver, body), filter < 0 ? 0 : above(filter))
    let first = addExtra([slot, names.count, filter, body])
    return try add(
      .comprehension, range(receiver).lowerBound..<previousEnd, flag: macro.rawValue, a: receiver,
      b: first, height: height)
  }

  /// Whether a name and then a comma come next.
  private func startsSecondVariable() -> Bool {
    guard token.kind == .identifier else { return false }
    var ahead = lexer
    return ahead.next().kind == .comma
  }

  private mutating func parseBind(_ start: Int) throws(Failure) -> Int {
    let name = try parseVariable()
    try expect(.comma, ",")
    let value = try parseExpression()
    try expect(.comma, ",")
    let slot = newSlot()
    scopes.append((name, slot))
    let body = try parseExpression()
    scopes.removeLast()
    try close()
    return try add(
      .bind, start..<previousEnd, a: slot, b: value, c: body, height: above(value, body))
  }

  private mutating func parseOptionalMap(
    _ receiver: Int, yieldsOptional: Bool
  ) throws(Failure) -> Int {
    let name = try parseVariable()
    try expect(.comma, ",")
    let slot = newSlot()
    scopes.append((name, slot))
    let body = try parseExpression()
    scopes.removeLast()
    try close()
    return try add(
      .optionalMap, range(receiver).lowerBound..<previousEnd, flag: yieldsOptional ? 1 : 0,
      a: receiver, b: body, c: slot, height: above(receiver, body))
  }

  /// `cel.block([values], body)`; each value may use those before it as `cel.index(n)`.
  private mutating func parseBlock(_ start: Int) throws(Failure) -> Int {
    try expect(.leftBracket, "[")
    var values: [Int] = []
    var slots: [Int] = []
    blockSlots.append([])
    defer { blockSlots.removeLast() }
    while token.kind != .rightBracket {
      values.append(try parseExpression())
      let slot = newSlot()
      slots.append(slot)
      blockSlots[blockSlots.count - 1].append(slot)
      guard take(.comma) else { break }
    }
    try expect(.rightBracket, "]")
    try expect(.comma, ",")
    let body = try parseExpression()
    try close()
    let height = 1 + ((values + [body]).map(height).max() ?? 0)
    let first = addExtra(zip(values, slots).flatMap { [$0, $1] } + [body])
    return try add(.block, start..<previousEnd, b: first, c: values.count, height: height)
  }

  private mutating func parseIndex(_ start: Int) throws(Failure) -> Int {
    let magnitude = token.kind == .int ? lexer.magnitude : nil
    guard let index = magnitude.flatMap({ Int(exactly: $0) }), let slots = blockSlots.last,
      index < slots.count
    else { throw unexpected(wanted: "the index of an earlier value in `cel.block`") }
    advance()
    try close()
    return try add(.local, start..<previousEnd, a: slots[index])
  }
}
