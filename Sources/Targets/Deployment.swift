package import Diagnostics
package import PlanFormat
package import SourceText
package import Values

/// A pipeline compiled so that an engine other than Penstock can run it again and again.
///
/// Its plan is that of one run, with stand-ins for values that differ from run to run; `template` finds
/// them in a text.
package struct Deployment: Sendable {
  /// A parameter of the pipeline.
  package struct Parameter: Hashable, Sendable {
    package var name: String
    /// The value given on the command line, or else the declared default.
    package var value: String?
    /// Why each run has to use `value`; nil if the engine lets each run have another value.
    package var fixed: String?

    package init(name: String, value: String?, fixed: String? = nil) {
      self.name = name
      self.value = value
      self.fixed = fixed
    }
  }

  /// Ends a run if all of some facts differ from the plan, while others agree with it.
  package struct Ending: Hashable, Sendable {
    /// Numbers of facts, in order; at least one.
    package var facts: [Int]
    /// The numbers of the facts that have to agree with the plan.
    package var agreeing: [Int] = []
    /// 3 is no data to process, which is no failure.
    package var exitStatus: ExitStatus
    package var message: String

    package init(facts: [Int], agreeing: [Int] = [], exitStatus: ExitStatus, message: String) {
      self.facts = facts
      self.agreeing = agreeing
      self.exitStatus = exitStatus
      self.message = message
    }
  }

  /// Two texts that a run compares once it knows its values: a fact whose number is that of all
  /// facts of the plan plus its index.
  package struct Comparison: Hashable, Sendable {
    package var left: String
    package var right: String
    /// What the plan assumes.
    package var areEqual: Bool
    package var span: Span?
    package var origin: Plan.Origin?

    package init(
      left: String, right: String, areEqual: Bool, span: Span?, origin: Plan.Origin? = nil
    ) {
      self.left = left
      self.right = right
      self.areEqual = areEqual
      self.span = span
      self.origin = origin
    }
  }

  /// All steps that a run may have, whatever it finds in S3, and all questions that it asks.
  ///
  /// For an answer that is a text, a list or a number it only matters whether there is any: a text, a
  /// list with items or a number above zero. Other answers agree with the plan if they are equal.
  package var plan: Plan
  /// For each step of the plan, the numbers of the facts on which it depends: the step is done if all
  /// of them agree with the plan.
  package var conditions: [[Int]]
  /// The conditions that end a run before its first step, in the order of the questions.
  package var endings: [Ending]
  package var comparisons: [Comparison] = []
  /// Where each step of the plan is written.
  package var stepSpans: [Span?]
  /// Where the pipeline asks each question of the plan.
  package var factSpans: [Span?] = []
  /// The body of RunJobFlow without `Steps`, each value with its place; nil if the cluster exists.
  package var jobFlow: SpannedValue?
  package var parameters: [Parameter] = []
  package var standIns: StandIns

  package init(
    plan: Plan, conditions: [[Int]], endings: [Ending], stepSpans: [Span?],
    jobFlow: SpannedValue?, standIns: StandIns
  ) {
    self.plan = plan
    self.conditions = conditions
    self.endings = endings
    self.stepSpans = stepSpans
    self.jobFlow = jobFlow
    self.standIns = standIns
  }

  /// The facts that end a run by themselves if they differ from the plan.
  package var requirements: [Int] { endings.filter(\.isOfOneFact).flatMap(\.facts) }

  /// The comparison whose number as a fact this is.
  package func comparison(_ number: Int) -> Comparison? {
    let index = number - plan.facts.count
    return comparisons.indices.contains(index) ? comparisons[index] : nil
  }

  /// The facts of the plan whose answers are used as texts, in order.
  package var textAnswers: [Int] {
    var texts = plan.requests.flatMap { Self.texts(in: $0.body) }
    texts += plan.facts.flatMap { fact in fact.question.texts + [fact.message] }
    texts += comparisons.flatMap { [$0.left, $0.right] } + endings.map(\.message)
    texts += plan.steps.flatMap(\.emptiedBeforeRetry)
    return names(in: texts)
  }

  /// The facts whose answers are used in some texts, in order.
  package func names(in texts: [String]) -> [Int] {
    var found: Set<Int> = []
    for text in texts { collect(template(text), into: &found) }
    return found.sorted()
  }

  private func collect(_ parts: [TextPart], into found: inout Set<Int>) {
    for case .value(.answer(let fact, let otherwise)) in parts {
      found.insert(fact)
      collect(otherwise, into: &found)
    }
  }

  private static func texts(in value: Value) -> [String] {
    switch value {
    case .string(let text): [text]
    case .list(let items): items.flatMap(texts)
    case .map(let map): map.entries.flatMap { texts(in: $0.value) }
    default: []
    }
  }

  /// Where the pipeline sets what neither a step nor the job flow shows.
  package var places: [(construct: Construct, span: Span?)] = []

  package func factSpan(_ number: Int) -> Span? {
    factSpans.indices.contains(number) ? factSpans[number] : comparison(number)?.span
  }

  /// Splits a text of the plan at its stand-ins and secrets.
  package func template(_ text: String) -> [TextPart] { standIns.parts(of: text) }
}

extension Deployment.Ending {
  /// Whether one fact ends the run, whatever the others are.
  package var isOfOneFact: Bool { facts.count == 1 && agreeing.isEmpty }
}

extension Plan.Fact.Question {
  /// The texts that it is made of.
  fileprivate var texts: [String] {
    switch self {
    case .isEmpty(let location): [location]
    case .hasMatch(let location, let pattern), .last(let location, let pattern),
      .lastFolder(let location, let pattern), .count(let location, let pattern),
      .all(let location, let pattern):
      [location, pattern]
    case .tooDeep(let location, _, let pattern): [location, pattern ?? ""]
    case .cluster(let name, _): [name]
    case .clusterShape(let id): [id]
    }
  }
}
