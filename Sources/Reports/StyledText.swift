import Text
import DiagnosticRendering

/// Lines for a terminal, in columns, optionally in colour. Control characters in texts from outside
/// are made visible.
package struct StyledText {
  package enum Style: String {
    case plain = ""
    case bold = "1"
    case faint = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"
  }

  package struct Cell {
    package var text: String
    package var style: Style

    package init(_ text: String, _ style: Style = .plain) {
      self.text = VisibleText.of(text)
      self.style = style
    }

    package var width: Int { DisplayWidth.of(text) }
  }

  package private(set) var text = ""
  private let isColored: Bool

  package init(colored: Bool) { isColored = colored }

  package mutating func heading(_ title: String) {
    gap()
    line([Cell(title, .bold)])
  }

  /// A blank line between two parts.
  package mutating func gap() { if !text.isEmpty { text += "\n" } }

  package mutating func line(_ cells: [Cell], indent: Int = 0) {
    text += String(repeating: " ", count: indent)
    text += cells.map(styled).joined(separator: " ") + "\n"
  }

  /// Rows of one table: every column but the last is as wide as its widest cell.
  package mutating func table(_ rows: [[Cell]], indent: Int = 2) {
    var widths: [Int] = []
    for row in rows {
      for (column, cell) in row.dropLast().enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], cell.width)
      }
    }
    for row in rows {
      var line = String(repeating: " ", count: indent)
      for (column, cell) in row.enumerated() {
        line += styled(cell)
        if column < row.count - 1, row[(column + 1)...].contains(where: { !$0.text.isEmpty }) {
          line += String(repeating: " ", count: widths[column] - cell.width + 2)
        }
      }
      text += line + "\n"
    }
  }

  /// Cells with a space between them, broken between words where the width ends; later lines are
  /// indented by `hang`.
  package mutating func paragraph(
    _ cells: [Cell], indent: Int = 0, hang: Int = 0, width: Int? = nil
  ) {
    guard let width else { return line(cells, indent: indent) }
    text += String(repeating: " ", count: indent)
    var column = indent
    for (number, cell) in cells.enumerated() {
      for (index, word) in LineBreaks.words(cell.text, most: width - hang).enumerated() {
        let isFirst = number == 0 && index == 0
        let gap = isFirst || word.joins ? 0 : 1
        if !isFirst, column + gap + word.width > width {
          text += "\n" + String(repeating: " ", count: hang)
          column = hang
        } else {
          text += String(repeating: " ", count: gap)
          column += gap
        }
        text += styled(Cell(word.text, cell.style))
        column += word.width
      }
    }
    text += "\n"
  }

  private func styled(_ cell: Cell) -> String {
    guard isColored, cell.style != .plain, !cell.text.isEmpty else { return cell.text }
    return "\u{1B}[\(cell.style.rawValue)m\(cell.text)\u{1B}[0m"
  }
}
