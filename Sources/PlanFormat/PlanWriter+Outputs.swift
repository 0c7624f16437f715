import Documents

extension PlanWriter {
  mutating func write(_ output: Plan.Output) {
    writer.beginObject()
    member("name", output.name)
    member("step", output.step)
    member("location", output.location)
    member("type", output.kind.rawValue)
    if !output.choices.isEmpty { strings("choices", output.choices) }
    member("limit", output.limit)
    member(output.origin)
    writer.endObject()
  }

  mutating func write(_ condition: Plan.Condition) {
    if case .known(let value) = condition { return writer.bool(value) }
    writer.beginObject()
    switch condition {
    case .known: break
    case .holds(let name): member("output", name)
    case .compares(let name, let comparison, let literal):
      member("output", name)
      member("is", comparison.rawValue)
      writer.key("than")
      switch literal {
      case .text(let text): writer.string(text)
      case .number(let number): writer.int(number)
      case .flag(let flag): writer.bool(flag)
      }
    case .not(let part):
      writer.key("not")
      write(part)
    case .all(let parts): list("all", parts) { $0.write($1) }
    case .any(let parts): list("any", parts) { $0.write($1) }
    }
    writer.endObject()
  }
}
