import CommandLineSyntax
import DiagnosticRendering
import Diagnostics
import Reports
import SourceText
import Values

/// `penstock explain CODE`: a diagnostic's page; without a code, the list of all.
enum ExplainCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    let isJSON = context.invocation[.format]?.value == "json"
    guard let code = context.invocation.argument else {
      return isJSON
        ? context.write(RunText.bytes(.list(sortedCodes.map { .map(summary($0)) })))
        : context.write(list())
    }
    // The code may also be pasted from a message, with its brackets.
    let name = code.value.drop { $0 != "[" }.dropFirst().prefix { $0 != "]" }
    let wanted = name.isEmpty ? code.value : String(name)
    guard let known = DiagnosticCode(rawValue: wanted), let page = Pages.page(of: known) else {
      return context.refuse([.unknownDiagnostic(wanted, at: code.span)], .usage)
    }
    guard isJSON else { return context.write(page) }
    var members = summary(known)
    members["page"] = .string(page)
    return context.write(RunText.bytes(.map(members)))
  }

  private static var sortedCodes: [DiagnosticCode] {
    DiagnosticCode.allCases.sorted { $0.rawValue < $1.rawValue }
  }

  private static func list() -> String {
    Option.codes.map { $0 + "\n" }.joined()
  }

  private static func summary(_ code: DiagnosticCode) -> ValueMap {
    ValueMap([
      "code": .string(code.rawValue), "severity": .string(code.severity.name),
      "canBeAllowed": .bool(code.canBeWarning || code.severity != .error),
      "summary": .string(Pages.title(of: code)),
    ])
  }
}
