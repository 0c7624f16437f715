import Text
import AWSServices
package import PlanFormat
import Values

/// What steps do, by name: a simulated cluster can't run their programs. And what is shown of their
/// requests.
package struct StepEffects: Sendable {
  /// What one step's program does.
  struct Effect: Sendable {
    var accesses: [Plan.Access] = []
    /// Whether it fails if a folder that it writes exists already.
    var needsFreshOutput = false
    /// How many folders below a place it reads files; nil: as many as there are.
    var readDepth: Int64?
    /// The outputs that it leaves: locations of objects, and their texts.
    var outputs: [Output] = []
    /// The names that files must have in a place that it writes, as copies of the plan read it.
    var names: [Names] = []
  }

  struct Names: Hashable, Sendable {
    var place: String
    /// Regular expressions.
    var patterns: [String]
  }

  struct Output: Hashable, Sendable {
    var location: String
    var text: String
  }

  private var effects: [String: Effect] = [:]
  /// The plan's requests, with placeholders for secrets: the arguments of each step, and the rest.
  private var arguments: [String: [String]] = [:]
  private var cluster = Value.null

  package init() {}

  /// Reads the effects of a plan's steps.
  ///
  /// - Parameter outcomes: the texts of outputs by name; others have the usual one of their type.
  package init(_ plan: Plan, outcomes: [String: String] = [:]) {
    // Outputs are single objects, and not folders of lines.
    let objects = Set(plan.outputs.map { $0.location + "/" })
    let requested = plan.requests.flatMap { $0.body["Steps"].items }
    for step in plan.steps {
      effects[step.name] = Effect(
        accesses: step.accesses.filter { !objects.contains($0.place) },
        needsFreshOutput: step.needsFreshOutput,
        readDepth: step.readDepth,
        outputs: plan.outputs(of: step.name).compactMap { output in
          let text = outcomes[output.name] ?? output.usualText
          if output.kind == .marker, text == "false" { return nil }
          return Output(location: output.location, text: text)
        },
        names: step.accesses.filter { $0.mode == .write }.compactMap { access in
          let patterns = Self.patterns(of: access.place, in: requested)
          return patterns.isEmpty ? nil : Names(place: access.place, patterns: patterns)
        })
    }
    for request in plan.requests {
      if request.operation == "RunJobFlow" { cluster = request.body }
      for step in request.body["Steps"].items {
        arguments[step["Name"].text ?? ""] = step["HadoopJarStep"]["Args"].texts
      }
    }
  }

  subscript(step: String) -> Effect { effects[step] ?? Effect() }

  /// The patterns of names that copies from a place expect, without duplicates.
  private static func patterns(of place: String, in steps: [Value]) -> [String] {
    guard let folder = try? Places.folder(place) else { return [] }
    var patterns: [String] = []
    for step in steps {
      let program = step["HadoopJarStep"]
      guard
        let pattern = DistCp.pattern(
          jar: program["Jar"].text ?? "", arguments: program["Args"].texts, from: folder),
        !patterns.contains(pattern)
      else { continue }
      patterns.append(pattern)
    }
    return patterns
  }

  /// A step's arguments as they may be kept: with the plan's placeholders for secrets.
  func shown(_ arguments: [String], ofStep name: String) -> [String] {
    guard let planned = self.arguments[name], planned.count == arguments.count else {
      return arguments
    }
    return zip(arguments, planned).map { Self.holdsSecret($1) ? $1 : $0 }
  }

  /// The members of a request to run a job flow as they may be kept.
  func shown(_ body: Value) -> Value { Self.shown(body, cluster) }

  private static func shown(_ value: Value, _ planned: Value) -> Value {
    switch (value, planned) {
    case (.string, .string(let text)) where holdsSecret(text): return planned
    case (.list(let items), .list(let others)):
      // Tags are added to the plan's.
      return .list(zip(items, others).map(shown) + items.dropFirst(others.count))
    case (.map(let map), .map):
      return .map(
        ValueMap(
          map.entries.map { entry in
            (key: entry.key, value: shown(entry.value, planned[entry.key.text ?? ""]))
          }))
    default: return value
    }
  }

  /// Whether a planned text stands for another one.
  static func holdsSecret(_ text: String) -> Bool { text.contains("{{secret: ") }
}

extension Plan.Output {
  /// What a simulated step leaves unless it is said.
  fileprivate var usualText: String {
    switch kind {
    case .int: "1"
    case .bool: "true"
    case .marker: "false"
    case .string: choices.first ?? name
    }
  }
}
