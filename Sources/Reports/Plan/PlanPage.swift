package import PlanDiff
package import PlanFormat
import Values

/// A plan as an HTML page: the graph, the stages, the steps, and what to do after a failure.
package struct PlanPage {
  private let plan: Plan
  private let command: String
  private let graph: FlowGraph
  private var page: Page

  package static func html(of plan: Plan, recovery command: String, _ graph: FlowGraph) -> String {
    var page = PlanPage(
      plan: plan, command: command, graph: graph,
      page: Page(title: "Job flow: \(plan.pipeline), run \(plan.runID)"))
    page.write()
    return page.page.html
  }

  private mutating func write() {
    page.add("<h1>\(MarkupText.escaped(plan.pipeline)), run \(MarkupText.escaped(plan.runID))</h1>")
    let running = plan.runningStages
    page.paragraph(
      "\(DiffLabels.count(plan.steps.count, "step")) in \(running) of "
        + "\(DiffLabels.count(plan.stages.count, "stage")), at \(plan.runTime.description)")
    page.add(
      "<div class=\"bar\" role=\"group\" aria-label=\"Filter\"><input type=\"search\" "
        + "placeholder=\"Find a step (/)\" aria-label=\"Find a step\">"
        + "<button type=\"button\" data-fold>Unfold all</button>"
        + "<span id=\"count\" class=\"faint\" role=\"status\"></span></div>")
    writeGraph()
    writeStages()
    writeSteps()
    page.heading("Cluster")
    page.table(
      ["", ""],
      PlanLabels.cluster(plan).map { ("", [MarkupText.escaped($0.0), MarkupText.sentence($0.1)]) },
      kind: "facts")
    writeRest()
  }

  private mutating func writeGraph() {
    let graph = RunGraph(graph)
    page.heading("Stages and data")
    guard graph.steps.count <= Page.mostSteps else {
      page.paragraph("\(graph.steps.count) steps are too many for a graph.", kind: "faint")
      return
    }
    page.fold("Graph", isOpen: true) { $0.graph(graph) }
  }

  private mutating func writeStages() {
    page.heading("Stages")
    page.table(
      ["", "stage", "steps", "why"],
      plan.stages.map { stage in
        let steps = plan.steps.count { $0.stage == stage.name }
        let absence = stage.absence ?? (steps == 0 ? Plan.Stage.withoutSteps : nil)
        let sign =
          absence.map { "<span class=\"sign\" title=\"\($0)\">−</span>" }
          ?? "<span class=\"sign added\" title=\"runs\">+</span>"
        let cells = [
          sign, MarkupText.code(stage.name), absence ?? String(steps),
          MarkupText.sentence(stage.reason),
        ]
        return (absence == nil ? "" : " class=\"faint\"", cells)
      })
  }

  // MARK: Steps

  private mutating func writeSteps() {
    page.heading("Steps")
    let order = OrderWords(plan)
    if let order {
      let once = order.isOneChain ? "" : " At once: \(order.front)."
      page.paragraph("The longest chain: \(order.chain).\(once)", kind: "faint")
    }
    let requests = plan.requests.flatMap { request -> [Value] in
      guard case .map(let body) = request.body, case .list(let steps)? = body["Steps"] else {
        return []
      }
      return steps
    }
    let recoveries = RecoveryGroup.recoveries(of: plan)
    for (index, step) in plan.steps.enumerated() {
      let stage = step.stage.isEmpty ? "cluster" : step.stage
      let summary =
        "\(index + 1). <span class=\"step-name\">\(MarkupText.escaped(step.name))</span> "
        + "<span class=\"faint\">\(MarkupText.escaped(stage))</span>"
      let request = requests.indices.contains(index) ? requests[index] : nil
      let recovery = recoveries.indices.contains(index) ? recoveries[index] : nil
      let waits = order?.waits(index) ?? []
      let names = waits.map { (name: plan.steps[$0.step].name, reason: $0.reason) }
      page.fold(summary, isOpen: false, attributes: " data-classes=\"step\"") { [command] page in
        Self.write(step, waits: names, request, recovery, command, to: &page)
      }
    }
  }

  private static func write(
    _ step: Plan.Step, waits: [(name: String, reason: String)], _ request: Value?,
    _ recovery: Recovery?, _ command: String, to page: inout Page
  ) {
    if let origin = step.origin {
      page.add(
        "<p class=\"from\">\(MarkupText.escaped("\(origin.file):\(origin.line)")) "
          + "\(MarkupText.code(origin.excerpt))</p>")
    }
    var rows: [(attributes: String, cells: [String])] = step.accesses.map { access in
      let name = access.dataset.isEmpty ? "" : MarkupText.code(access.dataset) + " "
      return ("", [access.mode.rawValue + "s", name + MarkupText.breakableCode(access.shownPlace)])
    }
    for wait in waits {
      let name = MarkupText.code(wait.name)
      rows.append(("", ["waits for", "\(name) (\(MarkupText.sentence(wait.reason)))"]))
    }
    if case .map(let request)? = request, case .map(let jar)? = request["HadoopJarStep"] {
      if let path = jar["Jar"]?.plainText {
        rows.append(("", ["jar", MarkupText.breakableCode(path)]))
      }
      if case .list(let arguments)? = jar["Args"] {
        let texts = arguments.compactMap(\.plainText).map { ValueText.short($0, limit: 300) }
        rows.append(
          (
            "",
            [
              "arguments",
              "<span class=\"arguments\">\(texts.map(MarkupText.breakableCode).joined(separator: " "))</span>",
            ]
          ))
      }
    }
    rows.append(("", ["on failure", MarkupText.code(step.actionOnFailure)]))
    if step.maximumTries > 1 { rows.append(("", ["retries", PlanLabels.tries(of: step)])) }
    for place in step.emptiedBeforeRetry {
      rows.append(("", ["first empties", MarkupText.code(place)]))
    }
    if step.timeoutSeconds > 0 {
      rows.append(("", ["time-out", PlanLabels.span(step.timeoutSeconds)]))
    }
    if let recovery {
      for place in recovery.toEmpty { rows.append(("", ["then empty", MarkupText.code(place)])) }
      for folder in recovery.byHand {
        rows.append(
          (
            "",
            [
              "then empty by hand",
              MarkupText.code(folder.place) + " " + MarkupText.sentence(folder.reason)
                + folder.keep.map { ", but keep " + MarkupText.code($0) }.joined(),
            ]
          ))
      }
      if recovery.isPossible { rows.append(("", ["then run", MarkupText.code(command)])) }
      rows.append(("", ["since", MarkupText.sentence(RecoveryGroup.words(recovery))]))
    }
    page.table(["", ""], rows, kind: "facts")
  }

  // MARK: The rest

  private mutating func writeRest() {
    for ground in PlanLabels.Ground.allCases {
      list(
        "Facts: \(ground.rawValue.lowercased())",
        plan.facts.filter { PlanLabels.Ground($0) == ground }.map(Self.words))
    }
    list("Warnings", plan.warnings.map { "`\($0.code)`: \($0.message)" })
    list("Secrets, filled in when the plan is applied", plan.secrets)
  }

  private static func words(_ fact: Plan.Fact) -> String { fact.question.statement(fact.answer) }

  private mutating func list(_ title: String, _ sentences: [String]) {
    guard !sentences.isEmpty else { return }
    page.heading(title)
    page.add("<ul>")
    for sentence in sentences { page.add("<li>\(MarkupText.sentence(sentence))</li>") }
    page.add("</ul>")
  }
}
