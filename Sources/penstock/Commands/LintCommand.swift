import CommandLineSyntax
import Lint
import Diagnostics
import Platform
import SourceText
import Values

/// `penstock lint resolver|enrichments|targets|all`: checks files against the schemas that they
/// name, which are looked up in the registries of the resolver configuration.
enum LintCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    let end = context.commandLine.span(Int.max, 0..<0)
    guard let argument = context.invocation.argument else {
      return context.refuse([.missingArgument("subject", of: .lint, at: end)], .failure)
    }
    guard let subject = LintSubject(rawValue: argument.value) else {
      return context.refuse(
        [
          .invalidOptionValue(
            argument.value, of: "lint", among: LintSubject.allCases.map(\.rawValue),
            at: argument.span)
        ], .failure)
    }
    let missing = missingOptions(subject, context.invocation)
    guard missing.isEmpty else {
      return context.refuse(
        missing.map { .missingOption("--" + $0.long, of: "lint \(subject.rawValue)", at: end) },
        .failure)
    }
    var linter = Linter(context.invocation, context.sources)
    linter.lint(subject)
    let isValid = !linter.finalDiagnostics.hasErrors
    if context.invocation[.format]?.value == "json" {
      let written = context.write(
        context.console.document(
          [
            ("subject", .string(subject.rawValue)), ("valid", .bool(isValid)),
            ("parts", .list(linter.validParts.map { .string($0) })),
          ], linter.finalDiagnostics, linter.shownSources, tellingAll: true))
      return written == .success && !isValid ? .failure : written
    }
    context.console.report(linter.finalDiagnostics, linter.shownSources, tellingAll: true)
    guard isValid else { return .failure }
    return context.write(linter.validParts.map { $0 + "\n" }.joined())
  }

  private static func missingOptions(_ subject: LintSubject, _ invocation: Invocation) -> [Option] {
    var needed: [Option] = [.resolver]
    if subject.hasEnrichments { needed.append(.enrichments) }
    if subject == .targets { needed.append(.targets) }
    return needed.filter { invocation[$0] == nil }
  }
}
