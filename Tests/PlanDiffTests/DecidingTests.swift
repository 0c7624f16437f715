import PlanDiff
import Testing
import Values

/// What is decided during a run is compared, though the requests are the same.
@Suite struct DecidingTests {
  private struct MissingPart: Error {}

  /// A plan whose first step says how many rows there are, on which a stage depends.
  private static func side(
    least: Int64 = 0, noData: Int64 = 0, maxBytes: Int64 = 100
  ) throws -> Side {
    func condition(_ comparison: String, _ number: Int64) -> Value {
      .map(
        ValueMap([
          "output": .string("rows"), "is": .string(comparison), "than": .int(number),
        ]))
    }
    guard case .map(var plan) = try Documents.value(Documents.plan("snowplow.json")),
      case .list(var steps)? = plan["steps"], case .map(var step)? = steps.first,
      case .list(var stages)? = plan["stages"], case .map(var stage)? = stages.last,
      let name = step["name"]
    else { throw MissingPart() }
    step["noData"] = condition("<=", noData)
    stage["condition"] = condition(">", least)
    steps[0] = .map(step)
    stages[stages.count - 1] = .map(stage)
    plan["steps"] = .list(steps)
    plan["stages"] = .list(stages)
    plan["outputs"] = .list([
      .map(
        ValueMap([
          "name": .string("rows"), "step": name, "location": .string("s3://acme/control/rows"),
          "type": .string("int"), "limit": .int(maxBytes),
        ]))
    ])
    return try Documents.side(.map(plan))
  }

  @Test func theSameDecisionsAreNoChange() throws {
    #expect(Documents.comparison(try Self.side(), try Self.side()).changes.isEmpty)
  }

  @Test(arguments: ["least", "noData", "maxBytes"]) func aDecisionThatChangesIsData(
    _ changed: String
  ) throws {
    let after = try Self.side(
      least: changed == "least" ? 10 : 0, noData: changed == "noData" ? 10 : 0,
      maxBytes: changed == "maxBytes" ? 10 : 100)
    let changes = Documents.comparison(try Self.side(), after).changes
    #expect(changes.map(\.classes) == [[.data]], "\(changes.map(\.label))")
  }
}
