import CommandLineSyntax
import Diagnostics
import SourceText

/// `penstock explain CODE`: a diagnostic's page; without a code, the list of all.
enum ExplainCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    guard let code = context.invocation.argument else { return context.write(list()) }
    // The code may also be pasted from a message, with its brackets.
    let name = code.value.drop { $0 != "[" }.dropFirst().prefix { $0 != "]" }
    let wanted = name.isEmpty ? code.value : String(name)
    guard let known = DiagnosticCode(rawValue: wanted), let page = Pages.page(of: known) else {
      return context.refuse([.unknownDiagnostic(wanted, at: code.span)], .usage)
    }
    return context.write(page)
  }

  private static func list() -> String {
    Option.codes.map { $0 + "\n" }.joined()
  }
}
