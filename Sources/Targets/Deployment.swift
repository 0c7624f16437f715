package import Diagnostics
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

  /// A run ends if none of these facts is as in the plan.
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

  /// All steps that a run may have, whatever it finds in S3, and all that it asks.
  ///
  /// An answer is as in the plan if it is the same one, or if the plan's is a text, a list with items
  /// or a number above zero, and it is one too: of those only whether there are any matters.
  package var plan: Plan
  /// For each step of the plan the facts, as indices into `plan.facts`, that have to be as in the plan
  /// for the step to be done; none: it is always done.
  package var conditions: [[Int]]
  /// What ends a run before its first step, in the order in which the facts are asked.
  package var endings: [Ending]
  /// Where each step of the plan is written.
  package var stepSpans: [Span?]
  /// RunJobFlow's body without `Steps`, with the place of each value; nil for a cluster that exists.
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

  /// The facts that each alone end the run if they aren't as in the plan.
  package var requirements: [Int] { endings.filter { $0.facts.count == 1 }.flatMap(\.facts) }

  /// Takes a text of the plan apart: its requests, places, facts and settings.
  package func template(_ text: String) -> [TextPart] { standIns.parts(of: text) }
}
