import Documents
import Diagnostics
import PipelineIR
import PipelineSyntax
import SourceText
import Values

/// What a cluster that is for one run only waits for when its steps have ended.
enum ClusterWait {
  /// Failed steps are tried again; the longest wait before a try, in seconds.
  case retries(longest: Int64)
  /// Steps are added when those before them are completed.
  case order
  /// It has more steps than EMR takes at once.
  case rest

  /// How long it may be without work, in seconds.
  fileprivate var longest: Int64 {
    switch self {
    case .retries(let longest): longest
    case .order, .rest: 0
    }
  }

  fileprivate var reason: String {
    switch self {
    case .retries:
      "it is kept after a failure, so that steps can be tried again; Penstock ends it"
    case .order, .rest: "it is kept until all steps are added; Penstock ends it"
    }
  }
}

extension Pass {
  /// Keeps a cluster that outlives the run alive while it has no steps, and sets after how long
  /// without work EMR ends it.
  static let keepCluster = Pass(
    "keep-cluster", "keeps a cluster that outlives the run alive, for as long as `--lease` says",
    codes: [.clusterLease, .clusterNoLease]
  ) { program, context, report in
    if context.isForCluster { program.becomeClusterOnly(context) }
    let lease = context.options.places.lease
    if let id = program.cluster.reusedID {
      // One that is found by its name may have to be started the next time.
      if program.cluster.isShared, context.options.leaseSeconds != nil {
        report.diagnostics.append(.leaseOfOthers(id, at: lease))
      }
      return
    }
    guard program.cluster.isPersistent else {
      if context.options.leaseSeconds != nil {
        report.diagnostics.append(.leaseOfOneRun(at: lease))
      }
      return
    }
    guard program.cluster.jobFlow != nil else { return }
    let span = context.pipeline.cluster.map { context.pipeline.tree.span($0.node) }
    program.keepForNextRuns(at: span, &report)
    if let seconds = context.options.leaseSeconds {
      guard program.canEndByItself else {
        report.diagnostics.append(.leaseRelease(program.cluster.release, at: lease))
        return
      }
      program.cluster.jobFlow?.setIdleTimeout(seconds, at: span)
      report.explain(
        "the cluster", .changed, "it ends once it has no work for \(seconds) s", at: lease)
    } else if context.isForCluster, program.cluster.jobFlow?.idleTimeout == nil {
      report.diagnostics.append(
        .noLease(canHaveOne: program.canEndByItself, at: context.clusterName))
    }
  }
}

extension Context {
  /// Where the pipeline's cluster begins.
  fileprivate var clusterName: Span? {
    let tree = pipeline.tree
    return tree.root.flatMap { tree.entry($0, "cluster") }.map { tree.span($0.key) }
  }

  /// Whether the run only brings up the pipeline's cluster: there are no stages, or they aren't wanted.
  package var isForCluster: Bool { options.isClusterOnly || pipeline.stages.isEmpty }
}

extension Program {
  /// Leaves the cluster alone, with the applications that the stages' steps would need.
  fileprivate mutating func becomeClusterOnly(_ context: Context) {
    var run = Rehearsal(context.with(context.options, facts: context.facts.fresh()), at: self)
    _ = run.expand { $0.status == .selected }
    expectedKinds = run.program.steps.map(\.kind)
    isClusterOnly = true
    stages = []
    selection = ValueMap()
  }

  /// How long a cluster waits beyond what it has to, in seconds: if no process tells it to go on or to
  /// end, it ends by itself.
  private static var idleReserve: Int64 { 3600 }

  /// Lets a cluster that is for this run only wait without work, and end by itself if no process ends
  /// it; false if it can't.
  mutating func keepCluster(
    _ wait: ClusterWait, for span: Span, _ report: inout Report
  ) -> Bool {
    guard canEndByItself else {
      report.diagnostics.append(
        wait.isForRetries
          ? .retriesRelease(cluster.release, at: span) : .orderRelease(cluster.release, at: span))
      return false
    }
    guard case .map(let entries)? = cluster.jobFlow?.content else { return false }
    if let policy = entries.first(where: { $0.key == "AutoTerminationPolicy" }) {
      if let idle = cluster.jobFlow?.idleTimeout, idle <= wait.longest + 300 {
        let place = policy.keySpan ?? policy.value.span
        report.diagnostics.append(
          wait.isForRetries
            ? .retriesIdle(idle, wait: wait.longest, at: span, policy: place)
            : .orderIdle(idle, at: place ?? span, concurrency: span))
        return false
      }
    } else {
      cluster.jobFlow?.setIdleTimeout(wait.longest + Self.idleReserve, at: span)
    }
    guard keepAlive(at: span) else { return false }
    report.explain("the cluster", .changed, wait.reason, at: span)
    return true
  }

  /// Keeps a new cluster for the pipeline's next runs, where its own request would have EMR end it once
  /// it has no steps.
  fileprivate mutating func keepForNextRuns(at span: Span?, _ report: inout Report) {
    guard cluster.isPersistent, !isKeptAlive, keepAlive(at: span) else { return }
    report.explain("the cluster", .changed, "it is kept for the pipeline's next runs", at: span)
  }

  private var isKeptAlive: Bool {
    guard case .map(let entries)? = cluster.jobFlow?.content,
      case .map(let instances)? = entries.first(where: { $0.key == "Instances" })?.value.content,
      case .scalar(let value)? = instances.first(where: { $0.key == Self.keepingAlive })?.value
        .content
    else { return false }
    return value == .bool(true)
  }

  private static var keepingAlive: String { "KeepJobFlowAliveWhenNoSteps" }

  /// False if the request has no instances.
  private mutating func keepAlive(at span: Span?) -> Bool {
    guard case .map(var entries)? = cluster.jobFlow?.content,
      let at = entries.firstIndex(where: { $0.key == "Instances" }),
      case .map(var instances) = entries[at].value.content
    else { return false }
    instances.removeAll { $0.key == Self.keepingAlive }
    instances.append(
      SpannedValue.Entry(
        key: Self.keepingAlive, value: SpannedValue(.scalar(.bool(true)), span: span)))
    entries[at].value.content = .map(instances)
    cluster.jobFlow?.content = .map(entries)
    return true
  }

  /// Clusters end by themselves when idle since 5.30.0, but for 6.0.0. What has no number isn't
  /// judged here.
  var canEndByItself: Bool {
    let numbers = cluster.release.split(separator: ".").prefix(2).compactMap { Int($0) }
    guard numbers.count == 2 else { return true }
    return numbers[0] > 5 && numbers != [6, 0] || numbers[0] == 5 && numbers[1] >= 30
  }
}

extension ClusterWait {
  fileprivate var isForRetries: Bool {
    switch self {
    case .retries: true
    case .order, .rest: false
    }
  }
}

extension SpannedValue {
  private static var policy: String { "AutoTerminationPolicy" }

  /// Of a request: after how many seconds without work EMR ends the cluster; nil if it doesn't.
  fileprivate var idleTimeout: Int64? {
    guard case .map(let members) = content,
      case .map(let entries)? = members.first(where: { $0.key == Self.policy })?.value.content,
      case .scalar(let value)? = entries.first(where: { $0.key == "IdleTimeout" })?.value.content
    else { return nil }
    return value.exactInteger
  }

  fileprivate mutating func setIdleTimeout(_ seconds: Int64, at span: Span?) {
    guard case .map(var members) = content else { return }
    members.removeAll { $0.key == Self.policy }
    members.append(
      Entry(
        key: Self.policy,
        value: SpannedValue(value: .map(ValueMap(["IdleTimeout": .int(seconds)])), span: span)))
    content = .map(members)
  }
}
