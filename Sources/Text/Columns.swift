/// Text in two columns.
package enum Columns {
  package static func text(_ rows: [(String, String)], indent: String = "") -> String {
    let width = rows.map { $0.0.utf8.count }.max() ?? 0
    return rows.map { left, right in
      let gap = String(repeating: " ", count: width - left.utf8.count)
      return indent + left + (right.isEmpty ? "" : gap + "  " + right) + "\n"
    }.joined()
  }

  /// Rows within a width. The right column begins where all but the longest texts on the left fit;
  /// after one of these it begins on the next line.
  package static func folded(
    _ rows: [(String, String)], indent: String = "  ", width: Int = 80, left limit: Int = 26
  ) -> String {
    let fitting = rows.map { DisplayWidth.of($0.0) }.filter { $0 <= limit }
    let column = fitting.max() ?? limit
    let start = indent.utf8.count + column + 2
    var text = ""
    for (left, right) in rows {
      let lines = wrapped(right, width: width - start)
      let isLong = DisplayWidth.of(left) > column
      let gap = String(repeating: " ", count: start)
      text += indent + left
      if let first = lines.first, !isLong {
        text += String(repeating: " ", count: column - DisplayWidth.of(left) + 2) + first
      }
      text += "\n"
      for line in lines.dropFirst(isLong ? 0 : 1) { text += gap + line + "\n" }
    }
    return text
  }

  /// The lines of a text; a word that is wider has its own.
  package static func wrapped(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, DisplayWidth.of(last) + 1 + DisplayWidth.of(String(word)) <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
