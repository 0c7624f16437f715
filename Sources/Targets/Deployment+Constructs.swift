import Text
import PlanFormat
package import SourceText
import Values

extension Deployment {
  /// What the pipeline needs of an engine, each with the first place that needs it.
  package var constructs: [(construct: Construct, span: Span?)] {
    var found: [(construct: Construct, span: Span?)] = []
    func add(_ construct: Construct, _ span: Span?) {
      if !found.contains(where: { $0.construct == construct }) { found.append((construct, span)) }
    }
    for (construct, span) in ofCluster { add(construct, span) }
    for (index, step) in plan.steps.enumerated() {
      let span = stepSpans.indices.contains(index) ? stepSpans[index] : nil
      for construct in Self.constructs(of: step) { add(construct, span) }
      if conditions.indices.contains(index), !conditions[index].isEmpty {
        add(.conditionalSteps, span)
      }
      if index == 256 { add(.manySteps, span) }
    }
    for (index, body) in bodies.enumerated() {
      let span = stepSpans.indices.contains(index) ? stepSpans[index] : nil
      if let jar = body["HadoopJarStep"], jar["MainClass"] != nil { add(.mainClass, span) }
      if let jar = body["HadoopJarStep"], jar["Properties"] != nil { add(.javaProperties, span) }
      if body["StepMonitoringConfiguration"] != nil { add(.stepMonitoring, span) }
    }
    for construct in ofRun { add(construct, place(of: construct)) }
    return found
  }

  private func place(of construct: Construct) -> Span? {
    let ending = endings.first?.facts.first
    return places.first { $0.construct == construct }?.span
      ?? (construct == .textAnswers ? textAnswers.first.flatMap(factSpan) : nil)
      ?? (construct == .runConditions ? ending.flatMap(factSpan) : nil) ?? jobFlow?.span
  }

  /// The steps as EMR gets them.
  private var bodies: [Value] {
    plan.requests.flatMap { request -> [Value] in
      if case .list(let steps)? = request.body["Steps"] { steps } else { [] }
    }
  }

  private static func constructs(of step: Plan.Step) -> [Construct] {
    var found: [Construct] = []
    if step.accesses.contains(where: { $0.place.hasPrefix("hdfs:") }) { found.append(.hdfs) }
    switch step.kind {
    case "s3-dist-cp": found.append(.s3DistCp)
    case "spark-submit": found.append(.spark)
    case "hive": found.append(.hive)
    case "pig": found.append(.pig)
    case "hadoop-streaming": found.append(.streaming)
    default: found.append(.hadoopJar)
    }
    if step.actionOnFailure == "CONTINUE" { found.append(.continueOnFailure) }
    if step.timeoutSeconds > 0 { found.append(.stepTimeout) }
    if step.maximumTries > 1 { found.append(.stepRetries) }
    if step.maximumTries > 1, !step.emptiedBeforeRetry.isEmpty {
      found.append(.emptiedBeforeRetry)
    }
    return found
  }

  private var ofRun: [Construct] {
    var found: [Construct] = []
    if plan.timeoutSeconds > 0 { found.append(.runTimeout) }
    if !endings.isEmpty { found.append(.runConditions) }
    if !plan.secrets.isEmpty { found.append(.secrets) }
    if plan.settings["credentials"] != nil { found.append(.credentials) }
    if plan.settings["notify"] != nil { found.append(.notifications) }
    if plan.settings["events"] != nil { found.append(.events) }
    if plan.settings["lineage"] != nil { found.append(.lineage) }
    if plan.settings["logs"] != nil { found.append(.programLogs) }
    if parameters.contains(where: { $0.fixed == nil }) { found.append(.parameters) }
    var values: Set<Construct> = []
    for request in plan.requests { collect(request.body, into: &values) }
    return found + [.runID, .runTime, .textAnswers].filter(values.contains)
  }

  private func collect(_ value: Value, into found: inout Set<Construct>) {
    switch value {
    case .string(let text):
      for part in template(text) {
        switch part {
        case .value(.runID): found.insert(.runID)
        case .value(.runTime): found.insert(.runTime)
        case .value(.answer): found.insert(.textAnswers)
        case .text, .value(.parameter), .value(.secret): continue
        }
      }
    case .list(let items): for item in items { collect(item, into: &found) }
    case .map(let map): for entry in map.entries { collect(entry.value, into: &found) }
    default: return
    }
  }

  // MARK: The cluster

  private var ofCluster: [(Construct, Span?)] {
    var found: [(Construct, Span?)] = []
    func add(_ construct: Construct, _ member: SpannedValue.Entry?) {
      if let member { found.append((construct, member.keySpan ?? member.value.span)) }
    }
    if plan.cluster.isPersistent { found.append((.sharedCluster, place(of: .sharedCluster))) }
    if plan.cluster.bootstrapTries > 1 {
      found.append((.bootstrapTries, place(of: .bootstrapTries)))
    }
    let level = jobFlow?.entry("StepConcurrencyLevel")
    if plan.cluster.isFed || level.map({ $0.value.value != .int(1) }) ?? false {
      found.append((.parallelSteps, level?.keySpan ?? jobFlow?.span))
    }
    add(.bootstrapActions, jobFlow?.entry("BootstrapActions"))
    add(.managedScaling, jobFlow?.entry("ManagedScalingPolicy"))
    // Penstock sets a policy itself where it adds steps later.
    if !plan.cluster.isKeptForRetries, !plan.cluster.isKeptForMore {
      add(.autoTermination, jobFlow?.entry("AutoTerminationPolicy"))
    }
    add(.securityConfiguration, jobFlow?.entry("SecurityConfiguration"))
    add(.logEncryption, jobFlow?.entry("LogEncryptionKmsKeyId"))
    add(.kerberos, jobFlow?.entry("KerberosAttributes"))
    add(.customAmi, jobFlow?.entry("CustomAmiId"))
    add(.runtimeRole, jobFlow?.entry("StepExecutionRoleArn"))
    for item in jobFlow?.entry("Configurations")?.value.items ?? [] {
      add(.nestedConfigurations, item.entry("Configurations"))
    }
    let instances = jobFlow?.entry("Instances")?.value
    add(.instanceFleets, instances?.entry("InstanceFleets"))
    if let protected = instances?.entry("TerminationProtected"),
      protected.value.value == .bool(true)
    {
      add(.terminationProtection, protected)
    }
    for group in instances?.entry("InstanceGroups")?.value.items ?? [] {
      add(.automaticScaling, group.entry("AutoScalingPolicy"))
      guard group.entry("InstanceRole")?.value.value != .string("TASK") else { continue }
      add(.spotOutsideTask, group.entry("BidPrice"))
      if let market = group.entry("Market"), market.value.value == .string("SPOT") {
        add(.spotOutsideTask, market)
      }
    }
    return found
  }
}

extension SpannedValue {
  /// A member of a map that has a value.
  fileprivate func entry(_ key: String) -> Entry? {
    guard case .map(let entries) = content,
      let entry = entries.first(where: { $0.key == key })
    else { return nil }
    switch entry.value.value {
    case .null, .optional(nil): return nil
    case .list(let items) where items.isEmpty: return nil
    default: return entry
    }
  }

  fileprivate var items: [SpannedValue] {
    if case .list(let items) = content { items } else { [] }
  }
}

extension Value {
  fileprivate subscript(_ key: String) -> Value? {
    if case .map(let map) = self { map[key] } else { nil }
  }
}
