import Text
package import PlanDiff
import Values

/// A comparison as a comment on a pull request: a summary, then what matters most, with details
/// folded.
package struct DiffMarkdown {
  private let view: DiffView
  private var out = MarkdownBudget()

  /// Marks the comment, so that it can be found and updated.
  private static var mark: String { "<!-- penstock-diff -->\n" }
  private static var widest: Int { 120 }

  package static func text(of comparison: Comparison) -> String {
    var markdown = DiffMarkdown(view: DiffView(comparison, folding: true))
    return markdown.write()
  }

  private mutating func write() -> String {
    out.add(Self.mark)
    out.add("### Job flow: \(DiffLabels.summary(view))\n\n")
    let sides = [view.comparison.before.name, view.comparison.after.name].map(MarkupText.code)
    out.add("\(sides[0]) → \(sides[1])\n\n")
    writeDangers()
    writeFlow()
    writeSections()
    writeSteps()
    writeGraph()
    writeRest()
    return out.finish { count in
      "\n_\(count) more parts don't fit into one comment: run `penstock diff` in a terminal to see all._\n"
    }
  }

  private mutating func writeDangers() {
    let dangers = view.comparison.dangers
    guard !dangers.isEmpty else { return }
    out.add("> [!CAUTION]\n")
    for danger in dangers {
      out.add(
        "> - **\(DiffLabels.name(danger.kind))**: \(MarkupText.sentence(danger.text))\n")
    }
    out.add("\n")
  }

  private mutating func writeFlow() {
    let flow = view.comparison.flow
    guard !flow.isEmpty else { return }
    fold("Data: \(DiffLabels.count(flow.count, "place"))", isOpen: flow.count <= 6) { markdown in
      for change in flow { markdown.out.add("- \(MarkupText.sentence(change.text))\n") }
    }
  }

  private mutating func writeSections() {
    for section in view.sections {
      let title = "\(section.title): \(DiffLabels.count(section.rows.count, "change"))"
      fold(title, isOpen: section.rows.count <= 12) { markdown in
        markdown.table(section.rows)
      }
    }
  }

  private mutating func writeSteps() {
    guard !view.steps.isEmpty || !view.shared.isEmpty else { return }
    let count = view.steps.count + view.shared.count
    fold("Steps: \(count)", isOpen: count <= 8) { markdown in
      for shared in markdown.view.shared { markdown.write(shared) }
      for step in markdown.view.steps { markdown.write(step) }
    }
  }

  private mutating func write(_ shared: DiffView.Shared) {
    let names = shared.steps.prefix(3).map(MarkupText.code).joined(separator: ", ")
    let more = shared.steps.count > 3 ? " and \(shared.steps.count - 3) more" : ""
    out.add("\n**\(shared.steps.count) steps**: \(names)\(more)\n\n")
    table([shared.row])
  }

  private mutating func write(_ step: DiffView.StepEntry) {
    var line = "\n\(DiffLabels.sign(step.kind)) \(MarkupText.code(step.name))"
    if !step.stage.isEmpty { line += " of \(MarkupText.code(step.stage))" }
    if let old = step.oldName { line += ", renamed from \(MarkupText.code(old))" }
    if let move = step.move { line += ", moved from place \(move.from) to \(move.to)" }
    if !step.classes.isEmpty { line += " · " + classes(step.classes) }
    let place = DiffLabels.place(step.causes)
    if !place.isEmpty { line += " · " + MarkupText.code(place) }
    // A line starting with `-` would begin a list.
    guard out.add(line.replacing("\n- ", with: "\n− ") + "\n\n"), !step.rows.isEmpty else { return }
    if step.kind == .changed {
      table(step.rows)
    } else {
      fold("what it does") { $0.table(step.rows) }
    }
  }

  private mutating func writeGraph() {
    let graph = FlowGraph(view.comparison)
    guard !graph.isEmpty else { return }
    let text = FlowMermaid.write(graph, most: 60)
    guard !text.isEmpty else { return }
    fold("Graph of the stages that changed") { markdown in
      markdown.out.add("\n```mermaid\n\(text)```\n")
    }
  }

  private mutating func writeRest() {
    let comparison = view.comparison
    if !view.cosmetic.isEmpty {
      fold("Cosmetic: \(DiffLabels.count(view.cosmetic.count, "change"))") { markdown in
        markdown.table(markdown.view.cosmetic.map(\.row))
      }
    }
    if !comparison.newWarnings.isEmpty {
      fold(DiffLabels.count(comparison.newWarnings.count, "new warning"), isOpen: true) {
        markdown in
        for warning in comparison.newWarnings {
          markdown.out.add("- \(MarkupText.sentence(warning))\n")
        }
      }
    }
    for note in comparison.notes { out.add("\n\(MarkupText.sentence(note))\n") }
  }

  // MARK: Parts

  private mutating func fold(
    _ title: String, isOpen: Bool = false, _ body: (inout DiffMarkdown) -> Void
  ) {
    guard out.openFold(title, isOpen: isOpen) else { return }
    body(&self)
    out.close()
  }

  private mutating func table(_ rows: [DiffView.Row]) {
    let hasClass = rows.contains { !$0.classes.isEmpty }
    let hasCause = rows.contains { !$0.causes.isEmpty }
    let heads =
      ["", "", "before", "after"] + (hasClass ? ["class"] : []) + (hasCause ? ["from"] : [])
    guard
      out.add(
        "| " + heads.joined(separator: " | ") + " |\n|" + heads.map { _ in " --- |" }.joined()
          + "\n")
    else { return }
    for row in rows {
      for (index, line) in lines(row).enumerated() {
        var cells = line
        if hasClass { cells.append(index == 0 ? classes(row.classes, row.price) : "") }
        if hasCause {
          let place = DiffLabels.place(row.causes)
          cells.append(index > 0 || place.isEmpty ? "" : MarkupText.code(place))
        }
        out.add("| " + cells.joined(separator: " | ") + " |\n")
      }
    }
    out.add("\n")
  }

  /// A row's sign, label and values, and one line for each part of a value that is too long.
  private func lines(_ row: DiffView.Row) -> [[String]] {
    let sign = DiffLabels.sign(row, in: view.comparison).replacing("~", with: "±")
      .replacing("-/+", with: "−/+")
    let also = DiffLabels.also(row, most: 6)
    let label = MarkupText.code(row.label) + (also.isEmpty ? "" : "<br>\(MarkupText.escaped(also))")
    let isPaired = row.kind == .changed || row.kind == .reordered
    let value = isPaired ? nil : row.after ?? row.before
    let parts = value.map { ValueText.parts($0, limit: Self.widest) } ?? []
    guard !parts.isEmpty else {
      let (before, after) = DiffLabels.change(row, limit: Self.widest)
      return [
        [sign, label, before.map(MarkupText.code) ?? "", after.map(MarkupText.code) ?? ""]
      ]
    }
    let shown = parts.prefix(20).map { part in
      let text = MarkupText.code(ValueText.short(part.text, limit: 2 * Self.widest))
      let name = "&nbsp; " + MarkupText.code(part.label)
      return row.after == nil ? ["", name, text, ""] : ["", name, "", text]
    }
    let rest = parts.count - shown.count
    return [[sign, label, "", ""]] + shown + (rest > 0 ? [["", "and \(rest) more", "", ""]] : [])
  }

  private func classes(_ classes: [ChangeClass], _ price: Change.Price? = nil) -> String {
    DiffLabels.names(classes, price, in: view.comparison).map {
      $0 == "security" || $0 == "unknown" ? "**\($0)**" : $0
    }
    .joined(separator: ", ")
  }
}
