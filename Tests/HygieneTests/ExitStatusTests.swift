import Diagnostics
import Foundation
import TestSupport
import Testing

/// What commands end with is written in one file; all other code names it.
@Suite struct ExitStatusTests {
  private static let file = "Sources/Diagnostics/ExitStatus.swift"

  /// Where code writes such a number. HTTP's numbers and those of other programs are not among them.
  private static let literals = [
    #"\b_?exit\(\s*\d"#,
    #"ExitStatus\((\w+:\s*)?\d"#,
    #"(?i)exit\w*\??\s*(:|=|==|!=|\?\?|<|>)\s*\d"#,
    #"(?i)status(es)?\??\s*(:|=|==|!=|\?\?|<|>)\s*(1|2|3|4|17|18|64|130)\b"#,
    #"\.code\s*(==|!=)\s*\d"#,
    #"(?i)exit\w*\s*:\s*(inout\s+)?U?Int\d*"#,
  ]

  static func hasLiteral(_ line: String) -> Bool {
    let code = Repository.code(line)
    return literals.contains { code.range(of: $0, options: .regularExpression) != nil }
  }

  @Test func noOtherFileHasTheNumbers() throws {
    for (_, files) in Repository.modules {
      for file in files where file != Self.file {
        for (index, line) in try Repository.lines(file).enumerated() {
          #expect(!Self.hasLiteral(line), "\(file):\(index + 1): use `ExitStatus`")
        }
      }
    }
  }

  @Test(arguments: [
    "exit(64)", "_exit(130)", "RunOutcome(status: 17, summary: text)", "exit: 4, at: span",
    "report.exitStatus = 18", "fact.exitStatus == 1", "consequence.exitStatus ?? 3",
    "ExitStatus(asked: 3)", "outcome.status.code == 0", "var exitStatus: Int32?",
    "exit: inout Int32?",
  ]) func whatIsFound(_ code: String) {
    #expect(Self.hasLiteral(code))
  }

  @Test(arguments: [
    "response.status == 404", "guard status == 0 else {", "exit(run(arguments).code)",
    "if outcome.status == .lockHeld {", "// status: 17", "text(\"status: 17\")",
  ]) func whatIsNot(_ code: String) {
    #expect(!Self.hasLiteral(code))
  }

  /// The table that users read has all of them.
  @Test func theCommandLinesPageHasEachStatus() throws {
    let statuses: [Diagnostics.ExitStatus] = [
      .success, .failure, .changes, .noData, .notEmpty, .lockHeld, .clusterBusy, .usage,
      .interrupted,
    ]
    let page = try Repository.text("docs/command-line.md")
    for status in statuses { #expect(page.contains("\n| \(status.code) | "), "\(status.code)") }
  }
}
