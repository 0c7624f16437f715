import Text
import Diagnostics
import EMRBackend
import EMRModel
import Passes
import PipelineIR
import Schemas
import SourceText
import Values

/// A program whose job flow is complete and valid for EMR.
struct Lowered: Sendable, CheckSubject {
  let passed: Passed
  private(set) var program: Program
  private(set) var work: Work

  /// Nil if there are errors so far.
  init?(_ passed: Passed) {
    guard passed.bound.inputs.work.canGoOn else { return nil }
    self.passed = passed
    program = passed.program
    work = passed.bound.inputs.work
    completeJobFlow()
    Check.run(on: &self) { if case .program(let body) = $0 { body } else { nil } }
  }

  var diagnostics: [Diagnostic] { work.diagnostics }
  var canGoOn: Bool { work.canGoOn }

  /// Adds what the steps need.
  private mutating func completeJobFlow() {
    guard program.cluster.reusedID == nil, var body = program.cluster.jobFlow else { return }
    body.addApplications(program.neededApplications)
    program.cluster.jobFlow = body
  }

  // MARK: Checks

  /// Compares the cluster that the run takes with what the pipeline describes.
  mutating func checkTakenCluster() {
    guard let id = program.cluster.reusedID, case .map(let found)? = program.cluster.reusedShape,
      var body = program.cluster.jobFlow
    else { return }
    body.addApplications(program.neededApplications)
    let differences = ClusterDifference.between(
      wanted: ClusterShape.shape(ofRequest: body.value), found: found)
    program.cluster.differences = differences.map(\.words)
    let refused = differences.filter {
      !program.cluster.acceptedDifferences.contains($0.member.rawValue)
    }
    guard !refused.isEmpty, let span = program.cluster.reuseSpan else { return }
    work.diagnostics.append(.clusterDiffers(id, refused, at: span))
  }

  mutating func checkHasSteps() {
    let facts = passed.bound.context.facts
    let isUp = program.isClusterOnly && !program.cluster.isShared
    if !isUp, !program.steps.contains(where: { $0.stage != nil }) {
      work.diagnostics.append(
        facts.refusal(
          .emrNoSteps(
            program.stages.compactMap { stage in
              stage.status == .selected ? nil : (stage.name, stage.reason)
            }, isClusterOnly: program.isClusterOnly), facts.groundsOfChoices))
    }
  }

  // It is evaluated again for a plan; its mistakes are reported now.
  mutating func checkRunSettings() {
    var aroundRun: [Diagnostic] = []
    _ = RunSettings(program, passed.bound.context, into: &aroundRun)
    work.diagnostics += aroundRun
  }

  /// Checks a program against the rules that EMR's model states in prose.
  mutating func checkRules() {
    let data = ModelData { Builtins.bytes($0) }
    var found: [Diagnostic] = []
    EMRRules.check(program, data: data, into: &found)
    // Origins in the inputs are needed only for diagnostics.
    if !found.isEmpty, let body = program.cluster.jobFlow {
      program.cluster.jobFlow = blaming(body)
      found = []
      EMRRules.check(program, data: data, into: &found)
    }
    work.diagnostics += found
  }

  /// Checks a request's body against the model's own constraints.
  mutating func checkJobFlow() {
    guard program.cluster.reusedID == nil, let body = program.cluster.jobFlow else { return }
    if let schema = work.ours.compiledBefore(Checked.jobFlowSchema), schema.diagnose(body).isEmpty {
      return
    }
    let schema = work.ourSchema(Checked.jobFlowSchema)
    work.diagnostics += schema?.diagnose(blaming(body)) ?? []
  }

  /// Checks steps' members other than jar, class and arguments against the model's own constraints.
  mutating func checkExtras() {
    let steps = program.steps.compactMap { step in
      program.extras(of: step).map { extras -> SpannedValue in
        var jar = [SpannedValue.Entry(key: "Jar", value: SpannedValue(.scalar(.string(""))))]
        if let properties = extras.properties {
          jar.append(SpannedValue.Entry(key: "Properties", value: properties))
        }
        var members = [
          SpannedValue.Entry(key: "Name", value: SpannedValue(.scalar(.string("")))),
          SpannedValue.Entry(key: "HadoopJarStep", value: SpannedValue(.map(jar))),
        ]
        if let monitoring = extras.monitoring {
          members.append(SpannedValue.Entry(key: "StepMonitoringConfiguration", value: monitoring))
        }
        return SpannedValue(.map(members), span: step.origin.span)
      }
    }
    guard !steps.isEmpty else { return }
    let body = SpannedValue(
      .map([
        SpannedValue.Entry(key: "JobFlowId", value: SpannedValue(.scalar(.string("")))),
        SpannedValue.Entry(key: "Steps", value: SpannedValue(.list(steps))),
      ]))
    let schema = work.ourSchema(Checked.stepsSchema)
    work.diagnostics += schema?.diagnose(body) ?? []
  }

  private func blaming(_ body: SpannedValue) -> SpannedValue {
    Provenance(program, passed.bound.context).blaming(body).blaming(
      passed.bound.inputs.pipeline, passed.bound.inputs.trees)
  }
}

extension Program {
  /// The applications that the run's steps need, or the steps that a cluster is started for: each
  /// once, in the order in which they are first needed.
  fileprivate var neededApplications: [String] {
    var isUsed = [Bool](repeating: false, count: kinds.count)
    var names: [String] = []
    for kind in steps.map(\.kind) + expectedKinds where !isUsed[Int(kind.index)] {
      isUsed[Int(kind.index)] = true
      for name in kinds[Int(kind.index)].applications
      where !names.contains(where: { ASCII.equalsIgnoringCase($0, name) }) {
        names.append(name)
      }
    }
    return names
  }
}

extension SpannedValue {
  /// Adds missing ones to `Applications`.
  fileprivate mutating func addApplications(_ names: [String]) {
    guard !names.isEmpty, case .map(var entries) = content else { return }
    let at = entries.firstIndex { $0.key == "Applications" }
    var items: [SpannedValue] = []
    if let at, case .list(let written) = entries[at].value.content { items = written }
    let known = items.compactMap { item -> String? in
      guard case .map(let members) = item.content,
        case .scalar(.string(let name))? = members.first(where: { $0.key == "Name" })?.value.content
      else { return nil }
      return name
    }
    // EMR ignores the case of names.
    for name in names where !known.contains(where: { ASCII.equalsIgnoringCase($0, name) }) {
      items.append(
        SpannedValue(
          .map([Entry(key: "Name", value: SpannedValue(.scalar(.string(name)), span: span))]),
          span: span))
    }
    if let at {
      entries[at].value.content = .list(items)
    } else {
      entries.append(Entry(key: "Applications", value: SpannedValue(.list(items), span: span)))
    }
    content = .map(entries)
  }
}
