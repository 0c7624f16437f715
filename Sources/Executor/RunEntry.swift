package import AWSServices
import Diagnostics
package import Values

/// An entry of a run's journal: an intent before the call that carries it out, or what was seen.
///
/// A run's state is a fold over its entries (`RunRecord`), so a killed run continues from the state
/// it was in.
package enum RunEntry: Sendable {
  /// A process began or continued the run.
  case begun(host: String, process: Int64)
  /// Nothing had been begun for this plan when this was written: the plan was new, or EMR was asked
  /// for as long as its lists may lag behind.
  case nothingBegun
  /// The places that the plan empties first are empty.
  case emptied(objects: Int)
  /// About to ask for a cluster; the nonce will be among its tags.
  case launchIntended(nonce: String)
  /// The cluster with that nonce.
  case launched(nonce: String, cluster: String)
  /// It is certain that it started no cluster.
  case launchAbsent(nonce: String, error: String)
  /// About to mark an existing cluster as this run's.
  case claimIntended(cluster: String, nonce: String)
  case claimed(cluster: String)
  /// About to add the plan's steps of these indices; `seen` were on the cluster before, as far as no
  /// earlier entry names them.
  case addIntended(cluster: String, steps: [Int], seen: [String])
  /// The steps' ids, as many as `steps`.
  case added(cluster: String, steps: [Int], ids: [String])
  /// It is certain that it added no steps.
  case addAbsent(cluster: String, error: String)
  /// It is certain that it added no steps, as the cluster had no room for them.
  case addPostponed(cluster: String, error: String)
  /// Steps are to be added again from this time on.
  case retryDue(cluster: String, steps: [Int], at: Value.Timestamp)
  /// A step was seen in a new state.
  case step(index: Int, StepDescription)
  /// The cluster was seen in a new state.
  case cluster(id: String, ClusterState, StateChangeReason)
  /// The cluster was lost before its steps ran; another may be launched from this time on.
  case relaunchDue(cluster: String, at: Value.Timestamp)
  /// About to cancel the unfinished steps.
  case cancelIntended(cluster: String, why: String)
  case cancelled(cluster: String)
  /// About to cancel one step only.
  case stepCancelIntended(cluster: String, step: Int, why: String)
  case stepCancelled(cluster: String, step: Int)
  /// About to terminate the cluster.
  case terminateIntended(cluster: String, why: String)
  case terminated(cluster: String)
  /// EMR refuses to terminate the cluster: it keeps running.
  case terminationRefused(cluster: String, error: String)
  /// This process stopped watching; the run goes on.
  case interrupted(why: String)
  case ended(RunEnd)
  /// What a step has left for later ones.
  case outputsRead(step: String, values: ValueMap)
  /// An output isn't what it has to be.
  case outputBroken(output: String, problem: String)
  /// One of those who are to be told of the end was told, or can't be.
  case notified(target: Int, problem: String?)
  /// So many of the run's lineage events are delivered, or given up.
  case lineageSent(events: Int)
}

extension RunEntry {
  /// The entry's kind and body, as stored in the journal.
  package var journaled: (kind: String, body: ValueMap) {
    switch self {
    case .begun(let host, let process):
      Self.entry("begun", ["host": .string(host), "process": .int(process)])
    case .nothingBegun: Self.entry("nothing-begun", [:])
    case .emptied(let objects): Self.entry("emptied", ["objects": .int(Int64(objects))])
    case .launchIntended(let nonce):
      Self.entry("launch-intended", ["nonce": .string(nonce)])
    case .launched(let nonce, let cluster):
      Self.entry("launched", ["nonce": .string(nonce), "cluster": .string(cluster)])
    case .launchAbsent(let nonce, let error):
      Self.entry("launch-absent", ["nonce": .string(nonce), "error": .string(error)])
    case .claimIntended(let cluster, let nonce):
      Self.entry("claim-intended", ["cluster": .string(cluster), "nonce": .string(nonce)])
    case .claimed(let cluster): Self.entry("claimed", ["cluster": .string(cluster)])
    case .addIntended(let cluster, let steps, let seen):
      Self.entry(
        "add-intended",
        ["cluster": .string(cluster), "steps": .indices(steps), "seen": .strings(seen)])
    case .added(let cluster, let steps, let ids):
      Self.entry(
        "added", ["cluster": .string(cluster), "steps": .indices(steps), "ids": .strings(ids)])
    case .addAbsent(let cluster, let error):
      Self.entry("add-absent", ["cluster": .string(cluster), "error": .string(error)])
    case .addPostponed(let cluster, let error):
      Self.entry("add-postponed", ["cluster": .string(cluster), "error": .string(error)])
    case .retryDue(let cluster, let steps, let time):
      Self.entry(
        "retry-due",
        ["cluster": .string(cluster), "steps": .indices(steps), "at": .int(time.seconds)])
    case .step(let index, let step): ("step", step.journaled(index))
    case .cluster(let id, let state, let reason):
      Self.entry(
        "cluster",
        [
          "cluster": .string(id), "state": .string(state.rawValue),
          "code": .string(reason.code), "message": .string(reason.message),
        ])
    case .relaunchDue(let cluster, let time):
      Self.entry("relaunch-due", ["cluster": .string(cluster), "at": .int(time.seconds)])
    case .cancelIntended(let cluster, let why):
      Self.entry("cancel-intended", ["cluster": .string(cluster), "why": .string(why)])
    case .cancelled(let cluster): Self.entry("cancelled", ["cluster": .string(cluster)])
    case .stepCancelIntended(let cluster, let step, let why):
      Self.entry(
        "step-cancel-intended",
        ["cluster": .string(cluster), "step": .int(Int64(step)), "why": .string(why)])
    case .stepCancelled(let cluster, let step):
      Self.entry("step-cancelled", ["cluster": .string(cluster), "step": .int(Int64(step))])
    case .terminateIntended(let cluster, let why):
      Self.entry("terminate-intended", ["cluster": .string(cluster), "why": .string(why)])
    case .terminated(let cluster): Self.entry("terminated", ["cluster": .string(cluster)])
    case .terminationRefused(let cluster, let error):
      Self.entry(
        "termination-refused", ["cluster": .string(cluster), "error": .string(error)])
    case .interrupted(let why): Self.entry("interrupted", ["why": .string(why)])
    case .notified(let target, let problem):
      Self.entry(
        "notified", ["target": .int(Int64(target)), "problem": .string(ifAny: problem)])
    case .lineageSent(let events):
      Self.entry("lineage-sent", ["events": .int(Int64(events))])
    case .outputsRead(let step, let values):
      Self.entry("outputs-read", ["step": .string(step), "values": .map(values)])
    case .outputBroken(let output, let problem):
      Self.entry("output-broken", ["output": .string(output), "problem": .string(problem)])
    case .ended(let end):
      Self.entry(
        "ended",
        [
          "status": .int(Int64(end.status.code)), "summary": .string(end.summary),
          "code": .string(ifAny: end.code?.rawValue),
        ])
    }
  }

  private static func entry(
    _ kind: String, _ entries: KeyValuePairs<String, Value>
  ) -> (kind: String, body: ValueMap) {
    (kind, ValueMap(entries))
  }

  /// Nil if it isn't an entry that this version knows.
  package init?(kind: String, body map: ValueMap) {
    let body = Value.map(map)
    let cluster = body["cluster"].text ?? ""
    let nonce = body["nonce"].text ?? ""
    let why = body["why"].text ?? ""
    let error = body["error"].text ?? ""
    switch kind {
    case "begun":
      self = .begun(host: body["host"].text ?? "", process: body["process"].integer ?? 0)
    case "nothing-begun": self = .nothingBegun
    case "emptied": self = .emptied(objects: Int(clamping: body["objects"].integer ?? 0))
    case "launch-intended": self = .launchIntended(nonce: nonce)
    case "launched": self = .launched(nonce: nonce, cluster: cluster)
    case "launch-absent": self = .launchAbsent(nonce: nonce, error: error)
    case "claim-intended": self = .claimIntended(cluster: cluster, nonce: nonce)
    case "claimed": self = .claimed(cluster: cluster)
    case "add-intended":
      self = .addIntended(
        cluster: cluster, steps: body["steps"].indices, seen: body["seen"].texts)
    case "added":
      self = .added(cluster: cluster, steps: body["steps"].indices, ids: body["ids"].texts)
    case "add-absent": self = .addAbsent(cluster: cluster, error: error)
    case "add-postponed": self = .addPostponed(cluster: cluster, error: error)
    case "retry-due":
      self = .retryDue(
        cluster: cluster, steps: body["steps"].indices,
        at: Value.Timestamp(seconds: body["at"].integer ?? 0, nanoseconds: 0))
    case "step":
      guard let index = body["index"].integer, let step = StepDescription(journaled: body) else {
        return nil
      }
      self = .step(index: Int(clamping: index), step)
    case "cluster":
      guard let state = body["state"].text.flatMap(ClusterState.init(rawValue:)) else {
        return nil
      }
      let reason = StateChangeReason(
        code: body["code"].text ?? "", message: body["message"].text ?? "")
      self = .cluster(id: cluster, state, reason)
    case "relaunch-due":
      self = .relaunchDue(
        cluster: cluster,
        at: Value.Timestamp(seconds: body["at"].integer ?? 0, nanoseconds: 0))
    case "cancel-intended": self = .cancelIntended(cluster: cluster, why: why)
    case "cancelled": self = .cancelled(cluster: cluster)
    case "step-cancel-intended":
      guard let step = body["step"].integer else { return nil }
      self = .stepCancelIntended(cluster: cluster, step: Int(clamping: step), why: why)
    case "step-cancelled":
      guard let step = body["step"].integer else { return nil }
      self = .stepCancelled(cluster: cluster, step: Int(clamping: step))
    case "terminate-intended": self = .terminateIntended(cluster: cluster, why: why)
    case "terminated": self = .terminated(cluster: cluster)
    case "termination-refused": self = .terminationRefused(cluster: cluster, error: error)
    case "interrupted": self = .interrupted(why: why)
    case "notified":
      self = .notified(
        target: Int(clamping: body["target"].integer ?? 0), problem: body["problem"].text)
    case "lineage-sent":
      self = .lineageSent(events: Int(clamping: body["events"].integer ?? 0))
    case "outputs-read":
      guard case .map(let values)? = map["values"] else { return nil }
      self = .outputsRead(step: body["step"].text ?? "", values: values)
    case "output-broken":
      self = .outputBroken(
        output: body["output"].text ?? "", problem: body["problem"].text ?? "")
    case "ended":
      self = .ended(
        RunEnd(
          status: ExitStatus(written: body["status"].integer), summary: body["summary"].text ?? "",
          code: body["code"].text.flatMap { DiagnosticCode(rawValue: $0) }))
    default: return nil
    }
  }
}

extension StepDescription {
  fileprivate func journaled(_ index: Int) -> ValueMap {
    let value = Value.object([
      "index": .int(Int64(index)), "id": .string(id), "name": .string(name),
      "state": .string(state.rawValue), "code": .string(reason.code),
      "message": .string(reason.message), "created": .int(ifAny: created?.seconds),
      "started": .int(ifAny: started?.seconds), "ended": .int(ifAny: ended?.seconds),
      "failureReason": .string(ifAny: failure?.reason),
      "failureMessage": .string(ifAny: failure?.message),
      "failureLog": .string(ifAny: failure?.logFile),
    ])
    if case .map(let map) = value { return map }
    return ValueMap()
  }

  fileprivate init?(journaled body: Value) {
    guard let state = body["state"].text.flatMap(StepState.init(rawValue:)) else { return nil }
    self.init(id: body["id"].text ?? "", name: body["name"].text ?? "", state: state)
    reason = StateChangeReason(
      code: body["code"].text ?? "", message: body["message"].text ?? "")
    if let cause = body["failureReason"].text {
      failure = Failure(
        reason: cause, message: body["failureMessage"].text ?? "",
        logFile: body["failureLog"].text ?? "")
    }
    let time = { (key: String) in
      body[key].integer.map { Value.Timestamp(seconds: $0, nanoseconds: 0) }
    }
    created = time("created")
    started = time("started")
    ended = time("ended")
  }
}

extension Value {
  fileprivate static func indices(_ numbers: [Int]) -> Value {
    .list(numbers.map { .int(Int64($0)) })
  }

  fileprivate var indices: [Int] { items.compactMap { $0.integer.map { Int(clamping: $0) } } }
}
