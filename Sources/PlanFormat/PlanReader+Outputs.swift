import Documents
import Diagnostics

extension PlanReader {
  mutating func output(_ node: NodeID) -> Plan.Output {
    let object = PlanObject(
      tree, node, "an output", ["name", "step", "location", "type", "limit"],
      optional: ["choices", "origin"], &diagnostics)
    var output = Plan.Output(
      name: object.text("name", &diagnostics), step: object.text("step", &diagnostics),
      location: object.text("location", &diagnostics),
      kind: choice(object, "type", Plan.Output.Kind.allCases, or: .string),
      limit: object.number("limit", in: 1...Plan.Output.greatestLimit, &diagnostics),
      origin: origin(object))
    if object.node("choices") != nil { output.choices = object.texts("choices", &diagnostics) }
    return output
  }

  /// A condition: a bool, or an object with one of `output`, `not`, `all` and `any`.
  mutating func condition(_ node: NodeID) -> Plan.Condition {
    if tree.kind(node) == .bool { return .known(tree.string(node) == "true") }
    let object = PlanObject(
      tree, node, "a condition", [],
      optional: ["output", "is", "than", "not", "all", "any"], &diagnostics)
    if let part = object.node("not") { return .not(condition(part)) }
    if object.node("all") != nil { return .all(items(object, "all") { $0.condition($1) }) }
    if object.node("any") != nil { return .any(items(object, "any") { $0.condition($1) }) }
    let name = object.text("output", &diagnostics)
    guard object.node("is") != nil, let than = object.node("than") else {
      return .holds(output: name)
    }
    let comparison = choice(
      object, "is", Plan.Condition.Comparison.allCases, or: Plan.Condition.Comparison.equal)
    let text = tree.string(than)
    switch tree.kind(than) {
    case .string: return .compares(output: name, comparison, .text(text))
    case .bool: return .compares(output: name, comparison, .flag(text == "true"))
    case .int:
      if let number = Int64(text) { return .compares(output: name, comparison, .number(number)) }
    case .null, .float, .list, .map: break
    }
    diagnostics.append(
      .planWrongType(
        "`than`", expected: "a string, an integer, `true` or `false`", at: tree.span(than)))
    return .known(false)
  }
}
