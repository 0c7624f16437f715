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

  /// Ends a run if all of these facts differ from the plan.
  package struct Ending: Hashable, Sendable {
    /// Indices into `plan.facts`, in order; at least one.
    package var facts: [Int]
    /// 3 is no data to process, which is no failure.
    package var exitStatus: ExitStatus
    package var message: String

    package init(facts: [Int], exitStatus: ExitStatus, message: String) {
      self.facts = facts
      self.exitStatus = exitStatus
      self.message = message
    }
  }

  /// All steps that a run may have, whatever it finds in S3, and all questions that it asks.
  ///
  /// For an answer that is a text, a list or a number it only matters whether there is any: a text, a
  /// list with items or a number above zero. Other answers agree with the plan if they are equal.
  package var plan: Plan
  /// For each step of the plan, the facts on which it depends, as indices into `plan.facts`: the step is
  /// done if all of them agree with the plan.
  package var conditions: [[Int]]
  /// The conditions that end a run before its first step, in the order of the questions.
  package var endings: [Ending]
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
  package var requirements: [Int] { endings.filter { $0.facts.count == 1 }.flatMap(\.facts) }

  /// Where the pipeline sets what neither a step nor the job flow shows.
  package var places: [(construct: Construct, span: Span?)] = []

  package func factSpan(_ number: Int) -> Span? {
    factSpans.indices.contains(number) ? factSpans[number] : nil
  }

  /// Splits a text of the plan at its stand-ins and secrets.
  package func template(_ text: String) -> [TextPart] { standIns.parts(of: text) }
}
