package import Diagnostics
import EMRBackend
package import Passes
package import PipelineIR
package import PipelineSyntax
package import PlanFormat
package import SourceText
package import Values

/// The output formats of a compilation.
package enum Emit: String, Sendable, CaseIterable {
  case jobFlow = "job-flow"
  case requests, plan, ir
}

/// The last phase that a compilation reached.
enum Reached: Sendable {
  case parsed(Parsed)
  case checked(Checked)
  case inputs(BoundInputs)
  case bound(Bound)
  case passed(Passed)
  case lowered(Lowered)

  var work: Work {
    switch self {
    case .parsed(let parsed): parsed.work
    case .checked(let checked): checked.work
    case .inputs(let inputs): inputs.work
    case .bound(let bound): bound.inputs.work
    case .passed(let passed): passed.bound.inputs.work
    case .lowered(let lowered): lowered.work
    }
  }

  var content: Parsed.Content? {
    switch self {
    case .parsed(let parsed): parsed.content
    case .checked(let checked):
      Parsed.Content(pipeline: checked.pipeline, kinds: checked.kinds)
    case .inputs, .bound, .passed, .lowered:
      inputs.map { Parsed.Content(pipeline: $0.pipeline, kinds: $0.kinds) }
    }
  }

  var inputs: BoundInputs? {
    switch self {
    case .parsed, .checked: nil
    case .inputs(let inputs): inputs
    case .bound, .passed, .lowered: bound?.inputs
    }
  }

  var bound: Bound? {
    switch self {
    case .parsed, .checked, .inputs: nil
    case .bound(let bound): bound
    case .passed, .lowered: passed?.bound
    }
  }

  /// The exit status set by the first failed requirement.
  var requestedStatus: ExitStatus? {
    if case .checked(let checked) = self {
      checked.requestedStatus
    } else {
      passed?.requestedStatus
    }
  }

  var passed: Passed? {
    switch self {
    case .parsed, .checked, .inputs, .bound: nil
    case .passed(let passed): passed
    case .lowered(let lowered): lowered.passed
    }
  }
}

/// The result of a compilation.
package struct CompilerResult: Sendable {
  package var diagnostics: [Diagnostic]
  package var sources: SourceSet
  /// The command's exit status; 0 if the program may be used.
  package var exitStatus: ExitStatus
  package var explanations: [Explanation]
  /// The declared pipeline, as far as it could be read.
  package var pipeline: PipelineDecl?
  /// The kinds of its steps.
  package var stepKinds: [StepKindDecl]
  /// Nil if there were errors, or if only the pipeline was checked.
  package var program: Program?
  package var revealsSecrets: Bool
  /// What a plan is made from.
  let reached: Reached

  init(_ reached: Reached) {
    let work = reached.work
    self.reached = reached
    diagnostics = work.input.options.effective(work.diagnostics).sortedAndUnique()
      .withOneOfEachCause().map { $0.showing(work.uses) }
    let failed = diagnostics.hasErrors
    sources =
      diagnostics.isEmpty
      ? work.sources : reached.inputs?.hidingSecrets(work, diagnostics) ?? work.sources
    if !diagnostics.isEmpty {
      // Our tests make sure that built-in pipelines have none.
      if !work.isBuiltin {
        sources.hideSecrets(
          ofPipeline: work.input.pipeline.name, reached.content?.pipeline.tree, diagnostics)
      }
      diagnostics = diagnostics.unquotingSecrets(in: sources)
    }
    exitStatus = failed ? reached.requestedStatus ?? .failure : .success
    explanations = reached.passed?.explanations ?? []
    pipeline = reached.content?.pipeline
    stepKinds = reached.content?.kinds.map(\.decl) ?? []
    revealsSecrets = work.input.options.revealSecrets
    if !failed, case .lowered(let lowered) = reached { program = lowered.program }
  }

  /// The plan: everything that the run will do; nil if there is no program, or if the pipeline's
  /// `run` has errors.
  package func plan(_ details: PlanDetails, into diagnostics: inout [Diagnostic]) -> Plan? {
    guard let program, let bound = reached.bound else { return nil }
    var builder = PlanBuilder(program, bound, details, sources: reached.work.sources)
    let plan = builder.plan(warnings: self.diagnostics)
    diagnostics += builder.diagnostics
    return builder.diagnostics.hasErrors ? nil : plan
  }

  /// The facts asked for, also by a failed compilation.
  package var facts: [FactRecord] { reached.inputs?.facts.records ?? [] }

  /// Drops the program because of errors found elsewhere.
  mutating func fail(_ errors: [Diagnostic]) {
    guard !errors.isEmpty else { return }
    diagnostics = (diagnostics + errors).sortedAndUnique()
    exitStatus = .failure
    program = nil
  }

  /// The texts of the secrets whose placeholders are in a plan, by reference, and of those inside
  /// them. Write them nowhere
  /// but into the requests themselves.
  package func secretTexts() -> [String: String] {
    guard let program, let bound = reached.bound else { return [:] }
    var secrets = SecretReferences()
    var ignored: [Diagnostic] = []
    _ = JobFlowValue.requests(of: program, &secrets)
    _ = RunSettings(program, bound.context, into: &ignored).values(&secrets)
    return secrets.texts.merging(secrets.parts) { text, _ in text }
  }

  /// What the pipeline says about its run besides its steps, and the texts of the secrets in it, also
  /// of a run that was refused; nothing if that isn't known.
  package func settingsOfRun() -> (settings: ValueMap, secrets: [String: String]) {
    guard let bound = reached.bound, let program = program ?? reached.passed?.program else {
      return (ValueMap(), [:])
    }
    var ignored: [Diagnostic] = []
    var secrets = SecretReferences()
    let settings = RunSettings(program, bound.context, into: &ignored).values(&secrets)
    return ignored.hasErrors ? (ValueMap(), [:]) : (settings, secrets.texts)
  }

  /// Writes the program in pieces, if there is one. `PlanWriter` writes plans.
  package func write(_ emit: Emit, pretty: Bool, to sink: @escaping ([UInt8]) -> Void) {
    guard let program else { return }
    switch emit {
    case .jobFlow:
      var writer = JobFlowWriter(
        program, revealingSecrets: revealsSecrets, pretty: pretty, sink: sink)
      writer.writeJobFlow()
    case .requests:
      var writer = JobFlowWriter(
        program, revealingSecrets: revealsSecrets, pretty: pretty, sink: sink)
      writer.writeRequests()
    case .plan: return
    case .ir: sink(Array(program.dump(revealingSecrets: revealsSecrets).utf8))
    }
  }
}
