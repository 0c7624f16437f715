import CommandLineSyntax
import Documents
import Compiler
import Diagnostics
import Digests
import Executor
import Host
import PlanDiff
import PlanFormat
import SourceText
import Values

/// A plan with what is needed to carry it out: the command line that made it, and its secrets, read
/// again from its inputs.
struct PlannedRun: Sendable {
  let plan: Plan
  /// Identifies the plan's run.
  let key: String
  /// The command line that made the plan, as `run` would take it.
  let invocation: Invocation
  /// By reference.
  let secrets: [String: String]
  /// What made the plan, or makes it again.
  let compiled: CompilerResult
  /// The parts of an edited plan that its inputs don't make; nil if it wasn't edited.
  let trusted: [String]?

  /// A plan, and what makes it.
  init(_ plan: Plan, _ result: CompilerResult, _ invocation: Invocation) {
    self.init(plan, result, invocation, trusted: nil)
  }

  private init(
    _ plan: Plan, _ result: CompilerResult, _ invocation: Invocation, trusted: [String]?
  ) {
    self.plan = plan
    key = plan.identity
    self.invocation = invocation
    secrets = result.secretTexts()
    compiled = result
    self.trusted = trusted
  }

  /// The keys in the plan's config, filled in.
  var credentials: Value {
    SecretTexts(secrets).fill(plan.settings["credentials"] ?? .null)
  }

  /// What is needed to access the plan's world.
  var entry: RunWorld.Entry {
    RunWorld.Entry(of: plan, credentials: credentials)
  }

  // MARK: Reading

  /// Why a plan can't be carried out, with the sources of its diagnostics.
  struct Refusal: Error {
    var diagnostics: [Diagnostic]
    var sources: SourceSet
  }

  /// Reads a plan without its inputs, to show it or to look up its run.
  static func plan(_ bytes: [UInt8], named name: String) throws(Refusal) -> Plan {
    try read(bytes, named: name).plan
  }

  /// Reads a plan to carry it out, and refuses one that isn't what was made.
  /// - Parameter allowsEdits: whether the user wants it all the same.
  static func intactPlan(
    _ bytes: [UInt8], named name: String, allowsEdits: Bool
  ) throws(Refusal) -> (plan: Plan, isEdited: Bool) {
    let (plan, edit, sources) = try read(bytes, named: name)
    if let edit, !allowsEdits { throw Refusal(diagnostics: [edit], sources: sources) }
    return (plan, edit != nil)
  }

  private static func read(
    _ bytes: [UInt8], named name: String
  ) throws(Refusal) -> (plan: Plan, edit: Diagnostic?, sources: SourceSet) {
    var sources = SourceSet()
    let source = sources.add(SourceFile(name: name, text: bytes))
    var diagnostics: [Diagnostic] = []
    guard let tree = JSONReader.read(bytes, source: source, into: &diagnostics),
      let plan = PlanReader.read(tree, into: &diagnostics)
    else {
      let kind = DocumentKind(of: bytes, name: name)
      if kind != .plan, let words = kind.words {
        throw Refusal(diagnostics: [.notAPlan(name, words)], sources: sources)
      }
      // A plan isn't written by hand, so it isn't to be completed by hand either.
      for index in diagnostics.indices where diagnostics[index].code == .jsonSyntax {
        diagnostics[index].hint = "make the plan again"
      }
      throw Refusal(diagnostics: diagnostics, sources: sources)
    }
    return (plan, PlanReader.checkDigest(tree, of: plan), sources)
  }

  /// Reads a plan's inputs again, and makes sure that they still make this plan.
  /// - Parameter isEdited: whether the plan is carried out even where it differs from what they make.
  static func reload(_ plan: Plan, isEdited: Bool = false) throws(Refusal) -> PlannedRun {
    let invocation = try Self.invocation(of: plan)
    let (read, errors) = InputReader.read(
      invocation, CommandLineText([plan.command] + plan.arguments, program: ProgramName.current),
      at: RunTime(moment: plan.runTime, utcOffset: Int(plan.utcOffsetSeconds)))
    guard var parsed = read else {
      throw Refusal(diagnostics: errors, sources: commandLine(of: plan))
    }
    for fact in plan.facts where !fact.isAssumed { parsed.answers[fact.question] = fact.answer }
    if let name = invocation[.recover]?.value, let digest = plan.recovered {
      parsed.options.recovered = RecoveredRun(
        name: name, digest: digest,
        questions: Set(plan.facts.filter(\.isInherited).map(\.question)))
    }
    let result = Compiler.compile(parsed)
    var diagnostics: [Diagnostic] = []
    let now = result.plan(
      PlanDetails(madeBy: plan.madeBy, arguments: arguments(invocation)), into: &diagnostics)
    let changes = changedFiles(plan, now, parsed.input)
    guard changes.isEmpty else {
      throw Refusal(diagnostics: changes, sources: result.sources)
    }
    guard let now else {
      let found = (result.diagnostics + diagnostics).filter { $0.severity == .error }
      throw Refusal(diagnostics: found + [.planOutdated([])], sources: result.sources)
    }
    let parts = plan.parts(doneOtherwiseBy: now)
    guard parts.isEmpty || isEdited else {
      throw Refusal(diagnostics: [.planOutdated(parts)], sources: result.sources)
    }
    return PlannedRun(plan, result, invocation, trusted: isEdited ? parts : nil)
  }

  /// The command line recorded in a plan.
  static func invocation(of plan: Plan) throws(Refusal) -> Invocation {
    let arguments = [plan.command] + plan.arguments
    let text = CommandLineText(arguments, program: ProgramName.current)
    switch InvocationParser.parse(arguments, text) {
    case .run(let invocation): return invocation
    case .refused(let diagnostics, _):
      throw Refusal(diagnostics: diagnostics, sources: commandLine(of: plan))
    case .help, .version, .complete, .nothing:
      throw Refusal(diagnostics: [.planOutdated(["arguments"])], sources: commandLine(of: plan))
    }
  }

  private static func commandLine(of plan: Plan) -> SourceSet {
    var sources = SourceSet()
    sources.add(CommandLineText([plan.command] + plan.arguments, program: ProgramName.current).file)
    return sources
  }

  private static func arguments(_ invocation: Invocation) -> [String] {
    CommandContext.runArguments(invocation)
  }

  // MARK: What has changed

  /// A diagnostic for each input file that has changed since the plan was made.
  private static func changedFiles(
    _ plan: Plan, _ now: Plan?, _ input: CompilerInput
  ) -> [Diagnostic] {
    var digests: [String: String] = [:]
    let companions =
      input.used.values.map { $0 } + input.schemas.values.map { $0 } + input.stepKinds
    for file in [input.pipeline] + input.files.map(\.file) + companions {
      digests[file.name] = SHA256.name(of: file.text)
    }
    var changes: [Diagnostic] = []
    for file in plan.files where file.role != "facts" {
      guard let digest = digests.removeValue(forKey: file.path) else {
        changes.append(.planFileGone(file.path))
        continue
      }
      if digest != file.digest { changes.append(.planFileChanged(file.path)) }
    }
    return changes + digests.keys.sorted().map { .planFileNew($0) }
  }
}

extension Plan {
  /// The command whose options are its arguments.
  fileprivate var command: String { (isClusterOnly ? CommandName.up : .run).rawValue }
}
