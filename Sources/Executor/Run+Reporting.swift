import AWSServices
import Locations
import PlanFormat
import Values

extension Run {
  /// How many lines of each log a report shows.
  private static var shownLines: Int { 20 }

  /// Everything known about a failed run.
  mutating func report(_ summary: String) async -> FailureReport {
    var report = FailureReport(summary: summary)
    report.cluster = record.cluster ?? record.launches.last { $0.cluster != nil }?.cluster
    report.clusterReason = record.clusterReason
    report.happened = happened
    report.notHappened = notHappened
    let outlook = StepOutlook.of(plan, steps: reportedSteps, isOver: true)
    report.heldBack = plan.steps.compactMap { step in
      guard case .heldBack(let causes)? = outlook[step.name], !causes.isEmpty else { return nil }
      return (step.name, causes)
    }
    let recovery = RecoveryRules(plan).recovery(after: record.progress)
    // Where there are no steps, the same command simply starts another cluster.
    guard !plan.isClusterOnly else { return report }
    report.recovery = recovery
    if recovery.isPossible { report.recoveryCommand = options.recoverCommand }
    guard let failed = failedStep else { return report }
    report.stepIndex = failed
    report.step = record.steps[failed].description
    report.tries = max(1, record.steps[failed].failures)
    report.origin = plan.steps[failed].origin
    report.keepsNoLogs = plan.cluster.logURI == nil
    if let cluster = report.cluster, let step = record.steps[failed].id {
      report.logs = await logs(cluster, step, plan.driver(ofStep: plan.steps[failed].name))
    }
    return report
  }

  private func logs(
    _ cluster: String, _ step: String, _ driver: String?
  ) async -> [FailureReport.LogTail] {
    guard let logURI = plan.cluster.logURI else { return [] }
    let reader = LogReader(store: services.store)
    var tails: [FailureReport.LogTail] = []
    for name in LogReader.names {
      let location = LogReader.location(
        logURI: logURI, cluster: cluster, step: step, name: name, driver: driver)
      guard var tail = await reader.tail(location, lines: Self.shownLines), !tail.lines.isEmpty
      else { continue }
      tail.lines = tail.lines.map { secrets.redact($0) }
      tails.append(tail)
    }
    return tails
  }

  /// Shows the logs that steps' programs leave in S3 (the plan's settings say where), and moves
  /// them aside, so that they aren't mistaken for those of a later attempt.
  mutating func showProgramLogs() async {
    let reader = LogReader(store: services.store)
    for entry in (plan.settings["logs"] ?? .null).items {
      guard let step = entry["step"].text, let location = entry["at"].text,
        let index = plan.steps.firstIndex(where: { $0.name == step }),
        record.steps[index].description?.started != nil,
        let tail = await reader.tail(location, lines: 500)
      else { continue }
      let lines = tail.lines.map { secrets.redact($0) }
      tell(.programLog(step: step, location: location, lines: lines))
      await moveAside(location, try: max(1, record.steps[index].failures))
    }
  }

  private func moveAside(_ location: String, try number: Int) async {
    guard let place = try? Location(location), place.isInS3 else { return }
    let (bucket, key) = (place.bucket, place.key)
    do throws(CloudError) {
      try await services.store.copy(
        from: ObjectAddress(bucket: bucket, key: key),
        to: ObjectAddress(bucket: bucket, key: "\(key).\(number)"))
      try await services.store.delete(bucket: bucket, key: key, ifMatch: nil)
    } catch {
      tell(.warning("\(location) could not be moved aside: \(redacted(error).message)"))
    }
  }

  /// The steps on the cluster. For those that follow, one whose output can't be read has failed.
  private var reportedSteps: [StepDescription] {
    record.steps.enumerated().compactMap { index, known in
      var description = known.description
      if index == record.stepWithoutOutput { description?.state = .failed }
      return description
    }
  }

  /// What the completed steps did to data.
  private var happened: [String] {
    plan.steps.enumerated().flatMap { index, step in
      record.isDone(index) ? Self.words(step, isDone: true) : []
    } + madeOfParts
  }

  /// What completed steps read before others had finished it.
  private var madeOfParts: [String] {
    var sentences: [String] = []
    for (index, step) in plan.steps.enumerated()
    where record.steps[index].description?.state == .completed {
      let reads = step.accesses.filter { $0.mode == .read }.map(\.place)
      let unfinished = plan.steps[..<index].indices.first { other in
        record.steps[other].description?.state != .completed
          && plan.steps[other].accesses.contains { access in
            access.mode == .write
              && reads.contains { Location.overlap($0, access.place) }
          }
      }
      guard let unfinished else { continue }
      sentences.append(
        "`\(step.name)` read what `\(plan.steps[unfinished].name)` had not finished")
    }
    return sentences
  }

  /// What the incomplete steps haven't done, or have done in part.
  private var notHappened: [String] {
    plan.steps.enumerated().flatMap { index, step -> [String] in
      if record.isDone(index) { return [] }
      guard record.steps[index].description?.started != nil else {
        return Self.words(step, isDone: false)
      }
      return step.accesses.filter { $0.mode == .write }.map {
        "`\(step.name)` may have written part of \(Self.name($0))"
      }
        + step.accesses.filter { $0.mode == .delete }.map {
          "`\(step.name)` may have emptied part of \(Self.name($0))"
        }
    }
  }

  private static func words(_ step: Plan.Step, isDone: Bool) -> [String] {
    let writes = step.accesses.filter { $0.mode == .write }
    let deletes = step.accesses.filter { $0.mode == .delete }
    let reads = step.accesses.filter { $0.mode == .read }
    let verb = isDone ? "was" : "was not"
    var words = writes.map { "\(name($0)) \(verb) written by `\(step.name)`" }
    words += deletes.map { "\(name($0)) \(verb) emptied by `\(step.name)`" }
    if writes.isEmpty, deletes.isEmpty {
      words += reads.map { "\(name($0)) \(verb) processed by `\(step.name)`" }
    }
    return words
  }

  private static func name(_ access: Plan.Access) -> String {
    access.dataset.isEmpty ? access.place : "`\(access.dataset)` (\(access.shownPlace))"
  }
}
