import Text
package import PlanDiff
package import PlanFormat
import Values

/// A plan as a comment on a pull request: what a run would do, with details folded.
package struct PlanMarkdown {
  private let plan: Plan
  private let graph: FlowGraph
  private let timeSource: String?
  private var out = MarkdownBudget()

  /// - Parameter timeSource: where the run's time is from, if the command line doesn't say it.
  package static func text(
    of plan: Plan, timeSource: String? = nil, _ graph: FlowGraph
  ) -> String {
    var markdown = PlanMarkdown(plan: plan, graph: graph, timeSource: timeSource)
    return markdown.write()
  }

  private mutating func write() -> String {
    out.add("<!-- penstock-plan -->\n")
    let running = plan.runningStages
    out.add(
      "### Job flow: \(DiffLabels.count(plan.steps.count, "step")) in \(running) of "
        + "\(DiffLabels.count(plan.stages.count, "stage"))\n\n")
    out.add(
      "\(MarkupText.code(plan.pipeline)), run \(MarkupText.code(plan.runID)) at "
        + "\(plan.runTime.description)\(timeSource.map { " (\($0))" } ?? "")\n\n")
    writeWarnings()
    writeStages()
    writeCluster()
    writeSteps()
    writeData()
    writeFacts()
    writeGraph()
    return out.finish { count in
      "\n\(count) more parts don't fit into one comment: run `penstock plan` in a terminal to see all.\n"
    }
  }

  private mutating func writeWarnings() {
    guard !plan.warnings.isEmpty else { return }
    fold(DiffLabels.count(plan.warnings.count, "warning"), isOpen: plan.warnings.count <= 3) {
      for warning in $0.plan.warnings {
        let place = warning.origin.map { " · " + MarkupText.code("\($0.file):\($0.line)") } ?? ""
        $0.out.add(
          "- \(MarkupText.code(warning.code)): \(MarkupText.sentence(warning.message))\(place)\n")
      }
    }
  }

  private mutating func writeStages() {
    fold("Stages: \(plan.stages.count)", isOpen: true) { markdown in
      let rows = markdown.plan.stages.map { stage in
        let steps = markdown.plan.steps.count { $0.stage == stage.name }
        return [
          stage.absence ?? (steps == 0 ? Plan.Stage.withoutSteps : "runs"),
          MarkupText.code(stage.name), steps == 0 ? "" : String(steps),
          MarkupText.sentence(stage.reason),
        ]
      }
      markdown.table(["", "stage", "steps", "why"], rows)
    }
  }

  private mutating func writeCluster() {
    fold("Cluster", isOpen: true) { markdown in
      markdown.table(
        ["", ""], PlanLabels.cluster(markdown.plan).map { [$0.0, MarkupText.sentence($0.1)] })
    }
  }

  private mutating func writeSteps() {
    fold("Steps: \(plan.steps.count)") { markdown in
      let order = OrderWords(markdown.plan)
      let waits = order.flatMap { $0.hasWaits ? $0 : nil }
      let rows = markdown.plan.steps.enumerated().map { index, step in
        [
          String(index + 1), step.stage.isEmpty ? "cluster" : MarkupText.code(step.stage),
          MarkupText.code(step.name),
        ] + (waits.map { [MarkupText.sentence($0.note(index))] } ?? [])
          + [step.origin.map { MarkupText.code("\($0.file):\($0.line)") } ?? ""]
      }
      markdown.table(["", "stage", "step"] + (waits == nil ? [] : ["waits"]) + ["from"], rows)
      guard let order else { return }
      markdown.out.add("\nThe longest chain: \(order.chain).")
      markdown.out.add(order.isOneChain ? "\n" : " At once: \(order.front).\n")
    }
  }

  private mutating func writeData() {
    fold("Data") { markdown in
      var rows: [[String]] = []
      var told: Set<Row> = []
      for step in markdown.plan.steps {
        for access in step.accesses
        where told.insert(Row(stage: step.stage, access: access)).inserted {
          rows.append([
            MarkupText.code(step.stage.isEmpty ? "cluster" : step.stage),
            access.mode.rawValue + "s",
            access.dataset.isEmpty ? "" : MarkupText.code(access.dataset),
            MarkupText.code(access.shownPlace),
          ])
        }
      }
      markdown.table(["stage", "", "data", "where"], rows)
    }
  }

  private struct Row: Hashable {
    var stage: String
    var access: Plan.Access
  }

  private mutating func writeFacts() {
    guard !plan.facts.isEmpty else { return }
    let assumed = plan.facts.count(where: \.isAssumed)
    fold("Facts: \(plan.facts.count)" + (assumed > 0 ? ", \(assumed) assumed" : "")) { markdown in
      for fact in markdown.plan.facts {
        let ground = PlanLabels.Ground(fact)
        let kind = ground == .asked ? "" : " (\(ground.rawValue.lowercased()))"
        markdown.out.add(
          "- \(MarkupText.sentence(fact.question.statement(fact.answer)))\(kind)\n")
      }
    }
  }

  private mutating func writeGraph() {
    let text = FlowMermaid.write(graph, most: 80)
    guard !text.isEmpty else { return }
    fold("Graph") { $0.out.add("\n```mermaid\n\(text)```\n") }
  }

  // MARK: Parts

  private mutating func fold(
    _ title: String, isOpen: Bool = false, _ body: (inout PlanMarkdown) -> Void
  ) {
    guard out.openFold(title, isOpen: isOpen) else { return }
    body(&self)
    out.close()
  }

  private mutating func table(_ heads: [String], _ rows: [[String]]) {
    let line = heads.map { _ in " --- |" }.joined()
    guard out.add("| \(heads.joined(separator: " | ")) |\n|\(line)\n") else { return }
    for row in rows { out.add("| \(row.joined(separator: " | ")) |\n") }
  }
}
