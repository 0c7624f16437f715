package import SourceText
package import Values

/// A job flow as a source describes it: what every reader yields, and `import` writes a pipeline
/// of.
///
/// `body` is the whole request. Where the source has a variable, the body holds the variable's
/// value, and `variables` says which part of which text that is.
package struct ImportedFlow: Sendable {
  /// What the request asks of EMR.
  package enum Operation: Sendable, Hashable {
    /// RunJobFlow.
    case newCluster
    /// AddJobFlowSteps: `body` has `Steps`, and nothing else of RunJobFlow's. The cluster's id, if
    /// the source says it.
    case steps(cluster: String?)
  }

  /// The source's name for it, as the pipeline will be named if `body` has no `Name`.
  package var name: String
  /// The region, and where the source says it.
  package var region: Spanned<String>?
  package var operation: Operation
  /// RunJobFlow's body by EMR's names (`Name`, `Instances`, `Steps`, `ManagedScalingPolicy`, …),
  /// with places in the source. Numbers and bools have their types; EMR's texts are strings. A
  /// member that the source leaves out isn't there.
  package var body: SpannedValue
  package var variables: [Variable] = []
  package var notes: [ImportNote] = []
  /// The run's time for which the texts of variables that are times are what `body` holds.
  package var moment: Value.Timestamp?

  package init(
    name: String, region: Spanned<String>? = nil, operation: Operation = .newCluster,
    body: SpannedValue, variables: [Variable] = [], notes: [ImportNote] = [],
    moment: Value.Timestamp? = nil
  ) {
    self.name = name
    self.region = region
    self.operation = operation
    self.body = body
    self.variables = variables
    self.notes = notes
    self.moment = moment
  }
}

/// A name under which the source itself has a value.
package struct Variable: Sendable {
  package enum Meaning: Sendable, Hashable {
    /// It becomes a member of the configuration.
    case value
    /// It becomes `formatTime(run.time, FORMAT)`, for a run `offset` seconds after its time:
    /// Airflow's `{{ yesterday_ds }}` is `%Y-%m-%d` with -86400.
    case time(format: String, offset: Int64)
  }

  /// A place in the body that the value fills.
  package struct Use: Sendable, Hashable {
    package var path: BodyPath
    /// The bytes of the text at `path` that are the value; nil if the value is all that is there
    /// (also a number, a bool, a list or a map).
    package var range: Range<Int>?

    package init(_ path: BodyPath, _ range: Range<Int>? = nil) {
      self.path = path
      self.range = range
    }
  }

  /// As in the source.
  package var name: String
  package var meaning: Meaning
  /// The value; where the source doesn't say it, a stand-in that the reader chose.
  package var value: Value
  /// Whether the source says the value.
  package var isKnown: Bool
  /// What the source says of it, in its words.
  package var summary: String?
  /// Whether the source says that it must not be shown.
  package var isSecret: Bool
  /// The values that the source allows; empty if any.
  package var choices: [Value]
  package var uses: [Use]
  /// Where it is declared, or used first.
  package var span: Span?

  package init(
    _ name: String, _ meaning: Meaning = .value, value: Value, isKnown: Bool = true,
    summary: String? = nil, isSecret: Bool = false, choices: [Value] = [], uses: [Use] = [],
    span: Span? = nil
  ) {
    self.name = name
    self.meaning = meaning
    self.value = value
    self.isKnown = isKnown
    self.summary = summary
    self.isSecret = isSecret
    self.choices = choices
    self.uses = uses
    self.span = span
  }
}

/// Something about the source that whoever takes the pipeline over has to know.
package struct ImportNote: Sendable, Hashable {
  package enum Effect: Sendable, Hashable {
    /// The source asks for something that the pipeline doesn't: it isn't the same.
    case lost
    /// The pipeline asks for the same as the source; something has to be known or decided.
    case told
  }

  package var effect: Effect
  /// What is concerned: a member, a resource, a variable, as the source names it.
  package var what: String
  /// Why, as a sentence's rest: "`what`: `reason`".
  package var reason: String
  package var span: Span?

  package init(_ effect: Effect, _ what: String, _ reason: String, at span: Span?) {
    self.effect = effect
    self.what = what
    self.reason = reason
    self.span = span
  }
}

/// A place in a request's body.
package typealias BodyPath = [BodyPart]

/// A member of a map, or an item of a list, from 0.
package enum BodyPart: Sendable, Hashable {
  case key(String)
  case index(Int)
}
