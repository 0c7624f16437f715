import CommandLineSyntax
import Host
import Compiler
import Diagnostics
import Platform
import SourceText
import Text

/// The context in which a command runs.
struct CommandContext: Sendable {
  var invocation: Invocation
  let commandLine: CommandLineText
  let console: Console
  /// What events are marked with where several runs are under way at once: the run's id.
  var label = ""

  /// The command line alone.
  var sources: SourceSet {
    var sources = SourceSet()
    sources.add(commandLine.file)
    return sources
  }

  /// A command about a run, to show to people, with the options needed to find the run.
  func command(
    _ name: String, _ run: String, _ options: [Option] = [.journal, .sandbox]
  ) -> String {
    command([name, run], options)
  }

  /// The command that recovers a run after a failure.
  func recovery(_ run: String) -> String {
    command(["run", "--\(Option.recover.long)", run], [.journal, .sandbox])
  }

  private func command(_ parts: [String], _ options: [Option]) -> String {
    var words = [ProgramName.current] + parts
    for option in options {
      if let value = invocation[option]?.value { words += ["--\(option.long)", value] }
    }
    return ShellText.join(words)
  }

  /// Reports what is wrong with the command line, or with what it names.
  func refuse(_ diagnostics: [Diagnostic], _ status: ExitStatus) -> ExitStatus {
    console.report(diagnostics, sources)
    return self.status(of: diagnostics, status)
  }

  /// The exit status after errors: for wrong usage the command's own, whoever finds it; otherwise
  /// that of a failure.
  func status(of diagnostics: [Diagnostic], _ status: ExitStatus = .failure) -> ExitStatus {
    guard status == .failure || status == .usage else { return status }
    return diagnostics.contains { $0.code.isUsage }
      ? ProgramName.usage(invocation.command.usageStatus) : .failure
  }

  /// Writes a command's output to standard output, or to the file of `--out`.
  func write(_ bytes: [UInt8], isPrivate: Bool = false) -> ExitStatus {
    do throws(FileFailure) {
      if let out = invocation[.out], out.value != "-" {
        try Output.replace(out.value, with: bytes, isPrivate: isPrivate)
      } else {
        try Output.write(bytes, to: STDOUT_FILENO)
      }
      return .success
    } catch {
      let out = invocation[.out]
      let name = out?.value ?? "<stdout>"
      return refuse([.outputFailed(name, error.reason, at: out?.span)], .failure)
    }
  }

  func write(_ text: String) -> ExitStatus { write(Array(text.utf8)) }
}

extension DiagnosticCode {
  /// Whether it says that the command line itself is wrong, not what it names.
  fileprivate var isUsage: Bool {
    switch self {
    case .invalidOptionValue, .missingArgument, .missingOptionValue, .outdatedCommandLine,
      .unexpectedArgument, .unexpectedOptionValue, .unknownCommand, .unknownDiagnostic,
      .unknownOption, .unknownPipeline, .unknownSchema:
      true
    default: false
    }
  }
}

extension ProgramName {
  /// EmrEtlRunner exited with 1 if it didn't understand its command line.
  static func usage(_ status: ExitStatus) -> ExitStatus {
    isRunner || isLoader ? .failure : status
  }
}
