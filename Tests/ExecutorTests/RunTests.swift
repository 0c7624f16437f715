import Cloud
import Executor
import Foundation
import PlanFormat
import Sandbox
import Testing

/// Runs without and with faults, over the sandbox.
@Suite struct RunTests {
  /// What a run without faults leaves.
  static func reference() async throws -> (objects: [String: String], loads: [String: [String]]) {
    let world = World()
    try await world.fill()
    let plan = PlanBuilder().plan
    let outcome = await Executor.apply(
      plan, services: try world.services(plan), options: World.options(plan))
    #expect(outcome.status == 0, "\(outcome.summary)")
    return (world.objects(), world.loads())
  }

  @Test func aRunMovesLoadsAndArchives() async throws {
    let (objects, loads) = try await Self.reference()
    #expect(objects.keys.allSatisfy { $0.hasPrefix("archive/") })
    #expect(objects.count == 5)
    #expect(loads.values.map(\.count) == [1])
    #expect(loads["[load] Load"]?.first?.split(separator: "\n").count == 8)
  }
}
