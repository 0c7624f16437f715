/// Text in two columns.
package enum Columns {
  package static func text(_ rows: [(String, String)], indent: String = "") -> String {
    let width = rows.map { $0.0.utf8.count }.max() ?? 0
    return rows.map { left, right in
      let gap = String(repeating: " ", count: width - left.utf8.count)
      return indent + left + (right.isEmpty ? "" : gap + "  " + right) + "\n"
    }.joined()
  }
}
