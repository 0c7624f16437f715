import Diagnostics
import Documents
import Digests
import EMRBackend
import Locations
import Passes
import PipelineIR
import PipelineSyntax
import PlanFormat
import SourceText
import Values

/// Makes a plan from a finished compilation.
struct PlanBuilder {
  let program: Program
  let bound: Bound
  let details: PlanDetails
  private(set) var diagnostics: [Diagnostic] = []
  private var origins: OriginFinder

  init(
    _ program: Program, _ bound: Bound, _ details: PlanDetails, sources: SourceSet
  ) {
    self.program = program
    self.bound = bound
    self.details = details
    // Sorted by name, although a finder's answers don't depend on the order.
    var documents = bound.inputs.bound.sorted { $0.key < $1.key }.flatMap(\.value.documents)
    let tree = bound.inputs.pipeline.tree
    if let root = tree.root {
      documents.append((tree, Value(markingSecretsOf: tree, root, at: "")))
    }
    origins = OriginFinder(sources, documents: documents)
  }

  mutating func plan(warnings: [Diagnostic]) -> Plan {
    let options = bound.inputs.work.input.options
    var plan = Plan(
      madeBy: details.madeBy, pipeline: program.name, runID: options.ofRun.effectiveRunID,
      runTime: options.runTime)
    plan.utcOffsetSeconds = Int64(options.utcOffsetSeconds)
    plan.files = files
    plan.account = details.account
    plan.arguments = details.arguments + RunSelection(options).arguments
    if let parameters = bound.inputs.parameters {
      var ignored: [Diagnostic] = []
      plan.params = ParameterSchema(bound.inputs.pipeline, into: &ignored).texts(parameters.values)
    }
    plan.facts = program.facts.map { fact($0) }
    plan.cluster = cluster
    plan.stages = program.stages.map { stage($0) }
    plan.steps = steps(bound.context)
    plan.outputs = outputs(of: plan)
    plan.done = doneSteps
    plan.restores = restores(bound.context)
    plan.recovered = options.recovered?.digest
    var secrets = SecretReferences()
    plan.requests = JobFlowValue.requests(of: program, &secrets)
    addRun(to: &plan, &secrets)
    plan.emptiedFirst = options.emptiedFirst
    var draft = PlanDraft(plan: plan, options: options, program)
    Check.run(on: &draft) { if case .plan(let body) = $0 { body } else { nil } }
    diagnostics += draft.diagnostics
    plan = draft.plan
    plan.secrets = secrets.texts.keys.sorted()
    plan.documents = ValueMap(
      secrets.documents.sorted { $0.key < $1.key }.map { (key: .string($0.key), value: $0.value) })
    if let key = details.secretsKey {
      plan.secretHashes = Plan.SecretHashes(
        of: secrets.texts.merging(secrets.parts) { text, _ in text }, key: key)
    }
    let own = PlanMeanings(bound.inputs)
    plan.guards = own.guards
    plan.meanings = own.files
    plan.warnings = warnings.filter { $0.severity == .warning }.map { warning in
      Plan.Warning(
        code: warning.code.rawValue, message: warning.message,
        origin: origins.origin(of: warning.span))
    }
    return plan
  }

  // MARK: Inputs

  /// The pipeline and its inputs; then the files beside it, by path.
  private var files: [Plan.File] {
    let input = bound.inputs.work.input
    var files = [file("pipeline", input.pipeline)]
    files += input.files.map { file($0.role, $0.file) }
    if let facts = input.facts { files.append(file("facts", facts)) }
    files += input.used.sorted { $0.key < $1.key }.map { file("use", $0.value) }
    files += input.schemas.sorted { $0.key < $1.key }.map { file("schema", $0.value) }
    files += input.stepKinds.map { file("step-kind", $0) }
    return files
  }

  private func file(_ role: String, _ file: SourceFile) -> Plan.File {
    Plan.File(role: role, path: file.name, digest: SHA256.name(of: file.text))
  }

  private mutating func fact(_ record: FactRecord) -> Plan.Fact {
    let message =
      record.message
      ?? "what the run does depends on this: " + record.question.statement(record.answer)
    var fact = Plan.Fact(
      question: record.question, answer: record.answer, isAssumed: record.isAssumed,
      exitStatus: record.exitStatus, message: message,
      origin: origins.origin(of: record.span))
    fact.isInherited =
      bound.inputs.work.input.options.recovered?.questions.contains(record.question) ?? false
    return fact
  }

  // MARK: The run

  private var cluster: Plan.Cluster {
    let body = program.cluster.jobFlow
    var cluster = Plan.Cluster(
      name: body?.text("Name") ?? "", region: program.cluster.region,
      release: program.cluster.release, isPersistent: program.cluster.isPersistent)
    cluster.isKeptForRetries = program.cluster.isKeptForRetries
    cluster.isKeptForMore = program.cluster.isKeptForMore
    cluster.isFed = program.cluster.isFed
    cluster.reusedID = program.cluster.reusedID
    cluster.isShared = program.cluster.isShared
    cluster.jobs = program.cluster.jobs?.service
    cluster.differences = program.cluster.differences
    cluster.isProtected = program.cluster.isProtected
    cluster.lifetimeMinutes =
      cluster.isShared ? 0 : Int64(bound.inputs.work.input.options.persistentMinutes)
    cluster.logURI = body?.text("LogUri")
    return cluster
  }

  /// What is done before and after the steps.
  private mutating func addRun(to plan: inout Plan, _ secrets: inout SecretReferences) {
    let around = RunSettings(program, bound.context, into: &diagnostics)
    plan.timeoutSeconds = around.timeoutSeconds
    plan.cluster.bootstrapTries = around.bootstrapTries
    plan.settings = around.values(&secrets)
    if !program.stepLogs.isEmpty {
      plan.settings["logs"] = .list(
        program.stepLogs.map { log in
          .map(ValueMap(["step": .string(program.text(log.step)), "at": .string(log.location)]))
        })
    }
  }

  private mutating func stage(_ stage: Stage) -> Plan.Stage {
    var planned = Plan.Stage(
      name: stage.name, status: stage.status == .selected ? "runs" : stage.status.word,
      reason: stage.reason, origin: origins.origin(of: stage.span))
    if stage.status == .selected { planned.condition = stage.condition?.unlessKnown }
    return planned
  }

  private mutating func steps(_ context: Context) -> [Plan.Step] {
    var names = DatasetNames(program)
    let own = context.ownAccesses(of: program)
    let predecessors = program.predecessors
    return program.steps.enumerated().map { index, step in
      var planned = Plan.Step(
        name: program.text(step.name), stage: step.stage.flatMap(program.stage)?.name ?? "",
        actionOnFailure: step.actionOnFailure.rawValue,
        maximumTries: maximumTries(of: step),
        timeoutSeconds: Int64(step.timeoutSeconds),
        accesses: step.accesses.map { index in
          let access = program.accesses[Int(index)]
          return Plan.Access(
            mode: access.mode.ofPlan, place: program.placeText(access.place),
            dataset: names.name(of: access.place), isOwn: own.contains(Int(index)),
            part: access.part.map(part))
        }, origin: origins.origin(of: step.origin.span))
      planned.purpose = step.origin.pass.purpose
      planned.needsFreshOutput = step.needsFreshOutput
      planned.readDepth = step.readDepth < 0 ? nil : Int64(step.readDepth)
      planned.after = program.stepOrders.filter { $0.step == step.name }
        .flatMap { $0.after.map(\.text) }
      planned.predecessors = predecessors[index].map { predecessor($0) }
      if let use = program.outputUses.first(where: { $0.step == step.name }) {
        planned.takes = use.takes
        planned.noData = use.noData
      }
      planned.kind = program.kinds[Int(step.kind.index)].name
      planned.mayBeRepeated = step.isRetryable
      if let retries = program.retries(of: step), !retries.waits.isEmpty {
        planned.retryWaits = retries.waits
        planned.emptiedBeforeRetry = retries.emptied.map(program.placeText)
      }
      planned.isOnce =
        step.stage != nil && !step.isRetryable
        && program.accesses(of: step).allSatisfy { $0.mode == .read }
      return planned
    }
  }

  private func predecessor(_ edge: StepEdge) -> Plan.Predecessor {
    let reason: Plan.Predecessor.Reason =
      switch edge.reason {
      case .after: .after
      case .cluster: .cluster
      case .data(let place, let earlier, let later):
        .data(
          place: program.placeText(place), earlier: earlier.ofPlan, later: later.ofPlan)
      }
    return Plan.Predecessor(step: program.text(program.steps[edge.earlier].name), reason: reason)
  }

  /// The outputs that the run uses or writes. An output that only a skipped step writes may not exist.
  private mutating func outputs(of plan: Plan) -> [Plan.Output] {
    var used = Set(plan.steps.flatMap { $0.takes + ($0.noData?.outputs ?? []) })
    for stage in plan.stages { used.formUnion(stage.condition?.outputs ?? []) }
    let steps = Set(plan.steps.map(\.name))
    return program.outputs.compactMap { output in
      var planned = output.planned
      guard used.contains(planned.name) || steps.contains(planned.step) else { return nil }
      planned.origin = origins.origin(of: output.span)
      return planned
    }
  }

  /// Without `retries`, steps that may be repeated are tried three times on a cluster that outlives
  /// the run, without waits.
  private func maximumTries(of step: Step) -> Int64 {
    if let retries = program.retries(of: step) { return Int64(retries.waits.count) + 1 }
    return program.cluster.isPersistent && step.isRetryable ? 3 : 1
  }

  private var doneSteps: [Plan.DoneStep] {
    var names = DatasetNames(program)
    return program.doneSteps.map { step in
      Plan.DoneStep(
        name: step.name,
        accesses: step.accesses.map { access in
          Plan.Access(
            mode: access.mode.ofPlan, place: program.placeText(access.place),
            dataset: names.name(of: access.place), part: access.part.map(part))
        })
    }
  }

  private func part(_ part: PipelineIR.Access.Part) -> Plan.Access.Part {
    Plan.Access.Part(
      kind: program.kinds[Int(part.kind.index)].name,
      name: part.values.map { $0 == 0 ? "" : String($0, radix: 16) }.joined(separator: "."))
  }

  private func restores(_ context: Context) -> [Plan.Restore] {
    context.restorableData(of: program).map { restorable in
      Plan.Restore(
        dataset: restorable.dataset, places: restorable.places, sources: restorable.sources)
    }
  }
}

extension PipelineIR.Access.Mode {
  fileprivate var ofPlan: Plan.Access.Mode {
    switch self {
    case .read: .read
    case .write: .write
    case .delete: .delete
    }
  }
}

extension Origin.Pass {
  fileprivate var purpose: Plan.Step.Purpose {
    switch self {
    case .restoreData: .restore
    case .releaseData: .release
    case .written: .work
    }
  }
}

/// The datasets that places belong to: the one at the place, or else the nearest one around it.
private struct DatasetNames {
  private let program: Program
  /// Only looked up, never iterated; so are the others.
  private var datasets: [String: String] = [:]
  private var known: [Int32: String] = [:]

  init(_ program: Program) {
    self.program = program
    for dataset in program.datasets {
      for place in dataset.places {
        let text = program.placeText(place)
        if datasets[text] == nil { datasets[text] = dataset.name }
      }
    }
    for output in program.outputs {
      known[output.place.index] = Plan.Output.label(output.planned.name)
    }
  }

  mutating func name(of place: PlaceID) -> String {
    if let name = known[place.index] { return name }
    var text = program.placeText(place)[...]
    var name = datasets[String(text)]
    while name == nil, let slash = text.dropLast().utf8.lastIndex(of: UInt8(ascii: "/")) {
      text = text[...slash]
      name = datasets[String(text)]
    }
    known[place.index] = name ?? ""
    return name ?? ""
  }
}

extension SpannedValue {
  fileprivate func text(_ key: String) -> String? {
    guard case .map(let entries) = content,
      case .scalar(.string(let text))? = entries.first(where: { $0.key == key })?.value.content
    else { return nil }
    return text
  }
}
