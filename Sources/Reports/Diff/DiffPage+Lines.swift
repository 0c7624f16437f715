import PlanDiff

extension DiffPage {
  /// The lines of the inputs that differ, with both sides.
  mutating func writeLines() {
    let files = SourceDiff(view.comparison.before, view.comparison.after).files
    guard !files.isEmpty else { return }
    page.heading("Lines of the inputs that differ")
    var left = 3000
    for file in files {
      let summary =
        "\(MarkupText.code(file.name)) <span class=\"sign added\">+\(file.added)</span> "
        + "<span class=\"sign removed\">−\(file.removed)</span>"
      let lines = file.lines.prefix(max(0, left))
      left -= lines.count
      page.fold(summary, isOpen: file.lines.count <= 400) { page in
        page.table(["", "", "", ""], lines.map(Self.row), kind: "lines")
        let rest = file.lines.count - lines.count
        if rest > 0 { page.paragraph("\(DiffLabels.count(rest, "more line"))") }
      }
    }
  }

  private static func row(_ line: SourceDiff.Line) -> (attributes: String, cells: [String]) {
    let numbers = [line.old, line.new].map { $0.map(String.init) ?? "" }
    switch line.kind {
    case .gap: return (" class=\"gap\"", ["", "", "", MarkupText.escaped(line.text)])
    case .both: return ("", numbers + ["", MarkupText.breakable(line.text, isPart: true)])
    case .old:
      let text = line.counterpart.flatMap { marked(line.text, $0).0 }
      return (
        " class=\"old\"", numbers + ["−", text ?? MarkupText.breakable(line.text, isPart: true)]
      )
    case .new:
      var text = line.counterpart.flatMap { marked($0, line.text).1 }
      if line.counterpart == line.text {
        text =
          MarkupText.breakable(line.text, isPart: true) + " <i>another secret, or other spaces</i>"
      }
      return (
        " class=\"new\"", numbers + ["+", text ?? MarkupText.breakable(line.text, isPart: true)]
      )
    }
  }
}
