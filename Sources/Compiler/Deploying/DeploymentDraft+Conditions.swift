import Diagnostics
import Expressions
import PipelineIR
import PipelineSyntax
import PlanFormat
import SourceText
import Targets
import Values

/// What answers of S3, and comparisons of a run's texts, decide.
extension DeploymentDraft {
  mutating func findConditions() {
    guard canGoOn, result.program != nil else { return }
    for _ in 0..<64 {
      guard canGoOn, var base = plan(result) else { return }
      base.facts += further.map(fact)
      switch search(&base) {
      case .found(let model):
        compareWithSamples(base, model)
        if canGoOn { finish(base, model) }
        return
      case .refused(let refusal): return diagnostics.append(refusal)
      case .again: settle()
      }
    }
    if canGoOn { diagnostics.append(result.facts.first.map(refusal) ?? undecided) }
  }

  private enum Search {
    case found(DeploymentModel)
    /// The deployment's plan is another one.
    case again
    case refused(Diagnostic)
  }

  private mutating func search(_ base: inout Plan) -> Search {
    var model = DeploymentModel(stepCount: base.steps.count)
    var deciding: [Decider] = []
    var ending: [Decider] = []
    let decisions = decisions.indices.map { Decider.decision($0) }
    for decider in base.facts.indices.map({ Decider.fact($0) }) + decisions {
      if !hasOtherAnswer(base, decider) { continue }
      guard let outcome = outcome(base, [decider]) else { return .again }
      switch outcome {
      case .same: deciding.append(decider)
      case .without(let steps):
        for step in steps { model.conditions[step].append(decider) }
        deciding.append(decider)
      case .ends(let status, let message):
        model.endings.append(.init(differing: [decider], status: status, message: message))
        ending.append(decider)
      case .with:
        turn(decider, base)
        return .again
      case .otherwise: return .refused(refusal(decider, base))
      }
      if case .fact(let index) = decider {
        for answer in base.facts[index].answersLikeIt(isCarried: isCarried(base, index)) {
          let world = World(answers: [base.facts[index].question: answer])
          guard let outcome = self.outcome(base, in: world) else { return .again }
          // An engine can say whether something was found, but not what.
          guard case .same = outcome else { return .refused(refusal(decider, base)) }
        }
      }
    }
    if let other = rescues(base, ending, deciding, &model) { return other }
    if let other = checkGroups(base, deciding, &model) { return other }
    for ending in model.endings {
      guard ending.differing.count == 1, case .fact(let index)? = ending.differing.first else {
        continue
      }
      base.facts[index].exitStatus = ending.status
      base.facts[index].message = ending.message
    }
    for decider in model.deciders where !isExpressible(decider) {
      return .refused(refusal(decider, base))
    }
    return .found(model)
  }

  /// Finds out which other facts keep a run from ending.
  private mutating func rescues(
    _ base: Plan, _ ending: [Decider], _ deciding: [Decider], _ model: inout DeploymentModel
  ) -> Search? {
    for (at, one) in ending.enumerated() {
      for other in deciding {
        guard let outcome = outcome(base, [one, other]) else { return .again }
        if case .ends = outcome { continue }
        model.keep(one, fromEndingWithout: other)
      }
      for other in ending[(at + 1)...] {
        guard let outcome = outcome(base, [one, other]) else { return .again }
        guard case .ends(let status, _) = outcome else { return .refused(refusal(one, base)) }
        model.order(one, other, bothEndWith: status)
      }
    }
    return nil
  }

  /// Several answers together must do just what the model says.
  private mutating func checkGroups(
    _ base: Plan, _ deciding: [Decider], _ model: inout DeploymentModel
  ) -> Search? {
    let rescued = model.endings.filter { !$0.agreeing.isEmpty }.flatMap(\.differing)
    for group in DeploymentModel.groups(deciding + rescued) {
      guard let found = outcome(base, group) else { return .again }
      switch (found, model.outcome(Set(group))) {
      case (.same, .same), (.ends, .ends): continue
      case (.without(let steps), .without(let expected)) where steps == expected: continue
      case (.ends(let status, let message), _):
        guard let smallest = smallest(base, group) else { return .again }
        model.endings.append(.init(differing: smallest, status: status, message: message))
      default: return .refused(refusal(group[0], base))
      }
    }
    return nil
  }

  /// The fewest of these that still end the run.
  private mutating func smallest(_ base: Plan, _ group: [Decider]) -> [Decider]? {
    var kept = group
    for one in group where kept.count > 2 {
      let rest = kept.filter { $0 != one }
      guard let outcome = outcome(base, rest) else { return nil }
      if case .ends = outcome { kept = rest }
    }
    return kept
  }

  // MARK: Worlds

  private func isCarried(_ base: Plan, _ fact: Int) -> Bool {
    carried.contains(base.facts[fact].question)
  }

  private func hasOtherAnswer(_ base: Plan, _ decider: Decider) -> Bool {
    if case .fact(let index) = decider { base.facts[index].otherAnswer != nil } else { true }
  }

  /// Lets the deployment's plan assume the other answer.
  private mutating func turn(_ decider: Decider, _ base: Plan) {
    switch decider {
    case .fact(let index): answers[base.facts[index].question] = base.facts[index].otherAnswer
    case .decision(let index): decisions[index].isTrue.toggle()
    }
  }

  private mutating func outcome(_ base: Plan, _ differing: [Decider]) -> Outcome? {
    var world = World()
    for decider in differing {
      switch decider {
      case .fact(let index):
        world.answers[base.facts[index].question] = base.facts[index].otherAnswer
      case .decision(let index):
        world.decisions[decisions[index].decision] = !decisions[index].isTrue
      }
    }
    return outcome(base, in: world)
  }

  /// How a run differs in some world; nil if the deployment's plan turns out to be another one.
  private mutating func outcome(_ base: Plan, in world: World) -> Outcome? {
    guard let other = withStandIns(world) else { return nil }
    guard let plan = plan(other) else {
      let error = other.diagnostics.first { $0.severity == .error }
      return .ends(other.exitStatus, error?.message ?? "the run is refused")
    }
    let (ours, theirs) = (PlannedFlow(base, absent: absent(in: world)), PlannedFlow(plan))
    if ours.steps == theirs.steps { return ours.cluster == theirs.cluster ? .same : .otherwise }
    if let missing = ours.missing(in: theirs) { return .without(missing) }
    return theirs.missing(in: ours) == nil ? .otherwise : .with
  }

  // MARK: Refusals

  /// Whether an engine can tell how it comes out.
  private func isExpressible(_ decider: Decider) -> Bool {
    guard case .decision(let index) = decider else { return true }
    return decisions[index].decision.kind == .areEqual
  }

  private func refusal(_ decider: Decider, _ base: Plan) -> Diagnostic {
    switch decider {
    case .fact(let index):
      let records = result.facts + further
      let record = records.first { $0.question == base.facts[index].question }
      return record.map(refusal)
        ?? .targetFollowsAnswer("an answer", target.title, at: nil)
    case .decision(let index):
      let (decision, span) = (decisions[index].decision, decisions[index].span)
      let values = decision.texts.flatMap { StandIn.parts(of: $0) }.compactMap { part in
        if case .value(let value) = part { refusal(value, at: span) } else { nil }
      }
      return values.first ?? .targetVaries("`run.time`", target.title, at: span)
    }
  }

  private func refusal(_ record: FactRecord) -> Diagnostic {
    if let use = known[record.question] {
      return .targetFollowsName(record.question.found, target.title, at: use ?? record.span)
    }
    let statement = record.question.statement(record.answer)
    return .targetFollowsAnswer(StandIn.shown(statement), target.title, at: record.span)
  }

  // MARK: The deployment

  private func fact(_ record: FactRecord) -> Plan.Fact {
    Plan.Fact(
      question: record.question, answer: record.answer, isAssumed: record.isAssumed,
      exitStatus: record.exitStatus,
      message: record.message ?? record.question.statement(record.answer),
      origin: origin(of: record.span))
  }

  /// Where something is written, without an excerpt.
  private func origin(of span: Span?) -> Plan.Origin? {
    var finder = OriginFinder(checked.work.sources, documents: [])
    var origin = finder.origin(of: span)
    origin?.excerpt = ""
    return origin
  }

  private mutating func finish(_ plan: Plan, _ model: DeploymentModel) {
    guard let program = result.program else { return }
    let declared = checked.pipeline.parameters
    let used = decisions.indices.filter { model.deciders.contains(.decision($0)) }
    func number(_ decider: Decider) -> Int {
      switch decider {
      case .fact(let index): index
      case .decision(let index): plan.facts.count + (used.firstIndex(of: index) ?? 0)
      }
    }
    let facts = carried.map { question in
      plan.facts.firstIndex { $0.question == question } ?? plan.facts.count
    }
    var deployment = Deployment(
      plan: plan, conditions: model.conditions.map { $0.map(number) },
      endings: model.endings.map { ending in
        Deployment.Ending(
          facts: ending.differing.map(number), agreeing: ending.agreeing.map(number),
          exitStatus: ending.status, message: ending.message)
      },
      stepSpans: program.steps.map(\.origin.span), jobFlow: program.cluster.jobFlow,
      standIns: StandIns(parameters: declared.map(\.name.value), answers: facts))
    deployment.comparisons = used.map { index in
      let found = decisions[index]
      return Deployment.Comparison(
        left: found.decision.texts.first ?? "", right: found.decision.texts.last ?? "",
        areEqual: found.isTrue, span: found.span, origin: origin(of: found.span))
    }
    deployment.factSpans = (result.facts + further).map(\.span)
    deployment.places = places
    let first = compile(StandInWatch(), Self.samples[0], [], [:])
    let values = self.plan(first)?.params ?? ValueMap()
    deployment.parameters = declared.indices.map { index in
      let name = declared[index].name.value
      return Deployment.Parameter(
        name: name, value: values[name]?.argumentText,
        fixed: open.contains(index) ? nil : fixed[index]?.reason ?? "it isn't any text")
    }
    warnOfFixed()
    self.deployment = deployment
  }
}

extension Plan.Fact {
  /// The answer that counts as different. None for questions about clusters, which a run settles
  /// itself.
  fileprivate var otherAnswer: Value? {
    switch question {
    case .isEmpty, .hasMatch: .bool(answer == .bool(false))
    case .last, .lastFolder, .tooDeep: answer == .null ? .string("another") : .null
    case .count: answer == .int(0) ? .int(2) : .int(0)
    case .all: answer == .list([]) ? .list([.string("a")]) : .list([])
    case .cluster, .clusterShape: nil
    }
  }

  /// Answers that count as the same.
  fileprivate func answersLikeIt(isCarried: Bool) -> [Value] {
    switch question {
    case .last, .lastFolder, .tooDeep:
      return answer == .null || isCarried ? [] : [.string("another")]
    case .count: return answer == .int(0) ? [] : [.int(2), .int(1)]
    case .all:
      let two = Value.list([.string("a"), .string("b")])
      return answer == .list([]) ? [] : [.list([.string("a")]), two]
    case .isEmpty, .hasMatch, .cluster, .clusterShape: return []
    }
  }
}
