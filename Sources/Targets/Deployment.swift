package import PlanFormat
package import SourceText
package import Values

/// What a pipeline does in any run, for an engine other than Penstock.
///
/// Its plan is that of one run in which texts stand in for what differs from run to run; `template`
/// takes such texts apart.
package struct Deployment: Sendable {
  /// A parameter of the pipeline that the engine passes on.
  package struct Parameter: Hashable, Sendable {
    package var name: String
    /// The value given on the command line, or else the declared default.
    package var value: String?
    /// Why the engine can't pass on another value; nil: it can.
    package var fixed: String?

    package init(name: String, value: String?, fixed: String? = nil) {
      self.name = name
      self.value = value
      self.fixed = fixed
    }
  }

  /// All steps that a run may have, whatever it finds in S3, and all that it asks.
  package var plan: Plan
  /// For each step of the plan the facts, as indices into `plan.facts`, that have to be as in the plan
  /// for the step to be done; none: it is always done.
  package var conditions: [[Int]]
  /// The facts, as indices into `plan.facts`, that have to be as in the plan for the run to go on.
  /// Otherwise it ends before its first step, with the fact's message and `exitStatus`: 3 is no data,
  /// which is no failure.
  package var requirements: [Int]
  /// Where each step of the plan is written.
  package var stepSpans: [Span?]
  /// RunJobFlow's body without `Steps`, with the place of each value; nil for a cluster that exists.
  package var jobFlow: SpannedValue?
  package var parameters: [Parameter] = []
  package var standIns: StandIns

  package init(
    plan: Plan, conditions: [[Int]], requirements: [Int], stepSpans: [Span?],
    jobFlow: SpannedValue?, standIns: StandIns
  ) {
    self.plan = plan
    self.conditions = conditions
    self.requirements = requirements
    self.stepSpans = stepSpans
    self.jobFlow = jobFlow
    self.standIns = standIns
  }

  /// Takes a text of the plan apart: its requests, places, facts and settings.
  package func template(_ text: String) -> [TextPart] { standIns.parts(of: text) }
}
