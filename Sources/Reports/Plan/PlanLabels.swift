import PlanFormat
import Values

/// Parts of a plan in words.
enum PlanLabels {
  /// Why an answer is taken to be right. Its raw value is the heading.
  enum Ground: String, CaseIterable {
    case asked = "Checked"
    case inherited = "As the failed run found it, not checked again"
    case assumed = "Assumed, not checked"

    init(_ fact: Plan.Fact) {
      self = fact.isAssumed ? .assumed : fact.isInherited ? .inherited : .asked
    }
  }

  /// The heading of a plan for a terminal.
  static func title(
    _ plan: Plan, _ more: PlanContext
  ) -> [(text: String, style: StyledText.Style)] {
    [
      ("\(plan.pipeline), run \(plan.runID)", .bold),
      ("at \(Value.Timestamp(seconds: plan.runTime.seconds, nanoseconds: 0))", .plain),
    ]
      + (more.timeSource.map { [("(\($0))", .faint)] } ?? [])
  }

  /// The pipeline's parameters, with their values.
  static func params(_ plan: Plan) -> [(name: String, value: String)] {
    plan.params.entries.map { entry in
      (ValueText.compact(entry.key), ValueText.compact(entry.value))
    }
  }

  /// The last line: `17 steps in 11 of 12 stages, 5 warnings. The plan is in plan.json.`
  static func summary(_ plan: Plan, _ more: PlanContext) -> String {
    let running = plan.runningStages
    var text =
      plan.isClusterOnly
      ? plan.clusterAlreadyUp == nil ? "A cluster without steps" : "Nothing to do"
      : "\(DiffLabels.count(plan.steps.count, "step")) in \(running) of "
        + DiffLabels.count(plan.stages.count, "stage")
    if !plan.warnings.isEmpty { text += ", \(DiffLabels.count(plan.warnings.count, "warning"))" }
    return text + (more.file.map { ". The plan is in \($0)." } ?? "")
  }

  /// `1d12h`, `90m`.
  static func span(_ seconds: Int64) -> String {
    var rest = seconds
    var text = ""
    for (unit, length) in [("d", Int64(86_400)), ("h", 3600), ("m", 60), ("s", 1)] {
      let count = rest / length
      rest %= length
      if count > 0 { text += "\(count)\(unit)" }
    }
    return text.isEmpty ? "0s" : text
  }

  /// How often a step is tried, and how long it waits before each further try.
  static func tries(of step: Plan.Step) -> String {
    let waits = step.retryWaits.map(span)
    return "up to \(step.maximumTries) tries"
      + (waits.isEmpty ? "" : ", after \(waits.joined(separator: ", "))")
  }

  static func cluster(_ plan: Plan) -> [(String, String)] {
    let cluster = plan.cluster
    var rows: [(String, String)] = []
    if let id = plan.clusterAlreadyUp {
      rows.append(("is up", "\(id), as `\(cluster.name)` in \(cluster.region)"))
      rows += cluster.differences.map { ("accepts", "it \($0)") }
    } else if let id = cluster.reusedID, let jobs = cluster.jobs {
      rows.append(("runs on", "\(jobs.title) as jobs of \(id) in \(cluster.region)"))
    } else if let id = cluster.reusedID {
      rows.append(
        cluster.isShared
          ? ("runs on", "\(id) in \(cluster.region), beside what others run there; it isn't ended")
          : ("reuses", "\(id), waiting as `\(cluster.name)` in \(cluster.region)"))
      rows += cluster.differences.map { ("accepts", "it \($0)") }
    } else {
      let end = cluster.isPersistent ? "outlives the run" : ending(plan)
      rows.append(("starts", "`\(cluster.name)` in \(cluster.region), \(end)"))
      if cluster.isPersistent, idleTime(plan) != nil || cluster.lifetimeMinutes == 0 {
        rows.append(
          ("ends", idleTime(plan).map { "after \(span($0)) without work" } ?? "by `down`"))
      }
      if !cluster.release.isEmpty { rows.append(("release", cluster.release)) }
      rows += machines(plan).map { ("machines", $0) }
      if cluster.isProtected {
        rows.append(
          (
            "protected",
            cluster.isPersistent
              ? "against termination" : "against termination, until Penstock ends it"
          ))
      }
      if cluster.bootstrapTries > 1 {
        rows.append(("bootstrap", "launched up to \(cluster.bootstrapTries) times if it fails"))
      }
    }
    if cluster.lifetimeMinutes > 0 {
      rows.append(("lifetime", span(cluster.lifetimeMinutes.multipliedWithoutOverflow(by: 60))))
    }
    if plan.timeoutSeconds > 0 { rows.append(("time-out", span(plan.timeoutSeconds))) }
    if let uri = cluster.logURI { rows.append(("logs", uri)) }
    return rows
  }

  /// After how many seconds without work EMR ends the cluster; nil if it doesn't.
  private static func idleTime(_ plan: Plan) -> Int64? {
    guard case .map(let body)? = plan.requests.first?.body,
      case .map(let policy)? = body["AutoTerminationPolicy"],
      case .int(let seconds)? = policy["IdleTimeout"]
    else { return nil }
    return seconds
  }

  /// How a cluster for one run only ends.
  private static func ending(_ plan: Plan) -> String {
    guard case .map(let body)? = plan.requests.first?.body,
      case .map(let instances)? = body["Instances"],
      case .bool(true)? = instances["KeepJobFlowAliveWhenNoSteps"]
    else { return "ends with the run" }
    return "is kept alive by its request; Penstock ends it after the last step"
  }

  /// The instance groups of the request, or its fleets.
  private static func machines(_ plan: Plan) -> [String] {
    guard case .map(let body)? = plan.requests.first?.body,
      case .map(let instances)? = body["Instances"]
    else { return [] }
    if case .list(let groups)? = instances["InstanceGroups"] { return groups.compactMap(group) }
    if case .list(let fleets)? = instances["InstanceFleets"] { return fleets.compactMap(fleet) }
    guard let type = instances.text("MasterInstanceType") else { return [] }
    let others = instances.text("SlaveInstanceType").map { ", others \($0)" } ?? ""
    return ["\(instances.text("InstanceCount") ?? "1") × \(type)\(others)"]
  }

  private static func group(_ group: Value) -> String? {
    guard case .map(let group) = group else { return nil }
    let count = group.text("InstanceCount") ?? "1"
    var text = "\(count) × \(group.text("InstanceType") ?? "?")"
    text += " \((group.text("InstanceRole") ?? "").lowercased())"
    if group.text("Market") == "SPOT" {
      text += group.text("BidPrice").map { ", spot up to $\($0) an hour" } ?? ", spot"
    }
    return text
  }

  private static func fleet(_ fleet: Value) -> String? {
    guard case .map(let fleet) = fleet else { return nil }
    var text = "\((fleet.text("InstanceFleetType") ?? "").lowercased()) fleet"
    if let count = fleet.text("TargetOnDemandCapacity") { text += ", \(count) on demand" }
    if let count = fleet.text("TargetSpotCapacity") { text += ", \(count) spot" }
    if case .list(let configs)? = fleet["InstanceTypeConfigs"] {
      let types = configs.compactMap { config -> String? in
        guard case .map(let config) = config else { return nil }
        return config.text("InstanceType")
      }
      if !types.isEmpty { text += ": \(types.joined(separator: ", "))" }
    }
    return text
  }
}

extension ValueMap {
  /// A scalar as text.
  fileprivate func text(_ key: String) -> String? {
    switch self[key] {
    case .string(let text)?: text
    case .int(let number)?: String(number)
    default: nil
    }
  }
}

extension Int64 {
  fileprivate func multipliedWithoutOverflow(by factor: Int64) -> Int64 {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? .max : product
  }
}
