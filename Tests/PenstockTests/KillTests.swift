import Foundation
import TestSupport
import Testing

/// Processes of a run that are killed at any moment (`kill -9`), or stopped for a while, alone or two
/// at once, at any speed: applied again to its end, the run has done everything once.
///
/// `PENSTOCK_KILLS` is how many kills there are, `PENSTOCK_KILL_SEED` what they are chosen by. The
/// same seed makes the same choices; what the processes are at when a signal comes isn't in its hand.
@Suite struct KillTests {
  private static let count: Int = {
    if let text = ProcessInfo.processInfo.environment["PENSTOCK_KILLS"], let count = Int(text) {
      return count
    }
    // A debug build of the program is ten times slower.
    return Run.binary.path.contains("/debug/") ? 20 : 300
  }()

  private static let seed =
    ProcessInfo.processInfo.environment["PENSTOCK_KILL_SEED"].flatMap(UInt64.init) ?? 20_260_301

  /// A process of the program, as it is under way.
  private final class Applying {
    let process = Process()

    init(_ run: SandboxRun, _ arguments: [String]) throws {
      process.executableURL = Run.binary
      process.arguments = arguments + ["--sandbox", "box"]
      process.environment = ["TZ": "UTC", "PATH": "/usr/bin:/bin"].merging(SandboxRun.secrets) {
        $1
      }
      process.currentDirectoryURL = run.folder
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
    }

    func signal(_ number: Int32) {
      if process.isRunning { kill(process.processIdentifier, number) }
    }

    /// Whether it was still there to be killed.
    func die() -> Bool {
      let isRunning = process.isRunning
      signal(SIGKILL)
      process.waitUntilExit()
      return isRunning && process.terminationReason == .uncaughtSignal
    }
  }

  /// Three branches of three steps that run side by side, and a step that reads all their ends.
  private static let branches =
    """
    version: 1
    name: branches
    cluster:
      job-flow:
        Name: branches
        ReleaseLabel: emr-6.15.0
        StepConcurrencyLevel: 3
        Instances: { InstanceCount: 3, MasterInstanceType: m5.xlarge, SlaveInstanceType: m5.xlarge }
        JobFlowRole: EMR_EC2_DefaultRole
        ServiceRole: EMR_DefaultRole

    """

  /// What a run of the example leaves when nothing disturbs it, and how long it takes.
  private static func reference() throws -> (files: [String: String], steps: [String], time: Double)
  {
    let run = try SandboxRun()
    #expect(try run.plan().status == 0)
    let begun = Date()
    let applied = try run.penstock(["apply", "plan.json", "-q"])
    #expect(applied.status == 0, "\(applied.errors)")
    return (run.world(), try steps(run), Date().timeIntervalSince(begun))
  }

  /// The names of the steps of all clusters.
  private static func steps(_ run: SandboxRun) throws -> [String] {
    let data = try Data(contentsOf: run.box.appending(path: ".penstock/emr.json"))
    let world = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    let clusters = world?["clusters"] as? [[String: Any]] ?? []
    return clusters.flatMap {
      ($0["steps"] as? [[String: Any]] ?? []).map { "\($0["name"] ?? "")" }
    }
  }

  private static func pause(_ seconds: Double) { usleep(UInt32(max(0, seconds) * 1_000_000)) }

  /// Kills processes of one run until it has ended, or that many were killed; returns how many.
  private func torment(
    _ run: SandboxRun, _ random: inout SeededGenerator, time: Double, limit: Int,
    into story: inout [String]
  ) throws -> Int {
    var kills = 0
    while kills < limit {
      // At full speed, or so that the run takes some more tenths of a second.
      let pace = [nil, nil, "40000", "15000"].randomElement(using: &random) ?? nil
      let isPaced = pace.map { ["--pace", $0] } ?? []
      let isTwo = Bool.random(using: &random)
      let moment = Double.random(in: 0...time * (pace == nil ? 1.2 : 1.8), using: &random)
      let isStopped = Double.random(in: 0..<1, using: &random) < 0.3
      let stop = Double.random(in: 0...moment, using: &random)
      let length = Double.random(in: 0...0.3, using: &random)
      story.append(
        "\(isTwo ? "two" : "one") at pace \(pace ?? "∞"), killed after \(moment) s"
          + (isStopped ? ", stopped after \(stop) s for \(length) s" : ""))
      let processes = try (0..<(isTwo ? 2 : 1)).map { _ in
        try Applying(run, ["apply", "plan.json", "-q"] + isPaced)
      }
      Self.pause(isStopped ? stop : moment)
      if isStopped {
        processes.first?.signal(SIGSTOP)
        Self.pause(length)
        processes.first?.signal(SIGCONT)
        Self.pause(moment - stop)
      }
      let killed = processes.filter { $0.die() }.count
      kills += killed
      if killed == 0 { break }
    }
    return kills
  }

  @Test(.timeLimit(.minutes(30))) func nothingIsDoneTwiceAndNothingIsLost() throws {
    let (files, steps, duration) = try Self.reference()
    var time = duration
    var random = SeededGenerator(state: Self.seed)
    var kills = 0
    var round = 0
    while kills < Self.count {
      round += 1
      let run = try SandboxRun()
      #expect(try run.plan().status == 0)
      var story: [String] = []
      let killed = try torment(
        run, &random, time: time, limit: min(12, Self.count - kills), into: &story)
      kills += killed
      // The machine may have been busier before.
      if killed == 0 { time *= 0.8 }
      let last = try run.penstock(["apply", "plan.json", "-q"])
      let what = "seed \(Self.seed), round \(round): \(story) \(last.errors)"
      #expect(last.status == 0, "\(what)")
      #expect(try run.clusters() == 1, "\(what)")
      #expect(try Self.steps(run) == steps, "\(what)")
      #expect(run.world() == files, "\(what)")
      #expect(try Self.leftovers(run.folder).isEmpty, "\(what)")
      // Each process that dies without a trace would be one that ends at once.
      guard round < Self.count * 2 else {
        Issue.record("nothing could be killed")
        return
      }
    }
  }

  /// Files that were on their way to another name.
  private static func leftovers(_ folder: URL) throws -> [String] {
    let names = FileManager.default.enumerator(atPath: folder.path) ?? .init()
    return names.compactMap { $0 as? String }.filter { name in
      name.hasSuffix(".new") || name.hasSuffix(".penstock-new") || name.contains(".penstock-")
        || name.hasSuffix("-journal") || name.hasSuffix("-wal")
    }
  }
}
