import CommandLineSyntax
import Documents
import Compiler
import Diagnostics
import Digests
import Executor
import PlanFormat
import SourceText
import Values

/// A plan with what it takes to carry it out: the command line that it was made by, and its secrets,
/// read again from where they stand.
struct PlannedRun: Sendable {
  let plan: Plan
  /// What tells the plan's run from every other.
  let digest: String
  /// The command line that made the plan, as `run` would take it.
  let invocation: Invocation
  /// By reference.
  let secrets: [String: String]

  /// Of a plan that was made just now.
  init(_ plan: Plan, _ result: CompilerResult, _ invocation: Invocation) {
    self.plan = plan
    digest = Self.digest(plan)
    self.invocation = invocation
    secrets = result.secretTexts()
  }

  private init(_ plan: Plan, _ invocation: Invocation, secrets: [String: String]) {
    self.plan = plan
    digest = Self.digest(plan)
    self.invocation = invocation
    self.secrets = secrets
  }

  /// How a file's text is laid out is no part of a plan.
  static func digest(_ plan: Plan) -> String { SHA256.name(of: PlanWriter.bytes(plan)) }

  /// The keys that the plan's config holds, filled in.
  var credentials: Value {
    SecretTexts(secrets).fill(plan.settings["credentials"] ?? .null)
  }

  /// What it takes to get into the world where the plan belongs.
  var entry: RunWorld.Entry {
    RunWorld.Entry(of: plan, credentials: credentials)
  }

  // MARK: Reading

  /// Why a plan cannot be carried out, with the sources that its diagnostics point to.
  struct Refusal: Error {
    var diagnostics: [Diagnostic]
    var sources: SourceSet
  }

  /// Reads a plan, without what it was made from.
  static func plan(_ bytes: [UInt8], named name: String) throws(Refusal) -> Plan {
    var sources = SourceSet()
    let source = sources.add(SourceFile(name: name, text: bytes))
    var diagnostics: [Diagnostic] = []
    guard let tree = JSONReader.read(bytes, source: source, into: &diagnostics),
      let plan = PlanReader.read(tree, into: &diagnostics)
    else { throw Refusal(diagnostics: diagnostics, sources: sources) }
    return plan
  }

  /// Reads again what a plan was made from, and makes sure that it still makes this plan.
  static func reload(_ plan: Plan) throws(Refusal) -> PlannedRun {
    let invocation = try Self.invocation(of: plan)
    let (read, errors) = InputReader.read(
      invocation, CommandLineText(["run"] + plan.arguments),
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
    let parts = differences(plan, now)
    guard parts.isEmpty else {
      throw Refusal(diagnostics: [.planOutdated(parts)], sources: result.sources)
    }
    return PlannedRun(plan, invocation, secrets: result.secretTexts())
  }

  /// The command line that a plan says it was made by.
  static func invocation(of plan: Plan) throws(Refusal) -> Invocation {
    let arguments = ["run"] + plan.arguments
    let text = CommandLineText(arguments)
    switch InvocationParser.parse(arguments, text) {
    case .run(let invocation): return invocation
    case .refused(let diagnostics, _):
      throw Refusal(diagnostics: diagnostics, sources: commandLine(of: plan))
    case .help, .version, .nothing:
      throw Refusal(diagnostics: [.planOutdated(["arguments"])], sources: commandLine(of: plan))
    }
  }

  private static func commandLine(of plan: Plan) -> SourceSet {
    var sources = SourceSet()
    sources.add(CommandLineText(["run"] + plan.arguments).file)
    return sources
  }

  private static func arguments(_ invocation: Invocation) -> [String] {
    CommandContext.runArguments(invocation)
  }

  // MARK: What has changed

  /// A diagnostic for each file that is not any more what the plan was made from.
  private static func changedFiles(
    _ plan: Plan, _ now: Plan?, _ input: CompilerInput
  ) -> [Diagnostic] {
    var digests: [String: String] = [:]
    let companions = input.schemas.values.map { $0 } + input.stepKinds
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

  /// The parts of a plan that are others than what its files make now: the environment or the
  /// program have changed.
  private static func differences(_ plan: Plan, _ now: Plan) -> [String] {
    var (old, new) = (plan, now)
    // Where answers came from is not what they are.
    old.files.removeAll { $0.role == "facts" }
    new.madeBy = old.madeBy
    new.attempt = old.attempt
    return old.parts(otherThanIn: new)
  }
}
