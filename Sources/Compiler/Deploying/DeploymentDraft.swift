import Documents
import Diagnostics
import Expressions
import Passes
import PipelineIR
import PipelineSyntax
import PlanFormat
import SourceText
import Targets
import Values

/// A deployment under construction; each check adds to it.
struct DeploymentDraft: CheckSubject {
  let checked: Checked
  let target: Target
  private let details: PlanDetails
  var diagnostics: [Diagnostic] = []
  var deployment: Deployment?
  /// The compilation with stand-ins. If the stand-ins themselves cause errors, the compilation with
  /// sample values instead, so that users only see errors in their own input.
  private(set) var result: CompilerResult
  /// Indices of the parameters that an engine can fill in.
  private(set) var open: [Int] = []
  /// Why other parameters, by their indices, keep their values.
  private(set) var fixed: [Int: (reason: String, span: Span?)] = [:]
  /// The answers of S3 with which the pipeline has all the steps that it can have.
  var answers: [FactQuestion: Value] = [:]
  /// The questions whose answers an engine can fill in; their indices name the stand-ins.
  private(set) var carried: [FactQuestion] = []
  /// Questions whose answers the pipeline needs to know, and where it does.
  private(set) var known: [FactQuestion: Span?] = [:]
  /// What runs decide by comparing texts, and how that comes out in the deployment's plan.
  var decisions: [StandInWatch.Outcome] = []
  /// Questions that are asked only if others have other answers, as plans with stand-ins have them.
  var further: [FactRecord] = []

  init(_ checked: Checked, _ target: Target, _ details: PlanDetails) {
    self.checked = checked
    self.target = target
    self.details = details
    result = CompilerResult(.checked(checked))
  }

  mutating func make(_ check: DeploymentCheck) {
    switch check {
    case .values: standIn()
    case .decisions: checkDecisions()
    case .answers: findConditions()
    }
  }

  /// Refuses pipelines that decide during a run which steps come next, or that have none.
  private mutating func checkDecisions() {
    if result.program?.isClusterOnly == true {
      diagnostics.append(.nothingToDeploy(target.title, at: checked.pipeline.name?.span))
    }
    guard let (what, span) = result.program?.decision else { return }
    diagnostics.append(.decidedInRun(what, by: target.title, at: span))
  }

  // MARK: Compilations

  /// What is otherwise than the deployment's plan assumes.
  struct World {
    var answers: [FactQuestion: Value] = [:]
    var decisions: [StandInWatch.Decision: Bool] = [:]
  }

  func compile(
    _ watch: StandInWatch, _ sample: Sample?, _ parameters: [Int],
    _ answers: [FactQuestion: Value]
  ) -> CompilerResult {
    var checked = checked
    checked.work.input.standIns = watch
    checked.work.input.standInParameters = parameters
    checked.work.input.options.hasStandIns = sample == nil
    checked.work.input.options.runTime = sample?.time ?? StandIn.moment
    checked.work.input.options.utcOffsetSeconds = 0
    if let sample { checked.work.input.options.runID = sample.id }
    checked.work.input.answers.merge(answers) { $1 }
    return Compiler.compile(checked)
  }

  /// The answers that the deployment's plan assumes.
  var assumedAnswers: [FactQuestion: Value] {
    var assumed = answers
    for (index, question) in carried.enumerated() {
      assumed[question] = .string(StandIn.answer(index, otherwise: nil).text)
    }
    return assumed
  }

  /// The pipeline with stand-ins, in some world.
  /// - Returns: Nil if it turned out that less can be filled in, or that more is asked or decided: the
  ///   deployment's plan is then another one.
  mutating func withStandIns(_ world: World = World()) -> CompilerResult? {
    let absent = absent(in: world)
    var decided: [StandInWatch.Decision: Bool] = [:]
    for known in decisions {
      let isTrue = world.decisions[known.decision] ?? known.isTrue
      decided[known.decision] = isTrue
      decided[filled(known.decision, absent)] = isTrue
    }
    let watch = StandInWatch(decided: decided)
    let compiled = compile(watch, nil, open, assumedAnswers.merging(world.answers) { $1 })
    let isBase = world.answers.isEmpty && world.decisions.isEmpty
    let isChanged = take(watch, absent, isBase: isBase)
    return isChanged || carry(compiled.facts, isBase: isBase) ? nil : compiled
  }

  /// The carried questions that find nothing in a world.
  func absent(in world: World) -> Set<Int> {
    Set(carried.indices.filter { world.answers[carried[$0]] == .some(.null) })
  }

  private func filled(
    _ decision: StandInWatch.Decision, _ absent: Set<Int>
  ) -> StandInWatch.Decision {
    guard !absent.isEmpty else { return decision }
    var filled = decision
    filled.texts = decision.texts.map { Self.filled($0, absent) }
    return filled
  }

  /// Takes over what a compilation has shown; returns whether that changes the deployment's plan.
  private mutating func take(
    _ watch: StandInWatch, _ absent: Set<Int>, isBase: Bool
  ) -> Bool {
    var isChanged = false
    for use in watch.uses {
      switch use.value {
      case .runID, .runTime: refuse(use.value, at: use.span)
      case .parameter(let index) where open.contains(index):
        fix(index, "what the pipeline does depends on it", at: use.span)
        isChanged = true
      case .answer(let index, _) where carried.indices.contains(index):
        // Stand-ins are numbered, so that they are given again.
        known[carried[index]] = .some(use.span)
        carried = []
        forget()
        return true
      case .parameter, .answer: continue
      }
    }
    for outcome in watch.outcomes
    where !decisions.contains(where: {
      $0.decision == outcome.decision || filled($0.decision, absent) == outcome.decision
    }) {
      decisions.append(outcome)
      // What the base decides comes out as it is noted.
      isChanged = isChanged || !isBase
    }
    return isChanged
  }

  /// Forgets what was found out with other stand-ins.
  private mutating func forget() {
    decisions = []
    further = []
    answers = [:]
  }

  /// Gives answers stand-ins if they may be any names, and keeps questions that only another world
  /// asks. Returns whether there are new ones.
  private mutating func carry(_ records: [FactRecord], isBase: Bool) -> Bool {
    let names = records.map(\.question).filter {
      $0.findsNames && known[$0] == nil && !carried.contains($0)
    }
    if !names.isEmpty {
      carried += names
      forget()
      return true
    }
    guard !isBase else { return false }
    let more = records.filter { record in
      record.question.decides && !result.facts.contains { $0.question == record.question }
        && !further.contains { $0.question == record.question }
    }
    further += more
    return !more.isEmpty
  }

  func plan(_ result: CompilerResult) -> Plan? {
    var ignored: [Diagnostic] = []
    return result.plan(details, into: &ignored)
  }

  // MARK: Values of one run

  private mutating func standIn() {
    let options = checked.work.input.options
    if let id = options.runID {
      diagnostics.append(.targetRunNamed(id, target.title, at: options.places.runID))
      return
    }
    open = openParameters
    settle()
    assumeEqual()
    if result.program == nil, canGoOn { refuseOrKeep() }
  }

  /// Stand-ins differ, but a run may be one only if two texts are equal.
  private mutating func assumeEqual() {
    for index in decisions.indices where result.program == nil && canGoOn {
      guard decisions.indices.contains(index), !decisions[index].isTrue else { continue }
      decisions[index].isTrue = true
      settle()
      if result.program == nil, decisions.indices.contains(index) {
        decisions[index].isTrue = false
      }
    }
  }

  /// Refuses what depends on a value of the run.
  func refusal(_ value: StandIn, at span: Span?) -> Diagnostic? {
    switch value {
    case .runID: .targetVaries("`run.id`", target.title, at: span)
    case .runTime: .targetVaries("`run.time`", target.title, at: span)
    case .answer(let index, _) where carried.indices.contains(index):
      .targetFollowsName(carried[index].found, target.title, at: span)
    case .answer, .parameter: nil
    }
  }

  private mutating func refuse(_ value: StandIn, at span: Span?) {
    guard let refusal = refusal(value, at: span), !diagnostics.contains(refusal) else { return }
    diagnostics.append(refusal)
  }

  /// Compiles with stand-ins until nothing new turns up.
  mutating func settle() {
    var isFirst = true
    for _ in 0..<64 where canGoOn {
      if isFirst { fixFormed() }
      isFirst = false
      if let compiled = withStandIns() {
        result = compiled
        return
      }
    }
    if canGoOn { diagnostics.append(undecided) }
  }

  /// Refuses a pipeline whose runs differ in more ways than can be told apart.
  var undecided: Diagnostic {
    .targetVaries("`run.id`, `run.time` or S3", target.title, at: checked.pipeline.name?.span)
  }

  /// A stand-in isn't accepted where the text must have a certain form, such as a location.
  private mutating func fixFormed() {
    result = compile(StandInWatch(), nil, open, [:])
    guard result.program == nil else { return }
    for index in open where compile(StandInWatch(), nil, [index], [:]).program == nil {
      fix(index, "only some texts are valid where it is used", at: nil)
    }
    result = compile(StandInWatch(), nil, open, [:])
  }

  /// Indices of the parameters whose declarations allow any text.
  private var openParameters: [Int] {
    let (pipeline, tree) = (checked.pipeline, checked.pipeline.tree)
    let narrowing = [
      "enum", "const", "pattern", "format", "minLength", "maxLength", "anyOf", "oneOf", "allOf",
      "not",
      "$ref", "if",
    ]
    return pipeline.parameters.indices.filter { index in
      let parameter = pipeline.parameters[index]
      let type = tree.value(parameter.node, "type").map { tree.string($0) }
      return parameter.moment == nil && type == "string"
        && !narrowing.contains { tree.value(parameter.node, $0) != nil }
    }
  }

  mutating func fix(_ index: Int, _ reason: String, at span: Span?) {
    open.removeAll { $0 == index }
    fixed[index] = (reason, span)
  }

  /// Called if compiling with stand-ins fails. If it succeeds with the values of one run, the errors are
  /// about the stand-ins, and become errors about the engine; otherwise the user's own errors are kept.
  private mutating func refuseOrKeep() {
    let real = compile(StandInWatch(), Self.samples[0], [], [:])
    guard real.program != nil else {
      result = real
      return
    }
    for error in result.diagnostics where error.severity == .error {
      diagnostics.append(.targetVaries("`run.id` or `run.time`", target.title, at: error.span))
    }
    result = real
  }

  /// Warns of parameters that keep their values.
  mutating func warnOfFixed() {
    for (index, why) in fixed.sorted(by: { $0.key < $1.key }) {
      let parameter = checked.pipeline.parameters[index]
      diagnostics.append(
        .targetFixed(
          parameter.name.value, why.reason, target.title, at: parameter.name.span, use: why.span))
    }
  }
}

extension DeploymentDraft {
  /// Where the pipeline or the command line sets options of the run as a whole.
  var places: [(construct: Construct, span: Span?)] {
    let (tree, run) = (checked.pipeline.tree, checked.pipeline.run)
    let cluster = checked.pipeline.cluster
    func span(_ node: NodeID?) -> Span? { node.map { tree.span($0) } }
    func setting(_ name: String) -> Span? {
      span(run?.settings.first { tree.string($0.key) == name }?.key)
    }
    let reuse = span(cluster?.reuseID ?? cluster?.reuseName)
    return [
      (.runTimeout, span(run?.timeout)), (.credentials, setting("credentials")),
      (.notifications, setting("notify")), (.events, setting("events")),
      (.lineage, setting("lineage")), (.bootstrapTries, span(cluster?.bootstrapTries)),
      (.sharedCluster, checked.work.input.options.places.cluster ?? reuse),
    ]
  }
}

extension FactQuestion {
  /// Whether an answer may decide what an engine does; what is asked of clusters, a run settles.
  fileprivate var decides: Bool { kind != .cluster && kind != .clusterShape }

  /// What is found, in words.
  var found: String {
    switch self {
    case .last(let location, let pattern), .lastFolder(let location, let pattern):
      "what is the last match of `\(pattern)` in `\(StandIn.shown(location))`"
    case .isEmpty, .hasMatch, .tooDeep, .count, .all, .cluster, .clusterShape: "an answer of S3"
    }
  }
}
