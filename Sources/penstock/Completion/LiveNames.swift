import AWSServices
import CommandLineSyntax
import Compiler
import Diagnostics
import Executor
import Host
import Journal
import PipelineSyntax
import PlanFormat
import SourceText

/// Looks up names for completions. It only reads, asks nothing of the network, and reports nothing:
/// what can't be read has no names.
struct LiveNames {
  private let context: CommandContext
  private typealias Candidate = Completer.Candidate

  static func all(_ kind: LiveName, _ invocation: Invocation) -> [Completer.Candidate] {
    LiveNames(invocation).names(kind)
  }

  private init(_ invocation: Invocation) {
    context = CommandContext(
      invocation: invocation, commandLine: CommandLineText([]), console: Console(invocation))
  }

  private func names(_ kind: LiveName) -> [Candidate] {
    switch kind {
    case .stage: return pipeline?.stages.map { Candidate($0.name.value) } ?? []
    case .part: return pipeline?.includes.map { Candidate($0.value) } ?? []
    case .input: return pipeline?.inputs.map { Candidate($0.name.value) } ?? []
    case .parameter:
      return pipeline?.parameters.map { Candidate($0.name.value, $0.summary) } ?? []
    case .step: return steps.map { Candidate($0) }
    case .run: return runs { _ in true }
    case .failedRun: return runs { $0 == .failed }
    case .openRun: return runs { [.planned, .left, .notBegun].contains($0) }
    case .pipeline:
      return BuiltinPipelines.names.map { Candidate($0, BuiltinPipelines.summary(of: $0)) }
    case .schema: return SchemaCommand.names.map { Candidate($0) }
    case .warning:
      return codes(DiagnosticCode.allCases.filter { $0.canBeWarning || $0.severity != .error })
    case .diagnostic: return codes(DiagnosticCode.allCases)
    }
  }

  private func codes(_ codes: [DiagnosticCode]) -> [Candidate] {
    codes.map { Candidate($0.rawValue, Pages.title(of: $0)) }.sorted { $0.text < $1.text }
  }

  /// The pipeline as declared, if its file is a file: reading a pipe would wait.
  private var pipeline: PipelineDecl? {
    let named =
      context.invocation.command == .diff
      ? context.invocation[.pipeline] : context.invocation.argument
    let name = named?.value ?? CommandName.defaultPipeline
    guard BuiltinPipelines.text(of: name) != nil || Files.isFile(name) else { return nil }
    var only = context.invocation
    only.argument = named
    only.options = []
    guard let parsed = InputReader.read(only, CommandLineText([])).parsed else { return nil }
    return Compiler.declare(parsed).pipeline
  }

  // MARK: The journal

  private var journal: Journal? { try? RunJournal.read(context) }

  private func runs(_ isWanted: (RunOverview.Standing) -> Bool) -> [Candidate] {
    guard let journal, let runs = try? Executor.history(journal, isAlive: { Machine.isAlive($0) })
    else { return [] }
    var seen: Set<String> = []
    return runs.filter { isWanted($0.standing) && seen.insert($0.run.runID).inserted }
      .prefix(Self.most).map { Candidate($0.run.runID, "\($0.run.name), \($0.standing.rawValue)") }
  }

  /// More runs than anybody looks through.
  private static var most: Int { 50 }

  /// The steps of the run that is named, or of the latest.
  private var steps: [String] {
    guard let journal else { return [] }
    let name =
      context.invocation[.run] ?? context.invocation[.recover] ?? context.invocation[.runID]
    let found = try? RunLookup.find(name, in: journal)
    return found?.plan?.steps.map(\.name) ?? found?.overview.steps.map(\.name) ?? []
  }
}
