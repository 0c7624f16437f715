import Diagnostics
import Documents
package import PlanFormat
import Values

extension Side {
  /// A plan as a side.
  package init(_ plan: Plan, name: String) {
    self.init(name: name, kind: .plan)
    planSteps = plan.steps
    outputs = plan.outputs
    if plan.steps.count <= Self.longest {
      let rules = RecoveryRules(plan)
      recoveries = plan.steps.indices.map { rules.recovery(afterFailureIn: $0) }
    }
    for request in plan.requests {
      guard case .map(var body) = request.body else { continue }
      if case .list(let steps)? = body["Steps"] { requestSteps += steps }
      body["Steps"] = nil
      if request.operation == "RunJobFlow" { head["cluster"] = ClusterRequest.canonical(body) }
    }
    run = RunName(id: plan.runID, moment: plan.runTime)
    runMask = RunMask(run)
    head["run"] = .map(Self.run(of: plan))
    head["checks"] = .list(plan.facts.map { check($0) })
    for stage in plan.stages {
      if let origin = stage.origin { origins["stage " + stage.name] = SourceLine(origin) }
    }
    head["stages"] = .list(
      plan.stages.map { stage in
        var shown = ValueMap(["name": .string(stage.name), "status": .string(stage.status)])
        shown["when"] = stage.condition.map { .string($0.text) }
        return .map(shown)
      })
    head["settings"] = .map(plan.settings)
    if let guards = plan.guards { head["guards"] = .list(guards.map { .string($0) }) }
    documents = plan.documents
    hashes = plan.secretHashes
    references = plan.secrets.flatMap { plan.documents[$0]?.placeholders ?? [$0] }
    for file in plan.files where file.role != "facts" { roles[file.path] = file.role }
    for entry in plan.meanings.entries { own[entry.key.keyText] = Self.bytes(entry.value) }
    digests = plan.files.map { ($0.path, $0.digest) }
    warnings = plan.warnings.map(\.message)
  }

  private static func bytes(_ value: Value) -> [UInt8] {
    var writer = CanonicalJSONWriter(pretty: false)
    writer.value(value, revealingSecrets: false)
    return writer.take()
  }

  /// Recoveries are not worked out for more steps than EMR allows.
  private static var longest: Int { 256 }

  private static func run(of plan: Plan) -> ValueMap {
    let cluster = plan.cluster
    var run = ValueMap()
    run["pipeline"] = .string(plan.pipeline)
    run["region"] = .string(cluster.region)
    run["persistent"] = .bool(cluster.isPersistent)
    run["reuses"] = cluster.reusedID.map { .string($0) }
    run["lifetimeMinutes"] = .int(cluster.lifetimeMinutes)
    run["bootstrapTries"] = .int(cluster.bootstrapTries)
    run["timeoutSeconds"] = .int(plan.timeoutSeconds)
    return run
  }

  private mutating func check(_ fact: Plan.Fact) -> Value {
    let text = CheckText.question(fact)
    if let origin = fact.origin { origins["check " + runMask.masked(text)] = SourceLine(origin) }
    return .map(
      ValueMap([
        "question": .string(text), "kind": .string(fact.question.kind.rawValue),
        "exitStatus": .int(Int64(fact.exitStatus.code)),
      ]))
  }
}

extension SourceLine {
  init(_ origin: Plan.Origin) {
    self.init(
      file: origin.file, line: origin.line, excerpt: origin.excerpt, isBefore: false)
  }
}
