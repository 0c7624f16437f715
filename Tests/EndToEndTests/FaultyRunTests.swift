import Diagnostics
import Executor
import Foundation
import Parallel
import TestSupport
import Testing

/// Whole runs over real sockets through a proxy that lets requests fail: no cluster is started and no
/// step added twice, and each run ends well, or with a true error after which `apply` ends it well.
@Suite struct FaultyRunTests {
  /// A fault of one request of a run, or of all from it on.
  private struct Trial: Sendable, CustomStringConvertible {
    var scenario: RunScenario
    var strikes: [FaultProxy.Strike]
    /// For how many seconds EMR's lists lack new clusters.
    var lag: Int64 = 0
    var isNew = true

    var description: String {
      "\(scenario.rawValue), \(strikes.map(\.description).joined(separator: ", "))"
        + (isNew ? "" : ", applied") + (lag > 0 ? ", lists \(lag) s late" : "")
    }

    func run() async throws -> FaultyRun.Outcome {
      let areRenewable = !strikes.contains { $0.fault == .expiredForGood }
      return try await FaultyRun(
        scenario, isNew: isNew, lag: lag, areRenewable: areRenewable
      ).run(strikes)
    }
  }

  /// The outcome of a trial; nil if it couldn't be made.
  private static func outcome(_ trial: Trial) async -> FaultyRun.Outcome? {
    do {
      let outcome = try await trial.run()
      let traffic = outcome.traffic
      for complaint in outcome.complaints {
        Issue.record(
          """
          \(trial): \(complaint) \
          (struck: \(traffic.struck.joined(separator: ", ")); \
          first: \(outcome.first.summary))
          """)
      }
      return outcome
    } catch {
      Issue.record("\(trial): \(error)")
      return nil
    }
  }

  /// How many requests each scenario makes without faults.
  private static func requests(_ scenario: RunScenario) async throws -> Int {
    let calm = try await Trial(scenario: scenario, strikes: []).run()
    #expect(calm.first.status == .success, "\(scenario): \(calm.first.summary)")
    #expect(calm.complaints == [], "\(scenario)")
    print(scenario.rawValue, calm.traffic.requests.joined(separator: " "))
    return calm.traffic.requests.count
  }

  /// How many requests in a row fail: a single one, as many as a call is tried, and all.
  private enum Length: String, CaseIterable, Sendable {
    case one = "one request"
    case three = "three requests"
    case all = "all requests from one on"

    var count: Int { self == .one ? 1 : self == .three ? 3 : .max }
  }

  private struct Row: Hashable, Sendable {
    var fault: Fault
    var isLate = false

    var name: String { fault.rawValue + (isLate ? ", lists 60 s late" : "") }

    static let all =
      Fault.allCases.map { Row(fault: $0) } + [Row(fault: .resetDone, isLate: true)]
  }

  @Test(.timeLimit(.minutes(10))) func everyFaultAtEveryRequest() async throws {
    struct Key: Hashable, Sendable {
      var row: Row
      var scenario: RunScenario
      var length: Length
    }
    var trials: [(key: Key, trial: Trial)] = []
    for scenario in RunScenario.allCases {
      for index in 1...(try await Self.requests(scenario)) {
        for (number, row) in Row.all.enumerated() {
          // An outage is long: one in eight is enough.
          for length in Length.allCases where length != .all || (index + number) % 8 == 1 {
            let strike = FaultProxy.Strike(row.fault, first: index, count: length.count)
            let trial = Trial(scenario: scenario, strikes: [strike], lag: row.isLate ? 60 : 0)
            trials.append((Key(row: row, scenario: scenario, length: length), trial))
          }
        }
      }
    }
    let start = Date()
    let outcomes = await trials.concurrently(width: 8) { await Self.outcome($0.trial) }
    print("\(trials.count) runs in \(Date().timeIntervalSince(start)) s")
    var stopped: [Key: [String]] = [:]
    var struck: Set<Key> = []
    for (trial, outcome) in zip(trials, outcomes) {
      guard let outcome, let call = outcome.traffic.struck.first else { continue }
      struck.insert(trial.key)
      if outcome.first.status != .success { stopped[trial.key, default: []].append(call) }
    }
    let columns = RunScenario.allCases.flatMap { scenario in
      [Length.one, .three].map { length in
        let cells = Row.all.map { row -> String in
          let key = Key(row: row, scenario: scenario, length: length)
          guard struck.contains(key) else { return ReliabilityPage.unaffected }
          let calls = Set(stopped[key] ?? []).sorted().map { "`\($0)`" }
          return calls.isEmpty ? "done" : "again: " + calls.joined(separator: ", ")
        }
        return (name: "\(scenario.rawValue), \(length.rawValue)", cells: cells)
      }
    }
    // The bytes that are left over of a body that is longer than its `Content-Length` may spoil the
    // next exchange on the connection, so what it takes differs from time to time.
    let isSteady = Row.all.map { $0.name != Fault.lengthTooShort.rawValue }
    func steady<Item>(_ items: [Item]) -> [Item] { zip(items, isSteady).filter(\.1).map(\.0) }
    try ReliabilityPage.expect(
      "Whole runs",
      ReliabilityPage.table(
        rows: steady(Row.all.map(\.name)),
        columns: columns.map { (name: $0.name, cells: steady($0.cells)) }))
  }

  /// The trial of a seed.
  /// - Parameter limits: how many requests each scenario makes.
  private static func trial(_ seed: Int64, _ limits: [RunScenario: Int]) -> Trial {
    let random = RunRandom(seed)
    let scenario = RunScenario.allCases[random.number(RunScenario.allCases.count)]
    let strikes = (0..<(2 + random.number(2))).map { _ in
      FaultProxy.Strike(
        Fault.allCases[random.number(Fault.allCases.count)],
        first: 1 + random.number((limits[scenario] ?? 0) + 5),
        count: [1, 1, 1, 2, 3, 9][random.number(6)])
    }
    return Trial(
      scenario: scenario, strikes: strikes, lag: [0, 0, 20, 60][random.number(4)],
      isNew: random.number(2) == 0)
  }

  /// Two or three faults at random requests. `PENSTOCK_SEED` repeats the run of one seed.
  @Test(.timeLimit(.minutes(10))) func randomFaultsTogether() async throws {
    let given = ProcessInfo.processInfo.environment["PENSTOCK_SEED"].flatMap { Int64($0) }
    let seeds = given.map { [$0] } ?? Array(1...500)
    var limits: [RunScenario: Int] = [:]
    for scenario in RunScenario.allCases { limits[scenario] = try await Self.requests(scenario) }
    let trials = seeds.map { (seed: $0, trial: Self.trial($0, limits)) }
    let outcomes = await trials.concurrently(width: 8) { seed, trial in
      let outcome = await Self.outcome(trial)
      if outcome?.complaints.isEmpty == false { Issue.record("PENSTOCK_SEED=\(seed)") }
      return outcome
    }
    #expect(outcomes.count == seeds.count)
  }
}
