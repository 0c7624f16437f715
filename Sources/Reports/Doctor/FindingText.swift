import AWSServices
package import Executor
import Text
package import Values

/// What a run would meet, on one screen.
package enum FindingText {
  private typealias Cell = StyledText.Cell

  private static var width: Int { 80 }

  package static func text(of findings: [Finding], colored: Bool) -> String {
    var out = StyledText(colored: colored)
    let column = findings.map { DisplayWidth.of($0.area) }.max() ?? 0
    var rows: [[Cell]] = []
    var area = ""
    for finding in findings {
      let (sign, style) = mark(finding.level)
      let gap = width - column - 9
      for (index, line) in Columns.wrapped(finding.text, width: gap).enumerated() {
        let isFirst = index == 0
        rows.append([
          Cell(isFirst ? sign : "", style),
          Cell(isFirst && finding.area != area ? finding.area : "", .bold), Cell(line),
        ])
      }
      for (index, line) in Columns.wrapped(finding.advice ?? "", width: gap - 2).enumerated() {
        rows.append([Cell(""), Cell(""), Cell((index == 0 ? "→ " : "  ") + line, .faint)])
      }
      area = finding.area
    }
    out.table(rows, indent: 0)
    out.heading(summary(findings))
    return out.text
  }

  /// The last line.
  private static func summary(_ findings: [Finding]) -> String {
    let counts = [(Finding.Level.problem, "problem"), (.warning, "warning")].compactMap {
      level, noun -> String? in
      let count = findings.count { $0.level == level }
      return count == 0 ? nil : DiffLabels.count(count, noun)
    }
    let unknown = findings.count { $0.level == .unknown }
    let open = unknown == 0 ? "" : "; \(DiffLabels.count(unknown, "thing")) couldn't be checked"
    return (counts.isEmpty ? "no problem was found" : counts.joined(separator: ", ")) + open
  }

  private static func mark(_ level: Finding.Level) -> (String, StyledText.Style) {
    switch level {
    case .ok: ("ok", .green)
    case .unknown: ("?", .cyan)
    case .warning: ("!", .yellow)
    case .problem: ("FAIL", .red)
    }
  }

  /// The same for programs.
  package static func value(_ findings: [Finding]) -> Value {
    .object([
      "ok": .bool(!findings.contains { $0.level == .problem }),
      "findings": .list(
        findings.map { finding in
          .object([
            "area": .string(finding.area), "level": .string(finding.level.rawValue),
            "text": .string(finding.text), "advice": .string(ifAny: finding.advice),
          ])
        }),
    ])
  }
}
