import CommandLineSyntax
import Documents
import Reports
import Diagnostics
import Platform
import PlanDiff
import SourceText
import Values

/// `penstock diff`: the differences between two job flows, for reviewing a change.
enum DiffCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    let (gate, errors) = gate(context.invocation)
    guard errors.isEmpty else { return context.refuse(errors, .usage) }
    var sides = DiffSides(context)
    guard sides.status == .success else { return sides.status }
    if let range = context.invocation[.git] {
      if let second = context.invocation.secondArgument {
        return context.refuse([.unexpectedSide(second.value, at: second.span)], .usage)
      }
      sides.readRevisions(range, context.invocation.argument)
    } else {
      let isAlone = context.invocation.has(.canonical)
      let end = context.commandLine.span(Int.max, 0..<0)
      guard let first = context.invocation.argument else {
        return context.refuse([.missingArgument("two sides", of: .diff, at: end)], .usage)
      }
      guard isAlone || context.invocation.secondArgument != nil else {
        return context.refuse([.missingArgument("second side", of: .diff, at: end)], .usage)
      }
      sides.read(first, context.invocation.secondArgument)
    }
    guard let before = sides.before, let after = sides.after else { return sides.status }
    var comparison = Comparison(before, after, rules: sides.rules, trial: sides.trial)
    if context.invocation.has(.canonical) {
      var writer = CanonicalJSONWriter(pretty: true)
      writer.value(comparison.document(\.before), revealingSecrets: false)
      writer.newline()
      return context.write(writer.bytes)
    }
    return write(comparison, gate, context)
  }

  private static func write(
    _ comparison: Comparison, _ gate: Gate, _ context: CommandContext
  ) -> ExitStatus {
    let written: ExitStatus
    switch context.invocation[.format]?.value {
    case "json": written = context.write(ComparisonWriter.bytes(comparison))
    case "markdown": written = context.write(DiffMarkdown.text(of: comparison))
    case "html": written = context.write(DiffPage.html(of: comparison))
    default:
      let isShown = context.invocation[.out] == nil
      let isColored =
        isShown
        ? Console.isColored(context.invocation[.color]?.value, on: STDOUT_FILENO)
        : context.invocation[.color]?.value == "always"
      written = context.write(
        DiffText.text(
          of: comparison, colored: isColored,
          width: isShown ? Console.size(of: STDOUT_FILENO)?.width : nil,
          full: context.console.isChatty))
    }
    guard written == .success else { return written }
    return gate.isClosed(to: comparison) ? .changes : .success
  }

  // MARK: The gate

  /// The changes for which the command exits with 2.
  struct Gate {
    var any = false
    var classes: Set<ChangeClass> = []

    func isClosed(to comparison: Comparison) -> Bool {
      any && !comparison.substantial.isEmpty
        || !classes.isEmpty && comparison.hasChange(of: classes)
    }
  }

  private static func gate(_ invocation: Invocation) -> (Gate, [Diagnostic]) {
    var gate = Gate(any: invocation.has(.exitCode))
    var errors: [Diagnostic] = []
    let names = ChangeClass.allCases.filter { $0 != .cosmetic }.map(\.rawValue)
    for text in invocation.list(.failOn) {
      if let known = ChangeClass(rawValue: text.value), names.contains(text.value) {
        gate.classes.insert(known)
      } else {
        errors.append(
          .invalidOptionValue(text.value, of: "--fail-on", among: names, at: text.span))
      }
    }
    return (gate, errors)
  }
}
