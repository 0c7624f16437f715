import Foundation
import TestSupport
import Testing

/// A table of what was judged, beside the cases: Edits/README.md and Mistakes/README.md.
struct JudgementTable {
  struct Row {
    var name: String
    var summary: String
    /// Between the name and the verdicts.
    var cells: [String]
    /// What is known to be wrong now, by aspect.
    var wrong: [String: String]
  }

  let folder: URL
  let title: String
  let introduction: String
  let columns: [String]
  let rows: [Row]

  /// Verdicts on release 0.1.0 by name: `right`, `silent`, or the aspects that were wrong. They were
  /// made once, with its binary, for cases whose words are not those of a later release.
  private func former() throws -> [String: String] {
    let text = String(
      decoding: try Locations.bytes(folder.appending(path: "verdicts-0.1.0.tsv")), as: UTF8.self)
    let pairs = text.split(separator: "\n").map {
      $0.split(separator: "\t", maxSplits: 1).map(String.init)
    }
    return Dictionary(pairs.compactMap { $0.count == 2 ? ($0[0], $0[1]) : nil }) { $1 }
  }

  private func verdict(_ row: Row) -> String {
    row.wrong.isEmpty ? "right" : row.wrong.keys.contains("silent") ? "silent" : "wrong"
  }

  private func counts(_ verdicts: [String]) -> String {
    ["right", "silent", "wrong"].map { kind in
      " \(verdicts.count { $0 == kind || (kind == "wrong" && $0 != "right" && $0 != "silent") }) |"
    }.joined()
  }

  func text() throws -> String {
    let former = try former()
    let compared = rows.filter { former[$0.name] != nil }
    var text = "# \(title)\n\n\(introduction)\n\n"
    text += "| | right | silent | wrong |\n| --- | --- | --- | --- |\n"
    text +=
      "| \(compared.count) in 0.1.0 |" + counts(compared.compactMap { former[$0.name] }) + "\n"
    text += "| the same now |" + counts(compared.map(verdict)) + "\n"
    text += "| all \(rows.count) now |" + counts(rows.map(verdict)) + "\n\n"
    text += "| " + (["name"] + columns + ["in 0.1.0", "now"]).joined(separator: " | ") + " |\n"
    text += String(repeating: "| --- ", count: columns.count + 3) + "|\n"
    for row in rows {
      let now = row.wrong.sorted { $0.key < $1.key }.map { "**\($0.key)**: \($0.value)" }
      let cells =
        [row.name + ": " + row.summary] + row.cells + [
          former[row.name] ?? "–", now.isEmpty ? "right" : now.joined(separator: "; "),
        ]
      text += "| " + cells.map(Self.escaped).joined(separator: " | ") + " |\n"
    }
    return text
  }

  private static func escaped(_ cell: String) -> String {
    cell.replacingOccurrences(of: "|", with: "\\|").replacingOccurrences(of: "<", with: "&lt;")
  }

  /// With PENSTOCK_RECORD=1 the file is rewritten.
  func expectToBeWritten() throws {
    let url = folder.appending(path: "README.md")
    let text = try text()
    if String(decoding: try Locations.bytes(url), as: UTF8.self) == text { return }
    if ProcessInfo.processInfo.environment["PENSTOCK_RECORD"] == "1" {
      try Data(text.utf8).write(to: url)
      Issue.record("recorded \(url.path)")
    } else {
      Issue.record("\(url.path) is not what its cases say; PENSTOCK_RECORD=1 writes it")
    }
  }
}
