import Diagnostics
import PipelineIR
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

extension Program {
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
    guard case .map(var entries)? = cluster.jobFlow?.content else { return false }
    if let policy = entries.first(where: { $0.key == "AutoTerminationPolicy" }) {
      if let idle = policy.value.idleTimeout, idle <= wait.longest + 300 {
        let place = policy.keySpan ?? policy.value.span
        report.diagnostics.append(
          wait.isForRetries
            ? .retriesIdle(idle, wait: wait.longest, at: span, policy: place)
            : .orderIdle(idle, at: place ?? span, concurrency: span))
        return false
      }
    } else {
      entries.append(
        SpannedValue.Entry(
          key: "AutoTerminationPolicy",
          value: SpannedValue(
            value: .map(ValueMap(["IdleTimeout": .int(wait.longest + Self.idleReserve)])),
            span: span)))
    }
    cluster.jobFlow?.content = .map(entries)
    guard keepAlive(at: span) else { return false }
    report.explain("the cluster", .changed, wait.reason, at: span)
    return true
  }

  /// Keeps a new cluster for the pipeline's next runs, where its own request would have EMR end it once
  /// it has no steps.
  mutating func keepForNextRuns(at span: Span, _ report: inout Report) {
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
  private mutating func keepAlive(at span: Span) -> Bool {
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
  fileprivate var idleTimeout: Int64? {
    guard case .map(let entries) = content,
      case .scalar(let value)? = entries.first(where: { $0.key == "IdleTimeout" })?.value.content
    else { return nil }
    return value.exactInteger
  }
}
