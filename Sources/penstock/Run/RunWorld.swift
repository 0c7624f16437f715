import CommandLineSyntax
import Host
import AWSServices
import Compiler
import Diagnostics
import Executor
import Platform
import PlanFormat
import Sandbox
import SourceText
import Values

/// The world in which a run takes place: AWS, or a sandbox.
struct RunWorld: Sendable {
  var emr: any EMRService
  /// The same EMR, asked for everything that it knows about a cluster.
  var clusters: any ClusterSource
  var store: any ObjectStore
  var time: any TimeSource
  /// Sends events to a collector, and talks to Consul; nil in a sandbox, which has neither.
  var sender: (any WebSender)?
  /// Tells people and programs of a run's end.
  var notifier: (any NotificationSender)?
  /// Keeps lineage events in the sandbox's folder; nil outside of one.
  var lineage: LineageDelivery?
  /// Asks for the AWS account of the credentials; nil in a sandbox, which has none.
  var account: (@Sendable () async throws(CloudError) -> String)?
  /// How AWS is reached; nil in a sandbox.
  var access: CloudAccess?
  var isSandbox = false
  /// Whether time is simulated, so that hours pass at once.
  var timeFlies = false
  /// After how many journal entries and requests the process dies; only in a sandbox.
  var crashAfter: Int?
  /// The machine's clock, or the sandbox's.
  var now: Value.Timestamp { time.now }

  /// What is needed to access it.
  struct Entry: Sendable {
    /// Nil: the region from the environment.
    var region: String?
    /// The keys in a config, in the form of a plan's settings, filled in; null: the credential
    /// chain.
    var credentials: Value = .null
    /// When the run began, for the clock of a new sandbox.
    var runTime: Value.Timestamp?
    /// The service that runs the steps as jobs; nil if a cluster does them.
    var jobs: JobService?
    /// The plan whose steps the sandbox may have to simulate.
    var plan: Plan?
  }

  /// The sandbox named on the command line, or else AWS.
  static func open(
    _ context: CommandContext, _ entry: Entry
  ) throws(WorldRefusal) -> RunWorld {
    let faults = try faults(context.invocation)
    let outcomes = try outcomes(context.invocation, entry.plan)
    if let folder = context.invocation[.sandbox] {
      if let jobs = entry.jobs {
        throw WorldRefusal(
          .invalidOptionValue(
            folder.value, of: "--sandbox", expected: "no sandbox: it has no \(jobs.title)",
            at: folder.span), .failure)
      }
      return sandbox(
        folder.value, context.invocation, faults, outcomes,
        pace: try pace(context.invocation), entry)
    }
    return try aws(entry)
  }

  /// The faults to simulate; only a sandbox can.
  static func faults(_ invocation: Invocation) throws(WorldRefusal) -> Faults {
    var faults: [Faults.Planned] = []
    for text in invocation.all(.fault) {
      let expected: String
      if !invocation.has(.sandbox) {
        expected = "effect only in a sandbox: give `--sandbox` too"
      } else if let fault = Faults.parse(text.value) {
        faults.append(fault)
        continue
      } else {
        expected = Faults.forms
      }
      throw WorldRefusal(
        .invalidOptionValue(text.value, of: "--fault", expected: expected, at: text.span), .failure)
    }
    return Faults(faults)
  }

  /// The outputs that simulated steps leave, by name.
  ///
  /// - Parameter plan: whose outputs they are; nil where that isn't known yet.
  static func outcomes(
    _ invocation: Invocation, _ plan: Plan?
  ) throws(WorldRefusal) -> [String: String] {
    var outcomes: [String: String] = [:]
    for text in invocation.all(.outcome) {
      let sign = text.value.firstIndex(of: "=")
      let name = sign.map { String(text.value[..<$0]) } ?? ""
      let names = plan?.outputs.map(\.name)
      let expected: String
      if !invocation.has(.sandbox) {
        expected = "effect only in a sandbox: give `--sandbox` too"
      } else if let names, !names.contains(name) {
        expected =
          names.isEmpty
          ? "outputs, and the pipeline has none"
          : "one of the outputs \(names.map { "`\($0)`" }.joined(separator: ", ")) before the `=`"
      } else if let sign, !name.isEmpty {
        outcomes[name] = String(text.value[text.value.index(after: sign)...])
        continue
      } else {
        expected = "`OUTPUT=VALUE`"
      }
      throw WorldRefusal(
        .invalidOptionValue(text.value, of: "--outcome", expected: expected, at: text.span),
        .failure)
    }
    return outcomes
  }

  // MARK: The sandbox

  private static func sandbox(
    _ folder: String, _ invocation: Invocation, _ faults: Faults, _ outcomes: [String: String],
    pace: Double, _ entry: Entry
  ) -> RunWorld {
    let emr = SimulatedEMR(
      folder: folder, start: RunClock.start(invocation, entry.runTime),
      effects: entry.plan.map { StepEffects($0, outcomes: outcomes) } ?? StepEffects(),
      faults: faults)
    var world = RunWorld(
      emr: emr, clusters: emr, store: FolderStore(folder), time: emr.clock(pace: pace),
      isSandbox: true)
    world.timeFlies = pace == 0
    world.notifier = emr
    world.lineage = { event, _ throws(CloudError) in
      if let problem = SandboxFolder.prepare(folder, for: "lineage.jsonl") {
        throw CloudError(.refused, operation: "Lineage", message: problem)
      }
      try LineageFile.append(event, to: SandboxFolder.state(of: folder) + "/lineage.jsonl")
    }
    world.crashAfter = faults.crashAfter
    return world
  }

  /// How many sandbox seconds pass per real second; 0: no waiting.
  private static func pace(_ invocation: Invocation) throws(WorldRefusal) -> Double {
    guard let text = invocation[.pace] else { return 0 }
    guard let pace = Double(text.value), pace >= 0.001, pace <= 1e6 else {
      throw WorldRefusal(
        .invalidOptionValue(
          text.value, of: "--pace", expected: "a number of seconds, such as `60`", at: text.span),
        .failure)
    }
    return pace
  }
}

extension RunWorld.Entry {
  /// For a run that isn't planned yet.
  init(_ access: RunAccess?) {
    self.init(
      region: access?.region, credentials: access?.credentials ?? .null, runTime: access?.runTime,
      jobs: access?.jobs)
  }

  /// For a planned run, with its keys filled in.
  init(of plan: Plan?, credentials: Value = .null) {
    self.init(
      region: plan?.cluster.region, credentials: credentials, runTime: plan?.runTime,
      jobs: plan?.cluster.jobs, plan: plan)
  }
}

/// Why the world can't be accessed.
struct WorldRefusal: Error {
  var diagnostic: Diagnostic
  var status: ExitStatus

  init(_ diagnostic: Diagnostic, _ status: ExitStatus) {
    self.diagnostic = diagnostic
    self.status = status
  }

  init(_ failure: RunFailure) { self.init(failure.diagnostic, failure.status) }
}

extension RunWorld {
  /// How long to wait for STS, which not every network lets through.
  private static var accountPatience: Duration { .seconds(5) }

  /// The AWS account of the credentials; nil if there is none, or STS doesn't tell in time.
  var knownAccount: String? {
    get async {
      guard let account else { return nil }
      let asking = Task { try? await account() }
      let limit = Task {
        try? await Task.sleep(for: Self.accountPatience)
        asking.cancel()
      }
      let found = await asking.value
      limit.cancel()
      return found
    }
  }
}
