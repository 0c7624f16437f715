import AWSServices
import CommandLineSyntax
import Compiler
import Diagnostics
import Host
import PlanFormat
import Reports
import SourceText
import Text
import Values

/// `penstock version`: the version, what it was built from, and the formats that it knows.
enum VersionCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    context.invocation[.format]?.value == "json" ? context.write(json) : context.write(text)
  }

  /// The first line alone has the version.
  static var text: String {
    var rows: [(String, String)] = []
    if let commit = BuildInfo.commit {
      rows.append(("commit", commit + (BuildInfo.date.map { " of \($0)" } ?? "")))
    }
    rows.append(("plan format", "\(Plan.formatVersion)\(older)"))
    rows.append(("language", BuildInfo.language))
    return ProgramName.version + "\n" + Columns.text(rows)
  }

  /// The older formats that are read.
  private static var older: String {
    Plan.oldestFormatVersion < Plan.formatVersion
      ? " (reads those from \(Plan.oldestFormatVersion) on)" : ""
  }

  private static var json: [UInt8] {
    RunText.bytes(
      .object([
        "version": .string(Version.text), "commit": .string(ifAny: BuildInfo.commit),
        "date": .string(ifAny: BuildInfo.date), "planFormat": .int(Plan.formatVersion),
        "oldestPlanFormat": .int(Plan.oldestFormatVersion), "language": .string(BuildInfo.language),
      ]))
  }
}
