import PlanDiff
import Values

/// Edits plans at random, so that they stay plans.
struct RandomEdits {
  private var chance: Chance
  private var plan: Value

  static func edited(_ plan: Value, seed: Int, count: Int) -> Value {
    var edits = RandomEdits(chance: Chance(seed), plan: plan)
    for _ in 0..<count { edits.editOne() }
    return edits.plan
  }

  private mutating func editOne() {
    switch chance.below(10) {
    case 0:
      editSteps { steps, chance in
        steps.swapAt(chance.below(steps.count), chance.below(steps.count))
      }
    case 1:
      editSteps { steps, chance in
        if steps.count > 1 { steps.remove(at: chance.below(steps.count)) }
      }
    case 2:
      editSteps { steps, chance in
        var step = steps[chance.below(steps.count)]
        if chance.below(2) == 0 { step = step.named("new \(chance.below(1000))") }
        steps.insert(step, at: chance.below(steps.count + 1))
      }
    case 3:
      editSteps { steps, chance in
        let at = chance.below(steps.count)
        steps[at] = steps[at].named("renamed \(chance.below(1000))")
      }
    case 4...6:
      editSteps { steps, chance in
        let at = chance.below(steps.count)
        steps[at].request = steps[at].request.scrambled(&chance, under: ["HadoopJarStep"])
      }
    case 7: plan = plan.scrambled(&chance, under: ["settings"])
    default:
      plan = plan.changing("requests") { requests in
        guard case .list(var items) = requests, let first = items.first else { return requests }
        items[0] = first.changing("body") { body in
          body.scrambled(&chance, besides: ["Steps", "Name"])
        }
        return .list(items)
      }
    }
  }

  private struct Step {
    var plan: Value
    var request: Value

    func named(_ name: String) -> Step {
      let new: (Value) -> Value = { _ in .string(name) }
      return Step(plan: plan.changing("name", new), request: request.changing("Name", new))
    }
  }

  /// Edits the steps, which are those of all requests. Each request keeps as many as it had, and the
  /// last one takes the rest.
  private mutating func editSteps(_ edit: (inout [Step], inout Chance) -> Void) {
    guard case .map(let map) = plan, case .list(let plans)? = map["steps"],
      case .list(let requests)? = map["requests"], !plans.isEmpty
    else { return }
    let counts = requests.map { Self.steps(of: $0).count }
    var steps = zip(plans, requests.flatMap(Self.steps)).map { Step(plan: $0, request: $1) }
    edit(&steps, &chance)
    plan = plan.changing("steps") { _ in .list(steps.map(\.plan)) }
    plan = plan.changing("requests") { _ in
      var rest = steps[...]
      return .list(
        requests.enumerated().map { index, request in
          let count = index == requests.count - 1 ? rest.count : counts[index]
          let own = rest.prefix(count).map(\.request)
          rest = rest.dropFirst(count)
          return request.changing("body") { $0.changing("Steps") { _ in .list(own) } }
        })
    }
  }

  private static func steps(of request: Value) -> [Value] {
    guard case .map(let map) = request, case .map(let body)? = map["body"],
      case .list(let steps)? = body["Steps"]
    else { return [] }
    return steps
  }
}

extension Value {
  /// The map with one member changed; anything else as it is.
  func changing(_ key: String, _ change: (Value) -> Value) -> Value {
    guard case .map(var map) = self, let old = map[key] else { return self }
    map[key] = change(old)
    return .map(map)
  }

  /// With something somewhere below another.
  func scrambled(
    _ chance: inout Chance, under keys: [String] = [], besides kept: [String] = []
  ) -> Value {
    switch self {
    case .map(var map):
      let entries = map.entries.filter { entry in
        let key = entry.key.plainText ?? ""
        return keys.isEmpty ? !kept.contains(key) : keys.contains(key)
      }
      guard !entries.isEmpty else { return self }
      let entry = entries[chance.below(entries.count)]
      if keys.isEmpty, chance.below(8) == 0 {
        map[entry.key] = chance.below(3) == 0 ? .null : nil
      } else if keys.isEmpty, chance.below(8) == 0 {
        map["Added\(chance.below(9))"] = .list([
          .string("x"), .map(ValueMap(["Name": .string("y")])),
        ])
      } else {
        map[entry.key] = entry.value.scrambled(&chance)
      }
      return .map(map)
    case .list(var items):
      guard !items.isEmpty else { return .list([.string("--first"), .string("s3://a/b")]) }
      let at = chance.below(items.count)
      switch chance.below(6) {
      case 0: items.remove(at: at)
      case 1: items.insert(items[at], at: chance.below(items.count + 1))
      case 2: items.swapAt(at, chance.below(items.count))
      case 3: items.reverse()
      default: items[at] = items[at].scrambled(&chance)
      }
      return .list(items)
    case .string(let text):
      let others = [
        text + "/", text + "x", "", "--flag", "s3n://bucket/place", "s3://bucket/place/",
        "eyJhIjogWzEsIDJdLCAicGFzc3dvcmQiOiAieCJ9", "{{secret: f#/p}}", "true",
      ]
      return .string(others[chance.below(others.count)])
    case .int(let number): return .int(number &+ Int64(chance.below(3)))
    case .bool(let flag): return .bool(!flag)
    default: return .string("instead")
    }
  }
}
