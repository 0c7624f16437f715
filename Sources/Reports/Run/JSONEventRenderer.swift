package import Executor
import Documents
package import AWSServices
import Diagnostics
import PlanFormat
package import Values
import Text

/// Events as JSON for programs, one per line: `time`, `event`, and the event's members.
package enum JSONEventRenderer {
  /// - Parameter run: the id of the run, where several are under way at once; else empty.
  package static func render(_ event: RunEvent, run: String = "") -> String {
    let (name, body) = parts(event.kind)
    var map = ValueMap()
    if !run.isEmpty { map["run"] = .string(run) }
    map["time"] = .string(event.time.description)
    map["event"] = .string(name)
    if case .map(let body) = body { for entry in body.entries { map[entry.key] = entry.value } }
    return String(decoding: line(.map(map)), as: UTF8.self)
  }

  static func line(_ value: Value) -> [UInt8] {
    var writer = CanonicalJSONWriter(pretty: false)
    writer.value(value, revealingSecrets: false)
    writer.newline()
    return Array(VisibleText.json(String(decoding: writer.bytes, as: UTF8.self)).utf8)
  }

  private static func parts(_ kind: RunEvent.Kind) -> (name: String, body: Value) {
    switch kind {
    case .began(let pipeline, let runID, let steps):
      (
        "began",
        .object([
          "pipeline": .string(pipeline), "runID": .string(runID), "steps": .strings(steps),
        ])
      )
    case .resumed(let cluster): ("resumed", .object(["cluster": .string(ifAny: cluster)]))
    case .factChecked(let statement, let isUnchanged):
      (
        "fact-checked",
        .object(["statement": .string(statement), "isUnchanged": .bool(isUnchanged)])
      )
    case .emptied(let place, let objects):
      ("emptied", .object(["place": .string(place), "objects": .int(Int64(objects))]))
    case .searching(let name, let seconds):
      ("searching", .object(["name": .string(name), "seconds": .int(seconds)]))
    case .launching(let name, let attempt):
      ("launching", .object(["name": .string(name), "attempt": .int(Int64(attempt))]))
    case .launched(let cluster, let wasFound):
      ("launched", .object(["cluster": .string(cluster), "wasFound": .bool(wasFound)]))
    case .attached(let cluster): ("attached", .object(["cluster": .string(cluster)]))
    case .jobsRun(let host, let service):
      ("jobs-run", .object(["host": .string(host), "service": .string(service.rawValue)]))
    case .addingSteps(let cluster, let steps, let isAgain):
      (
        "adding-steps",
        .object([
          "cluster": .string(cluster), "steps": .strings(steps), "isAgain": .bool(isAgain),
        ])
      )
    case .addedSteps(let cluster, let count, let wasFound):
      (
        "added-steps",
        .object([
          "cluster": .string(cluster), "count": .int(Int64(count)), "wasFound": .bool(wasFound),
        ])
      )
    case .retrying(let steps, let number, let tries, let time):
      (
        "retrying",
        .object([
          "steps": .strings(steps), "try": .int(Int64(number)), "tries": .int(Int64(tries)),
          "at": .string(time.description),
        ])
      )
    case .cluster(let id, let state, let reason):
      (
        "cluster",
        .object([
          "cluster": .string(id), "state": .string(state.rawValue),
          "reasonCode": .string(reason.code), "reason": .string(reason.message),
        ])
      )
    case .step(let index, let step): ("step", self.step(index, step))
    case .clusterLost(let cluster, let reason, let time):
      (
        "cluster-lost",
        .object([
          "cluster": .string(cluster), "reason": .string(reason.message),
          "relaunchAt": .string(time.description),
        ])
      )
    case .callFailed(let error, let next):
      (
        "call-failed",
        .object([
          "operation": .string(error.operation), "kind": .string(error.kind.rawValue),
          "message": .string(error.message), "next": .string(next),
        ])
      )
    case .outputRead(let name, let value, let step):
      (
        "output-read",
        .object(["output": .string(name), "value": .string(value), "step": .string(step)])
      )
    case .stageDecided(let stage, let runs, let why):
      (
        "stage-decided",
        .object(["stage": .string(stage), "runs": .bool(runs), "because": .string(why)])
      )
    case .noData(let step, let why):
      ("no-data", .object(["step": .string(step), "because": .string(why)]))
    case .heldBack(let steps, let causes):
      ("held-back", .object(["steps": .strings(steps), "because": .strings(causes)]))
    case .cancellingStep(let step, let why):
      ("cancelling-step", .object(["step": .string(step), "why": .string(why)]))
    case .cancelling(let cluster, let why):
      ("cancelling", .object(["cluster": .string(cluster), "why": .string(why)]))
    case .terminating(let cluster, let why):
      ("terminating", .object(["cluster": .string(cluster), "why": .string(why)]))
    case .interrupted(let why, let hints):
      ("interrupted", .object(["why": .string(why), "hints": .strings(hints)]))
    case .programLog(let step, let location, let lines):
      (
        "program-log",
        .object([
          "step": .string(step), "location": .string(location), "lines": .strings(lines),
        ])
      )
    case .notified(let name): ("notified", .object(["target": .string(name)]))
    case .warning(let text): ("warning", .object(["text": .string(text)]))
    case .failed(let report): ("failed", self.report(report))
    case .refused(let failure): ("ended", end(RunEnd(failure)))
    case .ended(let end): ("ended", self.end(end))
    }
  }

  private static func end(_ end: RunEnd) -> Value {
    .object([
      "status": .int(Int64(end.status.code)), "code": .string(ifAny: end.code?.rawValue),
      "summary": .string(end.summary),
    ])
  }

  /// A step as written in events and in a run's state.
  /// - Parameter failures: how often it has failed so far; 0 if that isn't told.
  package static func step(
    _ index: Int?, _ step: StepDescription, failures: Int = 0
  ) -> Value {
    .object([
      "index": .int(ifAny: index.map { Int64($0) }), "id": .string(step.id),
      "name": .string(step.name), "state": .string(step.state.rawValue),
      "started": .string(ifAny: step.started?.description),
      "ended": .string(ifAny: step.ended?.description),
      "reason": .string(ifAny: step.failure?.reason),
      "message": .string(ifAny: step.failure?.message),
      "logFile": .string(ifAny: step.failure?.logFile),
      "failures": .int(ifAny: failures > 0 ? Int64(failures) : nil),
    ])
  }

  private static func report(_ report: FailureReport) -> Value {
    .object([
      "summary": .string(report.summary), "cluster": .string(ifAny: report.cluster),
      "clusterReason": .string(report.clusterReason.message),
      "step": report.step.map { step(report.stepIndex, $0, failures: report.tries) } ?? .null,
      "origin": report.origin.map { origin in
        .object([
          "file": .string(origin.file), "line": .int(origin.line), "column": .int(origin.column),
        ])
      } ?? .null,
      "logs": .list(
        report.logs.map { log in
          .object(["location": .string(log.location), "lines": .strings(log.lines)])
        }),
      "happened": .strings(report.happened), "notHappened": .strings(report.notHappened),
      "heldBack": report.heldBack.isEmpty
        ? .null
        : .list(
          report.heldBack.map { held in
            .object(["step": .string(held.step), "because": .strings(held.causes)])
          }),
      "recovery": report.recovery.map { recovery($0, report.recoveryCommand) } ?? .null,
    ])
  }

  private static func recovery(_ recovery: Recovery, _ command: String?) -> Value {
    .object([
      "command": .string(ifAny: command), "explanation": .string(recovery.explanation),
      "leftOut": .strings(recovery.leftOut), "again": .strings(recovery.again),
      "unsure": .strings(recovery.unsure), "toEmpty": .strings(recovery.toEmpty),
      "emptyByHand": .list(
        recovery.byHand.map { folder in
          .object([
            "place": .string(folder.place), "step": .string(folder.step),
            "reason": .string(folder.reason), "reader": .string(ifAny: folder.reader),
            "keep": .strings(folder.keep),
          ])
        }),
      "losses": .list(
        recovery.losses.map { loss in
          .object([
            "step": .string(loss.step), "place": .string(loss.place),
            "deleter": .string(loss.deleter), "target": .string(ifAny: loss.target),
          ])
        }),
    ])
  }
}
