package import PlanDiff
import Values

/// A comparison for a terminal.
package struct DiffText {
  private typealias Cell = StyledText.Cell

  private let view: DiffView
  private var out: StyledText
  private let width: Int?
  private let isFull: Bool

  /// The total width beyond which two values are cut to what differs, if the terminal's isn't known.
  private static var widest: Int { 90 }

  /// - Parameters:
  ///   - width: the terminal's, in cells; nil if it isn't one: then lines have any length.
  ///   - full: whether to show every place of an edit, and every part of a value.
  package static func text(
    of comparison: Comparison, colored: Bool, width: Int? = nil, full: Bool = false
  ) -> String {
    var text = DiffText(
      view: DiffView(comparison, folding: !full), out: StyledText(colored: colored),
      width: width.map { max($0, 40) }, isFull: full)
    text.write()
    return text.out.text
  }

  private mutating func write() {
    paragraph([Cell(DiffLabels.title(view.comparison), .bold)], indent: 0)
    writeDangers()
    writeFlow()
    for section in view.sections {
      out.heading(section.title)
      table(section.rows)
    }
    writeSteps()
    writeRest()
    let isAlone = view.isEmpty && view.comparison.notes.isEmpty
    if !isAlone { out.line([]) }
    paragraph(
      [Cell(DiffLabels.summary(view), view.isWithoutSubstance ? .green : .bold)], indent: 0)
  }

  private mutating func paragraph(_ cells: [Cell], indent: Int = 2, hang: Int? = nil) {
    out.paragraph(cells, indent: indent, hang: hang ?? indent + 2, width: width)
  }

  private mutating func writeDangers() {
    let dangers = view.comparison.dangers
    guard !dangers.isEmpty else { return }
    out.heading("Look at this first")
    for danger in dangers {
      paragraph([
        Cell("!", .red), Cell(DiffLabels.name(danger.kind) + ":", .red), Cell(danger.text),
      ])
    }
  }

  private mutating func writeFlow() {
    let flow = view.comparison.flow
    guard !flow.isEmpty else { return }
    out.heading("Data")
    for change in flow { paragraph([Cell("~", .yellow), Cell(change.text)]) }
  }

  private mutating func writeSteps() {
    guard !view.steps.isEmpty || !view.shared.isEmpty else { return }
    out.heading("Steps")
    for shared in view.shared {
      table([shared.row])
      let steps = DiffLabels.steps(shared.steps, most: isFull ? shared.steps.count : 3)
      paragraph([Cell("in \(shared.steps.count) steps: \(steps)", .faint)], indent: 6)
    }
    for step in view.steps { write(step) }
  }

  private mutating func write(_ step: DiffView.StepEntry) {
    var cells = [sign(DiffLabels.sign(step.kind)), Cell(step.name, .bold)]
    if !step.stage.isEmpty { cells.append(Cell("(\(step.stage))", .cyan)) }
    if let old = step.oldName { cells.append(Cell("renamed from `\(old)`")) }
    if let move = step.move { cells.append(Cell("moved from place \(move.from) to \(move.to)")) }
    if !step.classes.isEmpty { cells.append(classes(step.classes, nil)) }
    cells.append(Cell(DiffLabels.place(step.causes), .faint))
    paragraph(cells.filter { !$0.text.isEmpty })
    if !step.rows.isEmpty { table(step.rows, indent: 6) }
  }

  private mutating func writeRest() {
    if !view.cosmetic.isEmpty {
      out.heading("Cosmetic")
      for shared in view.cosmetic {
        var row = shared.row
        row.classes = []
        row.causes = []
        let count = shared.steps.count
        table([row], tail: count > 1 ? "in \(count) steps" : "")
      }
    }
    if !view.comparison.newWarnings.isEmpty {
      out.heading("New warnings")
      for warning in view.comparison.newWarnings { paragraph([Cell(warning, .yellow)]) }
    }
    if !view.comparison.notes.isEmpty {
      out.heading("Notes")
      for note in view.comparison.notes { paragraph([Cell(note)]) }
    }
  }

  // MARK: Rows

  /// Rows in columns. What is much longer than the rest has a line of its own, and doesn't make the
  /// columns wider.
  private mutating func table(_ rows: [DiffView.Row], indent: Int = 2, tail: String = "") {
    let lines = rows.map { line($0, indent, tail) }
    let signs = lines.map(\.sign.width).max() ?? 1
    let most = (width ?? 2 * Self.widest) / 3
    let label = lines.map(\.label.width).filter { $0 <= most }.max() ?? 0
    let value = lines.map(\.value.width).filter { $0 <= most }.max() ?? 0
    for line in lines { write(line, indent, (signs, label, value)) }
  }

  private struct Line {
    var sign: StyledText.Cell
    var label: StyledText.Cell
    /// Both values, and each of them if they don't fit in one line.
    var value: StyledText.Cell
    var values: [StyledText.Cell]
    var tail: [StyledText.Cell]
    /// Lines below.
    var below: [StyledText.Cell]
  }

  private func line(_ row: DiffView.Row, _ indent: Int, _ tail: String) -> Line {
    let inner = indent + 6
    let limit = width.map { max($0 - inner - 4, 24) } ?? Self.widest
    let isPaired = row.kind == .changed || row.kind == .reordered
    let parts = [row.after ?? row.before].compactMap(\.self)
      .flatMap { isPaired ? [] : ValueText.parts($0, limit: limit) }
    let (before, after) = DiffLabels.change(row, limit: limit)
    var value = ""
    var values: [String] = []
    switch (before, after) {
    case (let before?, let after?):
      value = "\(before) → \(after)"
      values = [before, "→ \(after)"]
    case (let only?, nil), (nil, let only?): (value, values) = (only, [only])
    case (nil, nil): break
    }
    if !parts.isEmpty { (value, values) = ("", []) }
    let shown = isFull ? parts : Array(parts.prefix(12))
    var below = shown.map { Cell("\($0.label): \($0.text)") }
    if parts.count > shown.count {
      below.append(Cell("and \(parts.count - shown.count) more lines (-v shows them)", .faint))
    }
    let also = DiffLabels.also(row, most: 3)
    if !also.isEmpty { below.append(Cell(also + (row.also.count > 3 ? " (-v)" : ""), .faint)) }
    var tails = row.classes.isEmpty ? [] : [classes(row.classes, row.price)]
    tails += [DiffLabels.place(row.causes), tail].filter { !$0.isEmpty }.map { Cell($0, .faint) }
    return Line(
      sign: sign(DiffLabels.sign(row, in: view.comparison)), label: Cell(row.label),
      value: Cell(value), values: values.map { Cell($0) },
      tail: tails.filter { !$0.text.isEmpty }, below: below)
  }

  private mutating func write(
    _ line: Line, _ indent: Int, _ widths: (sign: Int, label: Int, value: Int)
  ) {
    func padded(_ cell: StyledText.Cell, _ width: Int) -> StyledText.Cell {
      var cell = cell
      cell.text += String(repeating: " ", count: max(width - cell.width, 0))
      return cell
    }
    let sign = padded(line.sign, widths.sign)
    let tail = line.tail.reduce(0) { $0 + $1.width + 2 }
    let room = width ?? Int.max
    let label = max(line.label.width, widths.label)
    // A long label ends the columns of its row.
    let isColumn = line.label.width <= widths.label && !line.tail.isEmpty
    let value = max(line.value.width, isColumn ? widths.value : 0)
    let start = indent + widths.sign + 1
    if start + label + 2 + value + tail <= room {
      var cells = [sign, padded(line.label, widths.label)]
      if value > 0 { cells += [Cell(""), padded(line.value, isColumn ? widths.value : 0)] }
      for cell in line.tail { cells += [Cell(""), cell] }
      out.line(trimmed(cells), indent: indent)
    } else {
      paragraph([sign, line.label], indent: indent, hang: start)
      writeBelow(line, start + 2, room)
    }
    for cell in line.below { paragraph([cell], indent: start + 2, hang: start + 4) }
  }

  /// The values and what follows them, in lines of their own.
  private mutating func writeBelow(_ line: Line, _ indent: Int, _ room: Int) {
    let tail = line.tail.flatMap { [Cell(""), $0] }
    let width = line.tail.reduce(0) { $0 + $1.width + 2 }
    let fits = indent + line.value.width <= room
    var lines = fits ? [line.value] : line.values
    if lines.first?.text.isEmpty ?? true { lines = [] }
    let last = lines.popLast()
    for cell in lines { paragraph([cell], indent: indent) }
    if let last, indent + last.width + width <= room {
      return out.line([last] + tail, indent: indent)
    }
    if let last { paragraph([last], indent: indent) }
    guard !tail.isEmpty else { return }
    if indent + width - 2 <= room {
      out.line(Array(tail.dropFirst()), indent: indent)
    } else {
      paragraph(Array(tail.dropFirst()), indent: indent)
    }
  }

  /// Without spaces at the end.
  private func trimmed(_ cells: [StyledText.Cell]) -> [StyledText.Cell] {
    var cells = cells
    while let last = cells.last, last.text.allSatisfy({ $0 == " " }) { cells.removeLast() }
    if var last = cells.popLast() {
      while last.text.hasSuffix(" ") { last.text.removeLast() }
      cells.append(last)
    }
    return cells
  }

  // MARK: Cells

  private func sign(_ text: String) -> Cell {
    switch text {
    case "+": Cell(text, .green)
    case "-", "!", "!-", "!+", "-/+": Cell(text, .red)
    default: Cell(text, .yellow)
    }
  }

  private func classes(_ classes: [ChangeClass], _ price: Change.Price?) -> Cell {
    let names = DiffLabels.names(classes, price, in: view.comparison)
    guard !names.isEmpty else { return Cell("") }
    let text = "[" + names.joined(separator: ", ") + "]"
    return Cell(text, classes.first == .security ? .red : classes == [.cosmetic] ? .faint : .cyan)
  }
}
