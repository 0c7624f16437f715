package import PlanFormat
import Values

/// A plan for people in full: what runs, what doesn't and why, how data moves, the cluster,
/// assumptions, warnings, and secrets by reference. `PlanSummary` is the short form.
package struct PlanText {
  private typealias Cell = StyledText.Cell

  private let plan: Plan
  private let more: PlanContext
  private var out: StyledText

  package static func text(of plan: Plan, _ more: PlanContext, colored: Bool) -> String {
    var text = PlanText(plan: plan, more: more, out: StyledText(colored: colored))
    text.write()
    return text.out.text
  }

  private mutating func write() {
    out.line(PlanLabels.title(plan, more).map { Cell($0.text, $0.style) })
    let params = PlanLabels.params(plan)
    if !params.isEmpty {
      out.heading("Parameters")
      out.table(params.map { [Cell($0.name), Cell($0.value)] })
    }
    writeEmptied()
    writeStages()
    writeOrder()
    writeData()
    writeCluster()
    writeFacts()
    writeWarnings()
    writeSecrets()
    out.heading(PlanLabels.summary(plan, more))
  }

  private mutating func writeEmptied() {
    guard !plan.emptiedFirst.isEmpty else { return }
    out.heading("Emptied first")
    out.table(plan.emptiedFirst.map { [Cell("-", .red), Cell($0)] })
  }

  // MARK: What runs

  private mutating func writeStages() {
    guard !plan.isClusterOnly else { return }
    out.heading("Stages")
    out.table(
      plan.stages.map { stage in
        let count = plan.steps.count { $0.stage == stage.name }
        let absence = stage.absence ?? (count == 0 ? Plan.Stage.withoutSteps : nil)
        let runs = absence == nil
        let steps = absence ?? (count == 1 ? "1 step" : "\(count) steps")
        return [
          Cell(runs ? "+" : "-", runs ? .green : .faint),
          Cell(stage.name, runs ? .bold : .faint), Cell(steps), Cell(stage.reason, .faint),
        ]
      })
    out.heading("Steps")
    let order = OrderWords(plan).flatMap { $0.hasWaits ? $0 : nil }
    let width = String(plan.steps.count).utf8.count
    out.table(
      plan.steps.enumerated().map { index, step in
        let number = String(index + 1)
        let gap = String(repeating: " ", count: width - number.utf8.count)
        var notes: [String] = []
        if step.maximumTries > 1 { notes.append(PlanLabels.tries(of: step)) }
        if step.timeoutSeconds > 0 {
          notes.append("at most \(PlanLabels.span(step.timeoutSeconds))")
        }
        if let wait = order?.note(index), !wait.isEmpty { notes.append(wait) }
        return [
          Cell(gap + number, .faint), Cell(step.stage.isEmpty ? "cluster" : step.stage, .cyan),
          Cell(step.name), Cell(notes.joined(separator: ", "), .faint),
        ]
      })
  }

  private mutating func writeOrder() {
    guard let order = OrderWords(plan) else { return }
    out.heading("Order")
    var rows = [[Cell("longest chain", .faint), Cell(order.chain)]]
    if !order.isOneChain {
      rows.append([Cell(""), Cell(order.chainNames())])
      rows.append([Cell("at once", .faint), Cell(order.front)])
    }
    out.table(rows)
  }

  // MARK: Data

  /// What each stage does to data, each place once, in the order of the steps.
  private mutating func writeData() {
    guard !plan.isClusterOnly else { return }
    out.heading("Data")
    var groups: [(stage: String, accesses: [Plan.Access])] = []
    for step in plan.steps {
      if groups.last?.stage != step.stage { groups.append((step.stage, [])) }
      for access in step.accesses where !groups[groups.count - 1].accesses.contains(access) {
        groups[groups.count - 1].accesses.append(access)
      }
    }
    for group in groups where !group.accesses.isEmpty {
      out.line([Cell(group.stage.isEmpty ? "cluster" : group.stage, .cyan)], indent: 2)
      var rows: [[Cell]] = []
      for mode in [Plan.Access.Mode.read, .write, .delete] {
        for access in group.accesses where access.mode == mode {
          let (word, style) = Self.word(mode)
          rows.append([Cell(word, style), Cell(access.dataset), Cell(access.shownPlace)])
        }
      }
      out.table(rows, indent: 4)
    }
  }

  private static func word(_ mode: Plan.Access.Mode) -> (String, StyledText.Style) {
    switch mode {
    case .read: ("reads", .plain)
    case .write: ("writes", .green)
    case .delete: ("deletes", .red)
    }
  }

  // MARK: The rest

  private mutating func writeCluster() {
    out.heading("Cluster")
    var rows = PlanLabels.cluster(plan)
    if let costs = more.costs {
      rows.append(("costs", costs.headline))
      rows += costs.changes.map { ("", $0) }
    }
    out.table(rows.map { [Cell($0.0, .faint), Cell($0.1)] })
  }

  private mutating func writeFacts() {
    for ground in PlanLabels.Ground.allCases {
      let facts = plan.facts.filter { PlanLabels.Ground($0) == ground }
      guard !facts.isEmpty else { continue }
      out.heading(ground.rawValue)
      out.table(facts.map { [Cell($0.question.statement($0.answer))] })
    }
  }

  private mutating func writeWarnings() {
    guard !plan.warnings.isEmpty else { return }
    out.heading(plan.warnings.count == 1 ? "1 warning" : "\(plan.warnings.count) warnings")
    for warning in plan.warnings {
      let place = warning.origin.map { "\($0.file):\($0.line):\($0.column)" } ?? ""
      out.line([Cell("\(warning.code):", .yellow), Cell(warning.message)], indent: 2)
      if !place.isEmpty { out.line([Cell(place, .faint)], indent: 4) }
    }
  }

  private mutating func writeSecrets() {
    guard !plan.secrets.isEmpty else { return }
    out.heading("Secrets, filled in when the plan is applied")
    out.table(plan.secrets.map { [Cell($0)] })
  }
}
