package import PlanFormat
import Text
import Values

/// A plan in one screen: what runs, what happens to data, the cluster and what it costs more than
/// the last run, what was assumed, and how many warnings there are. `PlanText` has the details.
package struct PlanSummary {
  private typealias Cell = StyledText.Cell

  private let plan: Plan
  private let more: PlanContext
  private let flow: PlanFlow
  private var out: StyledText

  package static func text(of plan: Plan, _ more: PlanContext, colored: Bool) -> String {
    var summary = PlanSummary(
      plan: plan, more: more, flow: PlanFlow(plan), out: StyledText(colored: colored))
    summary.write()
    return summary.out.text
  }

  private static var width: Int { 80 }
  /// How many lines a part may have.
  private static var most: Int { 12 }

  private mutating func write() {
    out.line(PlanLabels.title(plan, more).map { Cell($0.text, $0.style) })
    let params = PlanLabels.params(plan)
    if !params.isEmpty {
      out.heading("Parameters")
      out.table(params.map { [Cell($0.name), Cell($0.value)] })
    }
    writeStages()
    writeData()
    writeCluster()
    writeRest()
    out.heading(PlanLabels.summary(plan, more))
  }

  // MARK: What runs

  private mutating func writeStages() {
    guard !plan.isClusterOnly else { return }
    out.heading("Stages")
    var rows: [[Cell]] = []
    var idle: [String] = []
    for stage in plan.stages {
      let count = plan.steps.count { $0.stage == stage.name }
      if stage.status != "runs" {
        rows.append([Cell("-", .faint), Cell(stage.name, .faint), Cell(stage.reason, .faint)])
      } else if count == 0 {
        idle.append(stage.name)
      } else {
        var row = [Cell("+", .green), Cell(stage.name, .bold), Cell(Self.count(count, "step"))]
        if let condition = stage.condition { row.append(Cell("if \(condition.text)", .faint)) }
        rows.append(row)
      }
    }
    let own = plan.steps.count { $0.stage.isEmpty }
    if own > 0 {
      rows.append([Cell("+", .green), Cell("the cluster's own"), Cell(Self.count(own, "step"))])
    }
    writeRows(rows, "stages")
    writeFolded(
      idle.joined(separator: ", ") + (idle.isEmpty ? "" : ": \(Plan.Stage.withoutSteps)"),
      after: "- ")
  }

  /// A table with the first rows of too many.
  private mutating func writeRows(_ rows: [[Cell]], _ what: String) {
    let shown = rows.count > Self.most + 1 ? Array(rows.prefix(Self.most)) : rows
    out.table(shown)
    if shown.count < rows.count {
      out.line([Cell("… and \(rows.count - shown.count) more \(what): see -v", .faint)], indent: 2)
    }
  }

  private mutating func writeFolded(_ text: String, after sign: String) {
    guard !text.isEmpty else { return }
    let gap = String(repeating: " ", count: 2 + sign.utf8.count)
    for (index, line) in Columns.wrapped(text, width: Self.width - gap.utf8.count).enumerated() {
      out.line([Cell((index == 0 ? "  " + sign : gap) + line, .faint)])
    }
  }

  // MARK: Data

  private mutating func writeData() {
    var rows = plan.emptiedFirst.map {
      [Cell("empties first", .red), Cell(""), Cell(shown($0))]
    }
    for use in PlanFlow.Use.allCases where use != .between {
      for place in flow.places where place.use == use {
        rows.append([
          Cell(use.rawValue, Self.style(use)), Cell(place.dataset), Cell(shown(place.location)),
        ])
      }
    }
    for load in flow.loads {
      let datasets = load.datasets.map(shown).joined(separator: ", ")
      rows.append([Cell("loads", .green), Cell(load.stage), Cell("from \(datasets)")])
    }
    let between = flow.places.filter { $0.use == .between }
    guard !rows.isEmpty || !between.isEmpty else { return }
    out.heading("Data")
    writeRows(rows, "places")
    writeBetween(between)
  }

  private mutating func writeBetween(_ places: [PlanFlow.Place]) {
    var names: [String] = []
    for place in places where place.isDurable {
      let name = place.dataset.isEmpty ? shown(place.location) : place.dataset
      if !names.contains(name) { names.append(name) }
    }
    let onCluster = Set(places.filter { !$0.isDurable }.map(\.location)).count
    if names.count > Self.most {
      names = names.prefix(Self.most) + ["\(names.count - Self.most) more"]
    }
    if onCluster > 0 { names.append("\(Self.count(onCluster, "place")) on the cluster") }
    writeFolded(names.isEmpty ? "" : "in between: " + names.joined(separator: ", "), after: "")
  }

  /// A location; where the run's id is in it, `<run>`.
  private func shown(_ location: String) -> String {
    plan.runID.utf8.count < 8 ? location : location.replacing(plan.runID, with: "<run>")
  }

  private static func style(_ use: PlanFlow.Use) -> StyledText.Style {
    switch use {
    case .empties, .deletes: .red
    case .writes, .updates: .green
    case .reads, .between: .plain
    }
  }

  // MARK: The cluster

  private mutating func writeCluster() {
    out.heading("Cluster")
    var rows: [(String, String)] = []
    for (name, text) in PlanLabels.cluster(plan) {
      switch name {
      case "release": if !rows.isEmpty { rows[0].1 += "; release \(text)" }
      case "machines" where rows.last?.0 == "machines": rows[rows.count - 1].1 += "; " + text
      case "bootstrap", "logs": break
      default: rows.append((name, text))
      }
    }
    if let costs = more.costs {
      rows.append(("costs", costs.headline))
      let shown = costs.changes.count > 3 ? Array(costs.changes.prefix(2)) : costs.changes
      rows += shown.map { ("", $0) }
      if shown.count < costs.changes.count {
        rows.append(("", "and \(costs.changes.count - shown.count) more changes"))
      }
    }
    writeLabelled(rows)
  }

  /// A label and its text in lines that fit.
  private mutating func writeLabelled(_ rows: [(String, String)], indent: Int = 2) {
    let width = rows.map { DisplayWidth.of($0.0) }.max() ?? 0
    var table: [[Cell]] = []
    for (label, text) in rows {
      let lines = Columns.wrapped(text, width: Self.width - indent - width - 2)
      for (index, line) in lines.enumerated() {
        table.append([Cell(index == 0 ? label : "", .faint), Cell(line)])
      }
    }
    out.table(table, indent: indent)
  }

  // MARK: The rest

  private mutating func writeRest() {
    var rows: [(String, String)] = []
    for ground in PlanLabels.Ground.allCases {
      let facts = plan.facts.filter { PlanLabels.Ground($0) == ground }
      guard !facts.isEmpty else { continue }
      let count = Self.count(facts.count, "answer")
      switch ground {
      case .asked: rows.append(("checked", "\(count) of S3 and EMR (see -v)"))
      case .inherited: rows.append(("inherited", "\(count) of the failed run, not asked again"))
      case .assumed:
        let shown = facts.prefix(facts.count > 3 ? 2 : 3)
        rows += shown.enumerated().map { index, fact in
          (index == 0 ? "assumed" : "", self.shown(fact.question.statement(fact.answer)))
        }
        if shown.count < facts.count {
          rows.append(("", "and \(facts.count - shown.count) more, not checked (see -v)"))
        }
      }
    }
    if plan.cluster.isFed, let order = OrderWords(plan) {
      rows.append(("order", "\(order.short) (see -v)"))
    }
    if !plan.done.isEmpty {
      rows.append(("left out", Self.count(plan.done.count, "step") + " that are done (see -v)"))
    }
    if !plan.warnings.isEmpty { rows.append(("warnings", warnings)) }
    if !plan.secrets.isEmpty {
      rows.append(
        ("secrets", "\(plan.secrets.count), filled in when the plan is applied (see -v)"))
    }
    if !plan.steps.isEmpty {
      rows.append(("failure", "\(more.recovery) (see --recovery)"))
    }
    guard !rows.isEmpty else { return }
    out.gap()
    writeLabelled(rows, indent: 0)
  }

  /// `5: secret-in-arguments (5)`.
  private var warnings: String {
    var codes: [(code: String, count: Int)] = []
    for warning in plan.warnings {
      if let at = codes.firstIndex(where: { $0.code == warning.code }) {
        codes[at].count += 1
      } else {
        codes.append((warning.code, 1))
      }
    }
    let named = codes.prefix(3).map { $0.count == 1 ? $0.code : "\($0.code) (\($0.count))" }
    let rest = codes.count > 3 ? ", …" : ""
    return "\(plan.warnings.count): \(named.joined(separator: ", "))\(rest) (see -v)"
  }

  private static func count(_ number: Int, _ noun: String) -> String {
    DiffLabels.count(number, noun)
  }
}
