import Documents
import AWSServices
package import Executor
import Diagnostics
import Journal
import PlanFormat
package import Values
import Text

/// Runs as text and as JSON.
package enum RunText {
  typealias Cell = StyledText.Cell

  // MARK: One run

  /// - Parameter names: the names of the plan's steps, in order; empty if they aren't known.
  package static func text(_ run: RunOverview, steps names: [String], colored: Bool) -> String {
    var text = StyledText(colored: colored)
    text.line([
      Cell("run", .bold), Cell(run.run.runID), Cell("of \(run.run.name):"),
      Cell(words(run.standing), style(run.standing)),
    ])
    var facts = [[Cell("begun"), Cell(run.run.begun.description)]]
    if let last = run.lastEntry { facts.append([Cell("last noted"), Cell(last.description)]) }
    if let cluster = run.cluster {
      let state = run.clusterState.map { ", \($0.rawValue)" } ?? ""
      facts.append([Cell("cluster"), Cell(cluster + state)])
    }
    if let due = run.retryDue, run.end == nil {
      facts.append([Cell("next try"), Cell(due.description)])
    }
    if run.standing == .applying, let holder = run.run.holder {
      facts.append([
        Cell("by"), Cell("\(holder.user), process \(holder.process) on \(holder.host)"),
      ])
    }
    if let end = run.end { facts.append([Cell("end"), Cell(end.summary)]) }
    text.table(facts)
    let rows = steps(run, names)
    if !rows.isEmpty {
      text.heading("Steps")
      text.table(rows)
    }
    return text.text
  }

  private static func steps(_ run: RunOverview, _ names: [String]) -> [[Cell]] {
    var known: [[Cell]] = run.steps.enumerated().map { index, step in
      let failures = run.failures.indices.contains(index) ? run.failures[index] : 0
      let isRepeated = failures > (step.state == .failed ? 1 : 0)
      let time = step.started.map { started in
        EventText.duration((step.ended ?? run.lastEntry ?? started).seconds - started.seconds)
      }
      return [
        Cell(step.state.rawValue, style(step.state)), Cell(step.name), Cell(step.id, .faint),
        Cell(time ?? ""), Cell(isRepeated ? "failed \(EventText.times(failures))" : ""),
      ]
    }
    let seen = Set(run.steps.map(\.name))
    for name in names where !seen.contains(name) {
      let (word, reason) = absence(run.outlook[name])
      known.append([Cell(word, .faint), Cell(name), Cell(""), Cell(""), Cell(reason)])
    }
    return known
  }

  /// Of a step that isn't on the cluster.
  private static func absence(_ outlook: StepOutlook?) -> (word: String, reason: String) {
    switch outlook {
    case nil: ("NOT SEEN", "")
    case .ready: ("READY", "")
    case .waiting(let steps): ("WAITING", "for \(Recovery.list(steps))")
    case .heldBack(let steps):
      ("NOT ADDED", steps.isEmpty ? "" : "as \(Recovery.list(steps)) did not complete")
    }
  }

  // MARK: Many

  package static func text(_ runs: [RunOverview], colored: Bool) -> String {
    var text = StyledText(colored: colored)
    text.table(
      runs.map { run in
        let time = run.lastEntry.map {
          EventText.duration($0.seconds - run.run.begun.seconds)
        }
        return [
          Cell(run.run.runID), Cell(run.run.name),
          Cell(words(run.standing), style(run.standing)), Cell(time ?? ""),
          Cell(run.cluster ?? ""), Cell(run.end?.summary ?? ""),
        ]
      }, indent: 0)
    return text.text
  }

  // MARK: JSON

  package static func value(_ run: RunOverview) -> Value {
    .object([
      "run": .string(run.run.runID), "pipeline": .string(run.run.name),
      "plan": .string(run.run.key), "standing": .string(run.standing.rawValue),
      "begun": .string(run.run.begun.description),
      "lastEntry": .string(ifAny: run.lastEntry?.description),
      "cluster": .string(ifAny: run.cluster),
      "clusterState": .string(ifAny: run.clusterState?.rawValue),
      "status": .int(ifAny: run.end.map { Int64($0.status.code) }),
      "code": .string(ifAny: run.end?.code?.rawValue), "summary": .string(ifAny: run.end?.summary),
      "steps": .list(
        run.steps.enumerated().map { index, step in
          let failures = run.failures.indices.contains(index) ? run.failures[index] : 0
          return JSONEventRenderer.step(nil, step, failures: failures)
        }),
      "notAdded": run.outlook.isEmpty
        ? .null
        : .list(run.outlook.keys.sorted().map { absent($0, run.outlook[$0]) }),
    ])
  }

  private static func absent(_ name: String, _ outlook: StepOutlook?) -> Value {
    var waits: [String]?
    var causes: [String]?
    switch outlook {
    case nil, .ready: break
    case .waiting(let steps): waits = steps
    case .heldBack(let steps): causes = steps
    }
    return .object([
      "name": .string(name), "waitsFor": waits.map { .strings($0) } ?? .null,
      "because": causes.map { .strings($0) } ?? .null,
    ])
  }

  package static func bytes(_ value: Value) -> [UInt8] {
    var writer = CanonicalJSONWriter(pretty: true)
    writer.value(value, revealingSecrets: false)
    writer.newline()
    return Array(VisibleText.json(String(decoding: writer.bytes, as: UTF8.self)).utf8)
  }

  // MARK: Words

  private static func words(_ standing: RunOverview.Standing) -> String {
    switch standing {
    case .applying: "running"
    case .left: "unattended"
    case .succeeded: "succeeded"
    case .failed: "failed"
    case .notBegun: "not begun"
    case .planned: "planned"
    case .nothingToDo: "nothing to do"
    }
  }

  private static func style(_ standing: RunOverview.Standing) -> StyledText.Style {
    switch standing {
    case .applying: .cyan
    case .left: .yellow
    case .succeeded: .green
    case .failed: .red
    case .notBegun, .planned: .yellow
    case .nothingToDo: .faint
    }
  }

  private static func style(_ state: StepState) -> StyledText.Style {
    switch state {
    case .pending: .faint
    case .running, .cancelPending: .cyan
    case .completed: .green
    case .failed: .red
    case .cancelled, .interrupted: .yellow
    }
  }
}
