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
  private let checked: Checked
  private let target: Target
  private let details: PlanDetails
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var deployment: Deployment?
  /// The result with stand-ins; if those cause errors, the result with sample values, so that users
  /// see errors about their own input only.
  private(set) var result: CompilerResult
  /// Indices of the parameters that an engine can fill in.
  private var open: [Int] = []
  /// Why other parameters, by their indices, keep their values.
  private var fixed: [Int: (reason: String, span: Span?)] = [:]
  /// The answers of S3 with which the pipeline has all the steps that it can have.
  private var answers: [FactQuestion: Value] = [:]

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

  /// The id and time of a run.
  private struct Sample {
    var id: String
    var time: Value.Timestamp
  }

  private func compile(
    _ watch: StandInWatch, _ sample: Sample?, _ parameters: [Int],
    _ changed: [FactQuestion: Value] = [:]
  ) -> CompilerResult {
    var checked = checked
    checked.work.input.standIns = watch
    checked.work.input.standInParameters = parameters
    checked.work.input.options.hasStandIns = sample == nil
    checked.work.input.options.runTime = sample?.time ?? StandIn.moment
    checked.work.input.options.utcOffsetSeconds = 0
    if let sample { checked.work.input.options.runID = sample.id }
    checked.work.input.answers.merge(answers) { $1 }
    checked.work.input.answers.merge(changed) { $1 }
    return Compiler.compile(checked)
  }

  private func withStandIns(_ changed: [FactQuestion: Value] = [:]) -> CompilerResult {
    compile(StandInWatch(), nil, open, changed)
  }

  private func plan(_ result: CompilerResult) -> Plan? {
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
    let watch = settleParameters()
    guard result.program != nil else { return refuseOrKeep() }
    for use in watch.uses {
      switch use.value {
      case .runID:
        diagnostics.append(.targetVaries("`run.id`", target.title, at: use.span))
      case .runTime:
        diagnostics.append(.targetVaries("`run.time`", target.title, at: use.span))
      case .parameter: continue
      }
    }
    if canGoOn { compareWithValues() }
    for (index, why) in fixed.sorted(by: { $0.key < $1.key }) {
      let parameter = checked.pipeline.parameters[index]
      diagnostics.append(
        .targetFixed(
          parameter.name.value, why.reason, target.title, at: parameter.name.span, use: why.span))
    }
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

  /// Decides which parameters an engine can fill in, and compiles with stand-ins for those.
  private mutating func settleParameters() -> StandInWatch {
    var watch = StandInWatch()
    result = compile(watch, nil, open)
    if result.program == nil, !open.isEmpty {
      // A stand-in isn't accepted where the text must have a certain form, such as a location.
      for index in open where compile(StandInWatch(), nil, [index]).program == nil {
        fix(index, "only some texts are valid where it is used", at: nil)
      }
      watch = StandInWatch()
      result = compile(watch, nil, open)
    }
    while true {
      var used: [(index: Int, span: Span?)] = []
      for use in watch.uses {
        if case .parameter(let index) = use.value, open.contains(index) {
          used.append((index, use.span))
        }
      }
      guard !used.isEmpty else { return watch }
      for (index, span) in used where open.contains(index) {
        fix(index, "what the pipeline does depends on it", at: span)
      }
      watch = StandInWatch()
      result = compile(watch, nil, open)
    }
  }

  private mutating func fix(_ index: Int, _ reason: String, at span: Span?) {
    open.removeAll { $0 == index }
    fixed[index] = (reason, span)
  }

  /// Called if compiling with stand-ins fails. If it succeeds with the values of one run, the errors are
  /// about the stand-ins, and become errors about the engine; otherwise the user's own errors are kept.
  private mutating func refuseOrKeep() {
    let real = compile(StandInWatch(), Self.samples[0], [])
    guard real.program != nil else {
      result = real
      return
    }
    for error in result.diagnostics where error.severity == .error {
      diagnostics.append(.targetVaries("`run.id` or `run.time`", target.title, at: error.span))
    }
    result = real
  }

  /// Days of the week, ends of months and years, and hours that pipelines might treat differently.
  private static let samples: [Sample] = {
    let starts: [(String, String)] = [
      ("2031-03-09-07-05-03", "2031-03-09T07:05:03Z"), ("night-1", "2031-03-10T00:00:00Z"),
      ("2031-03-31-23-59-59", "2031-04-01T12:00:00Z"), ("b", "2031-12-31T23:00:00Z"),
      ("2032-01-01-00-00-00", "2032-01-01T00:00:00Z"), ("c_7", "2032-02-29T03:30:00Z"),
      ("2033-07-15-18-20-30", "2033-07-15T18:20:30Z"), ("d.8", "2034-08-19T09:00:00Z"),
    ]
    return starts.compactMap { id, time in
      MomentText.time(time).map { Sample(id: id, time: $0) }
    }
  }()

  /// Checks that filling in the stand-ins gives each sample run's own requests.
  private mutating func compareWithValues() {
    guard let plan = plan(result) else { return }
    for sample in Self.samples {
      let compiled = compile(StandInWatch(), sample, [])
      guard let real = self.plan(compiled) else {
        diagnostics.append(
          .targetVaries(
            "`run.time`", target.title,
            at: compiled.diagnostics.first { $0.severity == .error }?.span))
        return
      }
      let filled = plan.requests.map { fill($0.body, sample, real.params) }
      let steps = filled.flatMap(Self.steps)
      let realSteps = real.requests.map(\.body).flatMap(Self.steps)
      for (index, step) in steps.enumerated()
      where index >= realSteps.count || step != realSteps[index] {
        return refuseStep(index)
      }
      guard steps.count == realSteps.count, filled == real.requests.map(\.body),
        fill(plan.settings.asValue, sample, real.params) == real.settings.asValue
      else {
        diagnostics.append(
          .targetVaries("`run.id` or `run.time`", target.title, at: checked.pipeline.name?.span))
        return
      }
    }
  }

  private mutating func refuseStep(_ index: Int) {
    let steps = result.program?.steps ?? []
    diagnostics.append(
      .targetVaries(
        "`run.id` or `run.time`", target.title,
        at: steps.indices.contains(index) ? steps[index].origin.span : nil))
  }

  static func steps(_ body: Value) -> [Value] {
    guard case .map(let map) = body, case .list(let steps)? = map["Steps"] else { return [] }
    return steps
  }

  /// Replaces the stand-ins in a value with what they are in one run.
  private func fill(_ value: Value, _ sample: Sample, _ parameters: ValueMap) -> Value {
    switch value {
    case .string(let text):
      return .string(
        StandIn.parts(of: text).map { part in
          switch part {
          case .text(let text): return text
          case .value(.runID): return sample.id
          case .value(.runTime(let offset, let format)):
            let moment = Value.Timestamp(seconds: sample.time.seconds + offset, nanoseconds: 0)
            return MomentText.text(moment, format) ?? ""
          case .value(.parameter(let index)):
            let names = checked.pipeline.parameters
            guard names.indices.contains(index),
              case .string(let text)? = parameters[names[index].name.value]
            else { return "" }
            return text
          }
        }.joined())
    case .list(let items): return .list(items.map { fill($0, sample, parameters) })
    case .map(let map):
      return .map(
        ValueMap(
          map.entries.map { (key: $0.key, value: fill($0.value, sample, parameters)) }))
    default: return value
    }
  }

  // MARK: Answers of S3

  private mutating func findConditions() {
    guard canGoOn, result.program != nil else { return }
    for _ in 0..<64 {
      guard var base = plan(result) else { return }
      switch conditions(of: &base) {
      case .found(let conditions, let endings): return finish(base, conditions, endings)
      case .refused(let refusal): return diagnostics.append(refusal)
      case .more(let question, let answer):
        // The deployment needs the steps that only the other answer brings, too.
        answers[question] = answer
        result = withStandIns()
      }
    }
  }

  private enum Search {
    case found([[Int]], [Deployment.Ending])
    case more(FactQuestion, Value)
    case refused(Diagnostic)
  }

  private func conditions(of base: inout Plan) -> Search {
    var conditions = Array(repeating: [Int](), count: base.steps.count)
    var endings: [Deployment.Ending] = []
    var deciding: [(fact: Int, answer: Value)] = []
    for (index, fact) in base.facts.enumerated() {
      for (at, answer) in fact.otherAnswers.enumerated() {
        let outcome = outcome(base, [(index, answer)])
        if at > 0 {
          // An engine can say whether something was found, but not what.
          guard case .same = outcome else { return .refused(refusal(index)) }
          continue
        }
        switch outcome {
        case .same: deciding.append((index, answer))
        case .ends(let status, let message):
          base.facts[index].exitStatus = status
          base.facts[index].message = message
          endings.append(Deployment.Ending(facts: [index], exitStatus: status, message: message))
        case .without(let steps):
          for step in steps where !conditions[step].contains(index) {
            conditions[step].append(index)
          }
          deciding.append((index, answer))
        case .with: return .more(fact.question, answer)
        case .otherwise: return .refused(refusal(index))
        }
      }
    }
    // Several answers together must leave out just the steps that each of them leaves out.
    for group in Self.groups(deciding) {
      switch outcome(base, group) {
      case .same:
        let facts = Set(group.map(\.fact))
        guard conditions.allSatisfy(facts.isDisjoint) else {
          return .refused(refusal(group[0].fact))
        }
      case .ends(let status, let message):
        let facts = Set(group.map(\.fact))
        if endings.contains(where: { facts.isSuperset(of: $0.facts) }) { continue }
        endings.append(
          Deployment.Ending(
            facts: smallest(base, group).map(\.fact), exitStatus: status, message: message))
      case .without(let steps):
        let facts = Set(group.map(\.fact))
        let expected = conditions.indices.filter { !facts.isDisjoint(with: conditions[$0]) }
        if endings.contains(where: { Set($0.facts).isSubset(of: facts) }) || steps != expected {
          return .refused(refusal(group[0].fact))
        }
      case .with, .otherwise: return .refused(refusal(group[0].fact))
      }
    }
    return .found(conditions, endings)
  }

  /// The fewest of these answers that still end the run.
  private func smallest(
    _ base: Plan, _ group: [(fact: Int, answer: Value)]
  ) -> [(fact: Int, answer: Value)] {
    var kept = group
    for one in group where kept.count > 2 {
      let rest = kept.filter { $0.fact != one.fact }
      if case .ends = outcome(base, rest) { kept = rest }
    }
    return kept
  }

  /// The combinations of two or more answers, small ones first. With more than six answers, only the
  /// pairs and all of them together.
  private static func groups(
    _ deciding: [(fact: Int, answer: Value)]
  ) -> [[(fact: Int, answer: Value)]] {
    guard deciding.count > 1 else { return [] }
    guard deciding.count <= 6 else {
      var pairs: [[(fact: Int, answer: Value)]] = []
      for (at, one) in deciding.enumerated() {
        for other in deciding[(at + 1)...] { pairs.append([one, other]) }
      }
      return pairs + [deciding]
    }
    let sets = (1..<1 << deciding.count).filter { $0.nonzeroBitCount > 1 }
    return sets.sorted { ($0.nonzeroBitCount, $0) < ($1.nonzeroBitCount, $1) }.map { set in
      deciding.indices.filter { set & 1 << $0 != 0 }.map { deciding[$0] }
    }
  }

  private enum Outcome {
    case same
    /// The same without these steps.
    case without([Int])
    /// The same with more steps.
    case with
    case ends(ExitStatus, String)
    case otherwise
  }

  /// How a run that gets other answers differs.
  private func outcome(_ base: Plan, _ changes: [(fact: Int, answer: Value)]) -> Outcome {
    let changed = Dictionary(
      changes.map { (base.facts[$0.fact].question, $0.answer) }, uniquingKeysWith: { $1 })
    let other = withStandIns(changed)
    guard let plan = plan(other) else {
      let error = other.diagnostics.first { $0.severity == .error }
      return .ends(other.exitStatus, error?.message ?? "the run is refused")
    }
    let asked = Set(base.facts.map(\.question))
    let (ours, theirs) = (PlannedFlow(base), PlannedFlow(plan))
    let isNew = plan.facts.contains { !asked.contains($0.question) }
    if ours.steps == theirs.steps { return ours.cluster == theirs.cluster ? .same : .otherwise }
    if let missing = ours.missing(in: theirs) { return isNew ? .otherwise : .without(missing) }
    return theirs.missing(in: ours) == nil ? .otherwise : .with
  }

  private func refusal(_ fact: Int) -> Diagnostic {
    let records = result.facts
    let record = records.indices.contains(fact) ? records[fact] : nil
    return .targetFollowsAnswer(
      record.map { $0.question.statement($0.answer) } ?? "an answer", target.title,
      at: record?.span)
  }

  private mutating func finish(
    _ plan: Plan, _ conditions: [[Int]], _ endings: [Deployment.Ending]
  ) {
    guard let program = result.program else { return }
    let declared = checked.pipeline.parameters
    var deployment = Deployment(
      plan: plan, conditions: conditions, endings: endings,
      stepSpans: program.steps.map(\.origin.span), jobFlow: program.cluster.jobFlow,
      standIns: StandIns(parameters: declared.map(\.name.value)))
    deployment.factSpans = result.facts.map(\.span)
    deployment.places = places
    let values = self.plan(compile(StandInWatch(), Self.samples[0], []))?.params ?? ValueMap()
    deployment.parameters = declared.indices.map { index in
      let name = declared[index].name.value
      return Deployment.Parameter(
        name: name, value: values[name]?.argumentText,
        fixed: open.contains(index) ? nil : fixed[index]?.reason ?? "it isn't any text")
    }
    self.deployment = deployment
  }
}

extension DeploymentDraft {
  /// Where the pipeline or the command line sets options of the run as a whole.
  private var places: [(construct: Construct, span: Span?)] {
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

extension Plan.Fact {
  /// Answers to try instead of the plan's: first one that counts as different, then others that count
  /// as the same. None for questions about clusters, which a run settles itself.
  fileprivate var otherAnswers: [Value] {
    switch question {
    case .isEmpty, .hasMatch: return [.bool(answer == .bool(false))]
    case .last, .lastFolder, .tooDeep:
      return answer == .null ? [.string("another")] : [.null, .string("another")]
    case .count: return answer == .int(0) ? [.int(2)] : [.int(0), .int(2), .int(1)]
    case .all:
      let some = [Value.list([.string("a")]), .list([.string("a"), .string("b")])]
      return answer == .list([]) ? some : [.list([])] + some
    case .cluster, .clusterShape: return []
    }
  }
}

extension ValueMap {
  fileprivate var asValue: Value { .map(self) }
}
