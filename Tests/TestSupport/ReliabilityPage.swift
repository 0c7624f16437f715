import Foundation
import Synchronization
import Testing

/// docs/reliability.md, whose tables are the outcomes of tests.
package enum ReliabilityPage {
  /// The cell of what a fault can't affect.
  package static let unaffected = "–"

  private static let isWriting = Mutex(())

  /// Compares the table below a heading with the outcomes; with `PENSTOCK_RECORD=1` writes it, and
  /// fails.
  package static func expect(_ heading: String, _ table: String) throws {
    let file = Locations.repository.appending(path: "docs/reliability.md")
    try isWriting.withLock { _ in
      let page = String(decoding: try Locations.bytes(file), as: UTF8.self)
      let start = try #require(page.range(of: "\n## \(heading)\n"), "no heading `\(heading)`")
      let rest = page[start.upperBound...]
      let end = rest.range(of: "\n## ")?.lowerBound ?? rest.endIndex
      let lines = rest[..<end].split(separator: "\n", omittingEmptySubsequences: false)
      let found = lines.filter { $0.hasPrefix("|") }.joined(separator: "\n")
      guard found != table else { return }
      guard ProcessInfo.processInfo.environment["PENSTOCK_RECORD"] == "1" else {
        Issue.record("docs/reliability.md is out of date below `\(heading)`; it is now:\n\(table)")
        return
      }
      let text = lines.filter { !$0.hasPrefix("|") }.joined(separator: "\n")
      let prose = text.trimmingCharacters(in: .newlines)
      let section = "\n" + (prose.isEmpty ? "" : prose + "\n\n") + table + "\n"
      try Data((page[..<start.upperBound] + section + page[end...]).utf8).write(to: file)
      Issue.record("recorded docs/reliability.md")
    }
  }

  /// A table of cells by row and column.
  ///
  /// Columns that don't differ, but for what a fault can't affect, are put together, and so are rows
  /// that are equal.
  package static func table(rows: [String], columns: [(name: String, cells: [String])]) -> String {
    var groups: [(names: [String], cells: [String])] = []
    for column in columns {
      let index = groups.firstIndex { group in
        zip(group.cells, column.cells).allSatisfy {
          $0 == $1 || $0 == unaffected || $1 == unaffected
        }
      }
      if let index {
        groups[index].names.append(column.name)
        groups[index].cells = zip(groups[index].cells, column.cells).map {
          $0 == unaffected ? $1 : $0
        }
      } else {
        groups.append(([column.name], column.cells))
      }
    }
    var lines: [(names: [String], cells: [String])] = []
    for (index, name) in rows.enumerated() {
      let cells = groups.map { $0.cells[index] }
      if let same = lines.firstIndex(where: { $0.cells == cells }) {
        lines[same].names.append(name)
      } else {
        lines.append(([name], cells))
      }
    }
    let head = ["fault"] + groups.map { $0.names.joined(separator: ", ") }
    let all =
      [head, head.map { _ in "---" }]
      + lines.map { [$0.names.joined(separator: "; ")] + $0.cells }
    return all.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }
}
