import Documents
import PlanFormat
import SourceText
import Values

extension Program {
  /// The program in its compact text form, which goldens compare and `--emit ir` prints:
  ///
  ///     program daily
  ///     cluster us-east-1 transient release 6.15.0
  ///     job-flow {"Name":"daily",…}
  ///     stage enrich selected
  ///     let folder "s3://b/raw/"
  ///     dataset raw s3://b/raw/
  ///     step 0 [enrich] s3-dist-cp "Copy" TERMINATE_JOB_FLOW retry written
  ///       jar /usr/share/…
  ///       arg --src
  ///       read s3://b/raw/
  ///       follows 0 write read s3://b/raw/
  ///     done "Make" [enrich] before 0 write s3://b/raw/
  ///     would archive delete s3://b/raw/
  ///     resume enrich yes
  package func dump(revealingSecrets: Bool = false) -> String {
    var out = "program \(name)\n"
    out += "cluster \(cluster.region) \(cluster.isPersistent ? "persistent" : "transient")"
    if cluster.isEncrypted { out += " encrypted" }
    if cluster.isFed { out += " fed" }
    if isClusterOnly { out += " alone" }
    if let id = cluster.reusedID { out += " reuses \(id)\(cluster.isShared ? " shared" : "")" }
    if !cluster.release.isEmpty { out += " release \(cluster.release)" }
    out += "\n"
    if let jobFlow = cluster.jobFlow {
      out += "job-flow \(json(jobFlow.value, revealingSecrets))\n"
    }
    for fact in facts {
      out += "fact \(fact.question.statement(fact.answer))\(fact.isAssumed ? " (assumed)" : "")\n"
    }
    for stage in stages {
      out += "stage \(stage.name) \(stage.status.word)"
      if let whole = stage.partOf.flatMap(self.stage) { out += " part-of \(whole.name)" }
      if let condition = stage.condition { out += " if \(condition.text)" }
      out += "\n"
    }
    // Looked up by name elsewhere; in the order of their names for determinism.
    for (name, value) in lets.sorted(by: { $0.key < $1.key }) {
      out += "let \(name) \(json(value, revealingSecrets))\n"
    }
    for dataset in datasets {
      let places = dataset.locations.map { $0.joined(separator: " ") } ?? "absent"
      out += "dataset \(dataset.name) \(places)\(dataset.mustBeRead ? " must-be-read" : "")\n"
    }
    for planned in outputs.map(\.planned) {
      out +=
        "output \(planned.name) \(planned.kind.rawValue) \(planned.location) by \"\(planned.step)\"\n"
    }
    var orders: [TextID: StepOrder] = [:]
    for order in stepOrders { orders[order.step] = order }
    let predecessors = predecessors
    for index in steps.indices {
      dump(index, revealingSecrets, to: &out)
      for edge in predecessors[index] { out += "  follows \(edge.earlier) \(word(edge.reason))\n" }
      for name in orders[steps[index].name]?.after ?? [] { out += "  after \(name.text)\n" }
    }
    dumpLeftOut(to: &out)
    for point in resumePoints {
      guard let stage = stage(point.stage) else { continue }
      out += "resume \(stage.name) \(point.obstacle.map { "no: \($0.word)" } ?? "yes")"
      out += "\n"
    }
    return out
  }

  private func word(_ reason: StepEdge.Reason) -> String {
    switch reason {
    case .after: "after"
    case .cluster: "cluster"
    case .data(let place, let earlier, let later):
      "\(earlier.word) \(later.word) \(placeText(place))"
    }
  }

  /// What is not done in this run: steps that are done, and what absent stages would do to data.
  private func dumpLeftOut(to out: inout String) {
    for (step, word) in doneSteps.map({ ($0, "done") }) + stepsLeftOut.map({ ($0, "without") }) {
      let stage = step.stage.flatMap(self.stage)?.name ?? "cluster"
      out += "\(word) \"\(step.name)\" [\(stage)] before \(step.before)"
      for access in step.accesses { out += " \(access.mode.word) \(placeText(access.place))" }
      out += "\n"
    }
    for absent in wouldBe {
      guard let stage = stage(absent.stage) else { continue }
      for access in absent.accesses {
        out += "would \(stage.name) \(access.mode.word) \(placeText(access.place))\n"
      }
      if let doubt = absent.doubt { out += "would \(stage.name) unknown: \(doubt.reason)\n" }
    }
  }

  private func json(_ value: Value, _ revealingSecrets: Bool) -> String {
    var writer = CanonicalJSONWriter(pretty: false)
    writer.value(value, revealingSecrets: revealingSecrets)
    return String(decoding: writer.take(), as: UTF8.self)
  }

  private func dump(_ index: Int, _ revealingSecrets: Bool, to out: inout String) {
    let step = steps[index]
    let stage = step.stage.flatMap(self.stage)?.name ?? "cluster"
    out += "step \(index) [\(stage)] \(kinds[Int(step.kind.index)].name) "
    out += "\"\(text(step.name))\" \(step.actionOnFailure.rawValue)"
    out += "\(step.isRetryable ? " retry" : "") \(step.origin.pass.word)\n"
    out += "  jar \(text(step.jar))\n"
    if let mainClass = step.mainClass { out += "  main-class \(text(mainClass))\n" }
    for argument in arguments(of: step) {
      if argument.secret >= 0, revealingSecrets {
        out += "  arg \(secrets[Int(argument.secret)].value.argumentText ?? "")\n"
      } else {
        out += "  arg \(text(argument.text))\n"
      }
    }
    if let retries = retries(of: step) {
      out += "  retries after \(retries.waits.map { "\($0)s" }.joined(separator: " "))"
      for place in retries.emptied { out += " empties \(placeText(place))" }
      out += "\n"
    }
    if step.timeoutSeconds > 0 { out += "  timeout \(step.timeoutSeconds)s\n" }
    if let extras = extras(of: step) {
      for (name, member) in [("properties", extras.properties), ("monitoring", extras.monitoring)] {
        guard let member else { continue }
        out += "  \(name) \(json(member.value, revealingSecrets))\n"
      }
    }
    if let use = outputUses.first(where: { $0.step == step.name }) {
      for name in use.takes { out += "  takes \(name)\n" }
      if let condition = use.noData { out += "  no-data-if \(condition.text)\n" }
    }
    for access in accesses(of: step) {
      out += "  \(access.mode.word) \(placeText(access.place))\n"
    }
  }
}

extension Stage.Status {
  package var word: String {
    switch self {
    case .undecided: "undecided"
    case .selected: "selected"
    case .notApplicable: "not-applicable"
    case .skipped: "skipped"
    case .beforeResumption: "before-resumption"
    case .partOfUnselected: "part-of-unselected"
    }
  }
}

extension Origin.Pass {
  package var word: String {
    switch self {
    case .written: "written"
    case .restoreData: "restore-data"
    case .releaseData: "release-data"
    }
  }
}

extension Access.Mode {
  package var word: String {
    switch self {
    case .read: "read"
    case .write: "write"
    case .delete: "delete"
    }
  }
}

extension ResumePoint.Obstacle {
  fileprivate var word: String {
    switch self {
    case .isFirst: "first"
    case .movedData(let dataset): "moved-data \(dataset)"
    case .lostData(let dataset): "lost-data \(dataset)"
    case .isPart(let whole): "part-of \(whole)"
    case .isLeftOut: "left-out"
    }
  }
}
