package import Diagnostics
import EMRBackend
import Passes

/// Something beside the passes that can refuse a program: a phase makes its checks in their order.
///
/// To add one, write an entry into `standard`; what it does is a method of the phase that makes it.
package struct Check: Sendable {
  /// When it is made, and of what.
  enum Body: Sendable {
    /// Of the pipeline, before any input is read.
    case pipeline(@Sendable (inout Checked) -> Void)
    /// Of the pipeline, where there are no inputs.
    case constants(@Sendable (inout Checked) -> Void)
    case inputs(@Sendable (inout BoundInputs) -> Void)
    /// Of what is evaluated before the first pass.
    case scope(@Sendable (inout BaseScope) -> Void)
    /// Of the program, after the last pass.
    case program(@Sendable (inout Lowered) -> Void)
    case plan(@Sendable (inout PlanDraft) -> Void)
    /// Of the answers to what is asked of the world.
    case answers(@Sendable (inout MissingAnswers) -> Void)
    /// Of what other engines run.
    case deployment(DeploymentCheck)
  }

  package let name: String
  package let summary: String
  private let list: @Sendable () -> [DiagnosticCode]
  /// Whether the next ones are made only where there are no errors by then.
  let isGate: Bool
  let body: Body

  /// - Parameter codes: what it may report, besides what readers do.
  init(
    _ name: String, _ summary: String,
    codes: @autoclosure @escaping @Sendable () -> [DiagnosticCode] = [], isGate: Bool = false,
    _ body: Body
  ) {
    self.name = name
    self.summary = summary
    list = codes
    self.isGate = isGate
    self.body = body
  }

  /// What it may report, besides what readers do (see `Reader`).
  package var codes: [DiagnosticCode] { list() }

  /// The checks, in their order.
  package static let standard: [Check] = [
    Check(
      "names", "every name that a pipeline uses is declared, once",
      codes: [
        .pipelineDuplicateName, .pipelineReservedName, .pipelineSeveralStepKinds,
        .pipelineStepKindMissing, .pipelineUnknownDataset, .pipelineUnknownParameter,
        .pipelineUnknownStage, .pipelineUnknownStepKind,
      ], isGate: true,  // types are those of names
      .pipeline { $0.checkNames() }),
    Check(
      "input-schemas", "the schemas of the inputs are there, and their defaults are valid",
      codes: [.schemaUnknown], .pipeline { $0.checkInputSchemas() }),
    Check(
      "params-declared", "the pipeline's parameters have types, and aren't secrets",
      codes: [.paramInvalid], .pipeline { $0.checkParameters() }),
    Check(
      "let-order", "a `let` uses only those above it", codes: [.pipelineCyclicLet],
      .pipeline { $0.checkLetOrder() }),
    Check(
      "outputs", "outputs are used only where their values can be",
      codes: OutputUses.codes, .pipeline { $0.checkOutputs() }),
    Check(
      "stage-reach", "each stage is in some run", codes: [.stageUnreachable],
      .pipeline { $0.checkStageReach() }),
    Check(
      "types", "each expression has the type that is wanted where it is",
      codes: [.emrStepsInJobFlow, .pipelineUnknownParameter], isGate: true,  // says it better
      .pipeline { $0.checkTypes() }),
    Check(
      "literals", "what `job-flow` says without an expression is what EMR's model allows",
      .pipeline { $0.checkLiterals() }),
    Check(
      "constant-rules", "rules that hold in no run, where there are no inputs to evaluate the rest",
      codes: [.checkFailed], .constants { $0.evaluateConstants() }),
    Check(
      "given-inputs", "each input that the pipeline takes is there, and no other",
      codes: [.inputMissing, .inputUnknown], .inputs { $0.checkGiven() }),
    Check(
      "inputs", "each input can be read, and is what its schema says",
      codes: [.inputLayered, .inputLegacyLayout, .setSecret, .setUnknownKey],
      .inputs { $0.read() }),
    Check(
      "params", "each parameter of the pipeline has a value of its type, and no other is given",
      codes: [.paramMissing, .paramUnknown, .setSecret],
      .inputs { $0.bindParameters() }),
    Check("early-lets", "`let`s of the inputs alone have values", .scope { $0.bindLets() }),
    Check(
      "has-steps", "the run has something to do", codes: [.emrNoSteps],
      .program { $0.checkHasSteps() }),
    Check(
      "taken-cluster", "a cluster that is there is what the pipeline describes",
      codes: [.clusterDiffers], .program { $0.checkTakenCluster() }),
    Check(
      "job-flow", "RunJobFlow's body is what EMR's model allows", .program { $0.checkJobFlow() }),
    Check(
      "run-settings", "the settings of the pipeline's `run` can be evaluated",
      codes: ClusterBody.codes + [.lineageInvalid, .notifyInvalid],
      .program { $0.checkRunSettings() }),
    Check(
      "step-members", "steps' own members are what EMR's model allows",
      .program { $0.checkExtras() }),
    Check(
      "emr-rules", "EMR's rules that its model states in prose only (docs/emr-rules.md)",
      codes: EMRRule.standard.flatMap(\.codes), .program { $0.checkRules() }),
    Check(
      "emptied-first", "only what the run makes again is deleted before it",
      codes: [.unsafeEmpty], .plan { $0.checkEmptied() }),
    Check(
      "jobs", "the service for jobs can do what the run needs", codes: [.targetLacks],
      .plan { $0.makeJobs() }),
    Check(
      "answers", "what the run asks of the world has an answer", codes: [.factUnanswered],
      .answers { $0.check() }),
    Check(
      "deployed-values", "other engines can fill in what differs from run to run",
      codes: [.targetVaries], isGate: true, .deployment(.values)),
    Check(
      "deployed-decisions", "there are steps, and nothing is decided during the run",
      codes: [.decidedInRun, .emrNoSteps],
      .deployment(.decisions)),
    Check(
      "deployed-answers", "what S3 answers decides only which steps another engine does",
      codes: [.targetAnswer, .targetFixed, .targetVaries], .deployment(.answers)),
  ]
}

/// What is checked of a pipeline that other engines run.
enum DeploymentCheck {
  case values, decisions, answers
}

/// What checks look at, with what they found.
protocol CheckSubject {
  var diagnostics: [Diagnostic] { get }
  /// Whether there are no errors yet.
  var canGoOn: Bool { get }
}

extension CheckSubject {
  var canGoOn: Bool { !diagnostics.hasErrors }
}

extension Check {
  /// Makes the checks of one kind.
  ///
  /// - Parameter pick: what a check does, where it is one of that kind.
  static func run<Subject: CheckSubject>(
    on subject: inout Subject, _ pick: (Body) -> ((inout Subject) -> Void)?
  ) {
    for check in standard {
      guard let body = pick(check.body) else { continue }
      let before = subject.diagnostics.count
      body(&subject)
      assert(
        check.covers(subject.diagnostics.dropFirst(before)),
        "\(check.name) reports what it does not list")
      if check.isGate, !subject.canGoOn { return }
    }
  }

  private func covers(_ diagnostics: some Sequence<Diagnostic>) -> Bool {
    diagnostics.allSatisfy { codes.contains($0.code) || Reader.reports($0.code) }
  }
}
