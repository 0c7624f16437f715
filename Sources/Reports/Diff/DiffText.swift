package import PlanDiff
import Values

/// A comparison for a terminal.
package struct DiffText {
  private typealias Cell = StyledText.Cell

  private let view: DiffView
  private var out: StyledText

  /// The total width beyond which two values are cut to what differs.
  private static var widest: Int { 90 }

  package static func text(of comparison: Comparison, colored: Bool) -> String {
    var text = DiffText(view: DiffView(comparison), out: StyledText(colored: colored))
    text.write()
    return text.out.text
  }

  private mutating func write() {
    out.line([Cell(DiffLabels.title(view.comparison), .bold)])
    out.line([Cell(DiffLabels.summary(view), view.isWithoutSubstance ? .green : .plain)])
    writeDangers()
    writeFlow()
    for section in view.sections {
      out.heading(section.title)
      out.table(section.rows.map { cells($0) })
    }
    writeSteps()
    writeRest()
  }

  private mutating func writeDangers() {
    let dangers = view.comparison.dangers
    guard !dangers.isEmpty else { return }
    out.heading("Look at this first")
    for danger in dangers {
      out.line(
        [Cell("!", .red), Cell(DiffLabels.name(danger.kind) + ":", .red), Cell(danger.text)],
        indent: 2)
    }
  }

  private mutating func writeFlow() {
    let flow = view.comparison.flow
    guard !flow.isEmpty else { return }
    out.heading("Data")
    for change in flow { out.line([Cell("~", .yellow), Cell(change.text)], indent: 2) }
  }

  private mutating func writeSteps() {
    guard !view.steps.isEmpty || !view.shared.isEmpty else { return }
    out.heading("Steps")
    for shared in view.shared {
      out.table([cells(shared.row)])
      let steps = DiffLabels.steps(shared.steps, most: 3)
      out.line([Cell("in \(shared.steps.count) steps: \(steps)", .faint)], indent: 6)
    }
    for step in view.steps { write(step) }
  }

  private mutating func write(_ step: DiffView.StepEntry) {
    var cells = [sign(step.kind), Cell(step.name, .bold)]
    if !step.stage.isEmpty { cells.append(Cell("(\(step.stage))", .cyan)) }
    if let old = step.oldName { cells.append(Cell("renamed from `\(old)`")) }
    if let move = step.move { cells.append(Cell("moved from place \(move.from) to \(move.to)")) }
    if !step.classes.isEmpty { cells.append(classes(step.classes)) }
    cells.append(Cell(DiffLabels.place(step.causes), .faint))
    out.line(cells.filter { !$0.text.isEmpty }, indent: 2)
    if !step.rows.isEmpty { out.table(step.rows.map { self.cells($0) }, indent: 6) }
  }

  private mutating func writeRest() {
    if !view.cosmetic.isEmpty {
      out.heading("Cosmetic")
      out.table(
        view.cosmetic.map { shared in
          let row = cells(shared.row)
          let count = shared.steps.count
          return row.dropLast() + [Cell(count > 1 ? "in \(count) steps" : "", .faint)]
        })
    }
    if !view.comparison.newWarnings.isEmpty {
      out.heading("New warnings")
      for warning in view.comparison.newWarnings { out.line([Cell(warning, .yellow)], indent: 2) }
    }
    if !view.comparison.notes.isEmpty {
      out.heading("Notes")
      for note in view.comparison.notes { out.line([Cell(note)], indent: 2) }
    }
  }

  // MARK: Cells

  private func cells(_ row: DiffView.Row) -> [Cell] {
    let (before, after) = DiffLabels.change(row, limit: Self.widest)
    var value = ""
    switch (before, after) {
    case (let before?, let after?): value = "\(before) → \(after)"
    case (let only?, nil), (nil, let only?): value = only
    case (nil, nil): value = ""
    }
    return [
      sign(row.kind), Cell(row.label), Cell(value),
      row.classes.isEmpty ? Cell("") : classes(row.classes, row.price),
      Cell(DiffLabels.place(row.causes), .faint),
    ]
  }

  private func sign(_ kind: Change.Kind) -> Cell {
    switch kind {
    case .added: Cell("+", .green)
    case .removed: Cell("-", .red)
    case .changed, .renamed, .moved, .reordered: Cell("~", .yellow)
    }
  }

  private func classes(_ classes: [ChangeClass], _ price: Change.Price? = nil) -> Cell {
    let text = "[" + DiffLabels.names(classes, price).joined(separator: ", ") + "]"
    return Cell(text, classes.first == .security ? .red : classes == [.cosmetic] ? .faint : .cyan)
  }
}
