package import PlanDiff
import Values

/// A comparison as an HTML page: the graph, the steps and the differences.
package struct DiffPage {
  let view: DiffView
  var page: Page

  package static func html(of comparison: Comparison) -> String {
    let title = DiffLabels.title(comparison)
    var page = DiffPage(view: DiffView(comparison), page: Page(title: "Job flow: \(title)"))
    page.write()
    return page.page.html
  }

  private mutating func write() {
    let sides = [view.comparison.before, view.comparison.after].map { MarkupText.escaped($0.name) }
    page.add("<h1>\(sides[0]) → \(sides[1])</h1>")
    page.paragraph(DiffLabels.summary(view))
    writeDangers()
    writeBar()
    writeFlow()
    writeGraph()
    for section in view.sections {
      page.heading(section.title)
      table(section.rows)
    }
    writeSteps()
    writeRest()
  }

  private mutating func writeDangers() {
    guard !view.comparison.dangers.isEmpty else { return }
    page.add("<section class=\"dangers\" aria-label=\"Dangers\"><h2>Look at this first</h2><ul>")
    for danger in view.comparison.dangers {
      page.add(
        "<li><b>\(DiffLabels.name(danger.kind))</b>: \(MarkupText.sentence(danger.text))</li>")
    }
    page.add("</ul></section>")
  }

  private mutating func writeBar() {
    guard !view.isEmpty else { return }
    page.add("<div class=\"bar\" role=\"group\" aria-label=\"Filter\">")
    for entry in view.counts {
      page.add(
        "<button type=\"button\" data-class=\"\(entry.class.rawValue)\" aria-pressed=\"false\">"
          + "<span class=\"\(entry.class.rawValue)\">\(DiffLabels.name(entry.class))</span> \(entry.count)</button>"
      )
    }
    page.add(
      "<input type=\"search\" placeholder=\"Find (/)\" aria-label=\"Find in the changes\">"
        + "<button type=\"button\" data-fold>Unfold all</button>"
        + "<span id=\"count\" class=\"faint\" role=\"status\"></span></div>")
    page.add(
      "<p class=\"from from-keys\">Keys: <code>j</code> and <code>k</code> go to the next and previous part, "
        + "Enter folds it, <code>f</code> folds all, <code>/</code> finds.</p>")
  }

  private mutating func writeFlow() {
    guard !view.comparison.flow.isEmpty else { return }
    page.heading("Data")
    page.add("<ul>")
    for change in view.comparison.flow {
      page.add("<li data-classes=\"data\">\(MarkupText.sentence(change.text))</li>")
    }
    page.add("</ul>")
  }

  private mutating func writeGraph() {
    // What is too large to be looked at is shown where it changed.
    let sides = [view.comparison.before, view.comparison.after]
    var isCut = sides.contains { $0.stepCount > Page.mostSteps }
    var flow = FlowGraph(view.comparison, isWhole: !isCut)
    if flow.places.count + flow.stages.count > 500, !isCut {
      flow = FlowGraph(view.comparison)
      isCut = true
    }
    let graph = RunGraph(flow)
    guard !graph.isEmpty else { return }
    page.heading(isCut ? "Stages that changed" : "Stages and data")
    guard graph.steps.count <= Page.mostSteps else {
      page.paragraph("\(graph.steps.count) steps are too many for a graph.", kind: "faint")
      return
    }
    page.fold("Graph: what is the same is faded", isOpen: true) { $0.graph(graph) }
  }

  // MARK: Steps

  private mutating func writeSteps() {
    guard !view.steps.isEmpty || !view.shared.isEmpty else { return }
    page.heading("Steps")
    for shared in view.shared { write(shared) }
    for step in view.steps { write(step) }
  }

  private mutating func write(_ shared: DiffView.Shared) {
    let summary =
      sign(shared.row.kind) + " <b>\(shared.steps.count) steps</b> "
      + MarkupText.code(shared.row.label) + " " + Self.tags(shared.row.classes)
    fold(summary, shared.row.classes, isOpen: true) { part in
      part.table([shared.row])
      part.page.add("<ul>")
      for name in shared.steps.prefix(200) { part.page.add("<li>\(MarkupText.code(name))</li>") }
      if shared.steps.count > 200 { part.page.add("<li>and \(shared.steps.count - 200) more</li>") }
      part.page.add("</ul>")
    }
  }

  private mutating func write(_ step: DiffView.StepEntry) {
    var summary =
      sign(step.kind) + " <span class=\"step-name\">\(MarkupText.escaped(step.name))</span>"
    if !step.stage.isEmpty {
      summary += " <span class=\"faint\">\(MarkupText.escaped(step.stage))</span>"
    }
    if let old = step.oldName { summary += " renamed from \(MarkupText.code(old))" }
    if let move = step.move { summary += " moved from place \(move.from) to \(move.to)" }
    var classes = step.classes
    for row in step.rows { classes += row.classes.filter { !classes.contains($0) } }
    summary += " " + Self.tags(classes.sorted())
    fold(summary, classes, isOpen: step.kind == .changed) { part in
      let place = DiffLabels.place(step.causes)
      if !place.isEmpty { part.page.add("<p class=\"from\">\(MarkupText.escaped(place))</p>") }
      part.table(step.rows)
    }
  }

  private mutating func fold(
    _ summary: String, _ classes: [ChangeClass], isOpen: Bool, _ body: (inout DiffPage) -> Void
  ) {
    page.add(
      "<details data-classes=\"\(Self.names(classes))\"\(isOpen ? " open" : "")><summary>\(summary)</summary>"
    )
    body(&self)
    page.add("</details>")
  }

  private mutating func writeRest() {
    if !view.cosmetic.isEmpty {
      page.heading("No real changes")
      fold(DiffLabels.count(view.cosmetic.count, "cosmetic change"), [.cosmetic], isOpen: false) {
        $0.table($0.view.cosmetic.map(\.row))
      }
    }
    if !view.comparison.newWarnings.isEmpty {
      page.heading("New warnings")
      for warning in view.comparison.newWarnings { page.paragraph(warning) }
    }
    if !view.comparison.notes.isEmpty {
      page.heading("Notes")
      for note in view.comparison.notes { page.paragraph(note) }
    }
    writeLines()
  }

  // MARK: Parts

  private mutating func table(_ rows: [DiffView.Row]) {
    guard !rows.isEmpty else { return }
    let isPlain = rows.allSatisfy { $0.classes.isEmpty }
    page.table(
      isPlain ? ["", "", ""] : ["", "", "before", "after", "class", "from"],
      rows.map { row in
        let attributes = row.classes.isEmpty ? "" : " data-classes=\"\(Self.names(row.classes))\""
        return (attributes, isPlain ? plainCells(row) : cells(row))
      }, kind: isPlain ? "" : "changes")
  }

  private func plainCells(_ row: DiffView.Row) -> [String] {
    let value = row.before ?? row.after
    let tag = row.before == nil ? "ins" : "del"
    let text = value.map { ValueText.short(ValueText.told($0), limit: 4000) } ?? ""
    return [
      sign(row.kind), MarkupText.breakableCode(row.label),
      "<\(tag)>\(MarkupText.breakable(text))</\(tag)>",
    ]
  }

  private func cells(_ row: DiffView.Row) -> [String] {
    let (before, after) = DiffLabels.change(row, limit: 4000)
    let (left, right) = Self.marked(before, after)
    return [
      sign(row.kind), MarkupText.breakableCode(row.label), left.map { "<del>\($0)</del>" } ?? "",
      right.map { "<ins>\($0)</ins>" } ?? "", Self.tags(row.classes, row.price),
      row.causes.map { line in
        let excerpt = MarkupText.escaped(line.excerpt)
        let place = MarkupText.place(DiffLabels.place([line]))
        return "<span class=\"from\" title=\"\(excerpt)\">\(place)</span>"
      }.joined(separator: "<br>"),
    ]
  }

  /// Both texts with the differences marked.
  static func marked(_ before: String?, _ after: String?) -> (String?, String?) {
    guard let before, let after else {
      return (before.map { MarkupText.breakable($0) }, after.map { MarkupText.breakable($0) })
    }
    let (left, right) = (Array(before), Array(after))
    let (head, tail) = ValueText.common(left, right)
    func html(_ text: [Character]) -> String {
      func part(_ characters: ArraySlice<Character>) -> String {
        MarkupText.breakable(String(characters), isPart: true)
      }
      let middle = part(text[head..<(text.count - tail)])
      let mark = middle.isEmpty || head + tail == 0 ? middle : "<mark>\(middle)</mark>"
      return part(text[..<head]) + mark + part(text[(text.count - tail)...])
    }
    return (html(left), html(right))
  }

  private func sign(_ kind: Change.Kind) -> String {
    switch kind {
    case .added: "<span class=\"sign added\" title=\"added\">+</span>"
    case .removed: "<span class=\"sign removed\" title=\"removed\">−</span>"
    case .changed, .renamed, .moved, .reordered:
      "<span class=\"sign changed\" title=\"\(kind.rawValue)\">±</span>"
    }
  }

  private static func names(_ classes: [ChangeClass]) -> String {
    classes.map(\.rawValue).joined(separator: " ")
  }

  private static func tags(_ classes: [ChangeClass], _ price: Change.Price? = nil) -> String {
    zip(classes, DiffLabels.names(classes, price)).map {
      "<span class=\"tag \($0.rawValue)\">\($1)</span>"
    }.joined()
  }
}
