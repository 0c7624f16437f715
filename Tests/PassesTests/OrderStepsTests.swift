import PlanFormat
import Diagnostics
import Passes
import PipelineIR
import SourceText
import Testing
import Values

/// Which steps must be completed before which others start.
@Suite struct OrderStepsTests {
  /// The order of a program as `earlier>later reason`.
  private static func order(_ flow: inout PassCase) throws -> [String] {
    #expect(try flow.codes("order-steps") == [])
    return flow.program.order.map { edge in
      let names = [edge.earlier, edge.later].map { flow.program.text(flow.program.steps[$0].name) }
      let reason =
        switch edge.reason {
        case .after: "after"
        case .cluster: "cluster"
        case .data(let place, let earlier, let later):
          "\(earlier)-\(later) \(flow.program.placeText(place))"
        }
      return "\(names[0])>\(names[1]) \(reason)"
    }
  }

  @Test func branchesAreOrderedOnlyWhereTheyMeet() throws {
    var flow = try PassCase()
    flow.step("Take", (.write, "s3://b/in/"))
    flow.step("One", (.read, "s3://b/in/"), (.write, "s3://b/1/"))
    flow.step("Two", (.read, "s3://b/in/x/"), (.write, "s3://b/2/"))
    flow.step("Join", (.read, "s3://b/1/"), (.read, "s3://b/2/"), (.read, "s3://b/in/"))
    flow.step("Clean", (.delete, "s3://b/in/"))
    flow.step("Other", (.read, "s3://b/else/"))
    #expect(
      try Self.order(&flow) == [
        "Take>One write-read s3://b/in/", "Take>Two write-read s3://b/in/x/",
        "One>Join write-read s3://b/1/", "Two>Join write-read s3://b/2/",
        "Join>Clean read-delete s3://b/in/",
      ])
  }

  @Test func differentPartsOfAPlaceAreNotOrdered() throws {
    var flow = try PassCase()
    flow.step("A", (.write, "s3://b/x/"), part: 1)
    flow.step("B", (.write, "s3://b/x/"), part: 2)
    flow.step("C", (.write, "s3://b/x/"), part: 1)
    flow.step("Read", (.read, "s3://b/x/"), part: 1)
    #expect(
      try Self.order(&flow) == [
        "A>C write-write s3://b/x/", "B>Read write-read s3://b/x/", "C>Read write-read s3://b/x/",
      ])
  }

  @Test func afterIsNamedWhereDataSaysTheSame() throws {
    var flow = try PassCase()
    flow.step("A", (.write, "s3://b/x/"))
    flow.step("B", (.read, "s3://b/x/"), after: ["A"])
    flow.step("C", (.read, "s3://b/y/"), after: ["A", "B"])
    #expect(try Self.order(&flow) == ["A>B after", "B>C after"])
  }

  @Test func theClustersOwnStepsAreBarriers() throws {
    var flow = try PassCase()
    flow.step("A", (.read, "s3://b/x/"))
    flow.step("B", (.read, "s3://b/y/"))
    flow.step("Set up")
    flow.step("C", (.read, "s3://b/x/"))
    flow.step("D", (.read, "s3://b/y/"))
    flow.program.steps[2].stage = nil
    #expect(
      try Self.order(&flow) == [
        "A>Set up cluster", "B>Set up cluster", "Set up>C cluster", "Set up>D cluster",
      ])
  }

  @Test func afterNamesAnEarlierStep() throws {
    var flow = try PassCase()
    flow.step("Make", (.write, "s3://b/x/"), after: ["Use"])
    flow.step("Use", (.read, "s3://b/x/"), after: ["Mak"])
    flow.step("Self", (.read, "s3://b/x/"), after: ["Self"])
    #expect(
      try flow.codes("order-steps") == [.afterUnknownStep, .afterUnknownStep, .afterUnknownStep])
  }

  /// More steps than bits of a word.
  @Test func aLongChainHasOneEdgeForEachStep() throws {
    var flow = try PassCase()
    for number in 0..<200 { flow.step("S\(number)", (.write, "s3://b/x/")) }
    let order = try Self.order(&flow)
    #expect(order.count == 199)
    #expect(order.last == "S198>S199 write-write s3://b/x/")
  }

  // MARK: Which plans are fed

  private static func fed(
    _ release: String, idle: Int64? = nil, atOnce: Int64 = 4, persistent: Bool = false,
    isAtOnce: Bool = false, change: (inout PassCase) -> Void = { _ in }
  ) throws -> (codes: [DiagnosticCode], isFed: Bool, body: Value) {
    var flow = try PassCase()
    flow.step("Make", (.write, "s3://b/x/"), onFailure: .proceed)
    flow.step("Use", (.read, "s3://b/x/"))
    change(&flow)
    flow.program.cluster.release = release
    flow.program.cluster.isPersistent = persistent
    flow.options.isSubmittedAtOnce = isAtOnce
    var body = ValueMap(["StepConcurrencyLevel": .int(atOnce), "Instances": .map(ValueMap())])
    if let idle { body["AutoTerminationPolicy"] = .map(ValueMap(["IdleTimeout": .int(idle)])) }
    flow.program.cluster.jobFlow = SpannedValue(value: .map(body), span: PassCase.span)
    let codes = try flow.codes("order-steps")
    return (codes, flow.program.cluster.isFed, flow.program.cluster.jobFlow?.value ?? .null)
  }

  @Test func aClusterThatIsFedWaits() throws {
    let fed = try Self.fed("6.15.0")
    #expect(fed.isFed)
    #expect(
      fed.body
        == .map(
          ValueMap([
            "StepConcurrencyLevel": .int(4),
            "Instances": .map(ValueMap(["KeepJobFlowAliveWhenNoSteps": .bool(true)])),
            "AutoTerminationPolicy": .map(ValueMap(["IdleTimeout": .int(3600)])),
          ])))
  }

  /// It is kept by `keep-cluster`, without a time-out, as it waits for further runs.
  @Test func aPersistentClusterHasNoTimeOut() throws {
    let fed = try Self.fed("6.15.0", persistent: true)
    #expect(fed.isFed)
    #expect(
      fed.body
        == .map(ValueMap(["StepConcurrencyLevel": .int(4), "Instances": .map(ValueMap())])))
  }

  @Test func onlyWhatNeedsItIsFed() throws {
    #expect(try !Self.fed("6.15.0", atOnce: 1).isFed)
    #expect(try !Self.fed("6.15.0", isAtOnce: true).isFed)
    #expect(try Self.fed("5.28.0", persistent: true).isFed)
    #expect(try !Self.fed("6.15.0") { $0.program.steps.removeLast() }.isFed)
    // One at a time, EMR goes on after a failure.
    let waits: (inout PassCase) -> Void = { $0.step("Last", after: ["Make"]) }
    #expect(try Self.fed("6.15.0", atOnce: 1, change: waits).isFed)
  }

  @Test(arguments: [("5.29.0", Int64?.none), ("6.0.0", nil), ("6.15.0", 300)])
  func aClusterThatCannotWaitIsRefused(_ release: String, _ idle: Int64?) throws {
    let refused = try Self.fed(release, idle: idle)
    #expect(refused.codes == [.orderImpossible])
    #expect(!refused.isFed)
  }
}
