import CommandLineSyntax
import Host
import Compiler
import Diagnostics
import Platform
import Passes
import PlanFormat
import SourceText

/// `penstock compile`: turns a pipeline and its inputs into the request for EMR.
enum CompileCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    let (read, errors) = InputReader.read(context.invocation, context.commandLine)
    guard var parsed = read else { return context.refuse(errors, .failure) }
    if let target = TargetCompilation(context) { return target.run(parsed) }
    let emit: Emit
    if parsed.options.jobs == nil {
      emit = context.invocation[.emit].flatMap { Emit(rawValue: $0.value) } ?? .jobFlow
    } else if let given = context.invocation[.emit], given.value != Emit.plan.rawValue {
      return context.refuse(
        [
          .invalidOptionValue(
            given.value, of: "--\(Option.emit.long)", among: [Emit.plan.rawValue], at: given.span)
        ], .failure)
    } else {
      emit = .plan
    }
    // A job flow is for those who submit it without Penstock.
    parsed.options.isSubmittedAtOnce = emit == .jobFlow
    let result = Compiler.compile(parsed)
    context.console.report(result.diagnostics, result.sources)
    if context.invocation.has(.explain) { context.explain(result) }
    guard result.exitStatus == .success else { return result.exitStatus }
    if emit == .plan { return writePlan(result, context) }
    return write(result, emit, context)
  }

  private static func writePlan(
    _ result: CompilerResult, _ context: CommandContext
  ) -> ExitStatus {
    var diagnostics: [Diagnostic] = []
    let plan = result.plan(context.planDetails(nil), into: &diagnostics)
    context.console.report(diagnostics, result.sources)
    guard let plan else { return .failure }
    return context.write(PlanWriter.bytes(plan), isPrivate: true)
  }

  /// A file is written at once, so that it is complete or missing; standard output piece by piece.
  private static func write(
    _ result: CompilerResult, _ emit: Emit, _ context: CommandContext
  ) -> ExitStatus {
    let isPrivate = context.invocation.has(.revealSecrets)
    if let out = context.invocation[.out], out.value != "-" {
      var bytes: [UInt8] = []
      result.write(emit, pretty: true) { bytes.append(contentsOf: $0) }
      return context.write(bytes, isPrivate: isPrivate)
    }
    var failure: FileFailure?
    result.write(emit, pretty: true) { bytes in
      guard failure == nil else { return }
      do throws(FileFailure) {
        try Output.write(bytes, to: STDOUT_FILENO)
      } catch {
        failure = error
      }
    }
    guard let failure else { return .success }
    return context.refuse([.outputFailed("<stdout>", failure.reason, at: nil)], .failure)
  }
}
