import Diagnostics
import Expressions
import PipelineIR
import PipelineSyntax
import PlanFormat
import SourceText
import Targets
import Values

/// Compilations with the values of sample runs.
extension DeploymentDraft {
  /// The values of a run.
  struct Sample {
    var id: String
    var time: Value.Timestamp
    /// What the carried questions find.
    var found: [String] = []
  }

  /// Days of the week, ends of months and years, and hours that pipelines might treat differently.
  static let samples: [Sample] = {
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

  /// Names that runs may find: of other forms, and one that is the run's own id.
  private static let names = [
    "2030-12-31-23-00-00", "a", "night_0", "zz.9", "2031-12-31-22-00-00", "B-2", "2033",
  ]

  /// The samples, each with names that its questions may find.
  private var samplesWithNames: [Sample] {
    Self.samples.enumerated().map { index, sample in
      var sample = sample
      sample.found = carried.indices.map { at in
        let choice = (index + at) % (Self.names.count + 1)
        return choice < Self.names.count ? Self.names[choice] : sample.id
      }
      return sample
    }
  }

  /// Checks the deployment against sample runs: with its stand-ins filled in and skipped steps removed,
  /// it has to make the same requests as Penstock.
  mutating func compareWithSamples(_ plan: Plan, _ model: DeploymentModel) {
    for sample in samplesWithNames {
      let compiled = compile(StandInWatch(), sample, [], answers(in: sample))
      let real = self.plan(compiled)
      let parameters = real?.params ?? plan.params
      let differing = decisions.indices.filter { index in
        let decision = decisions[index].decision
        let texts = decision.texts.map { fill($0, sample, parameters) }
        return decision.kind == .areEqual
          && (texts.first == texts.last) != decisions[index].isTrue
      }
      let outcome = model.outcome(Set(differing.map { .decision($0) }))
      guard let real else {
        if case .ends = outcome { continue }
        let span = compiled.diagnostics.first { $0.severity == .error }?.span
        return diagnostics.append(.targetVaries(whatVaries, target.title, at: span))
      }
      var left = Set<Int>()
      switch outcome {
      case .ends:
        return diagnostics.append(
          .targetVaries(
            whatVaries, target.title, at: differing.first.flatMap { decisions[$0].span }))
      case .without(let steps): left = Set(steps)
      case .same, .with, .otherwise: break
      }
      guard isSame(plan, real, sample, without: left) else { return }
    }
  }

  private var whatVaries: String {
    carried.isEmpty ? "`run.id` or `run.time`" : "`run.id`, `run.time` or what is in S3"
  }

  private mutating func isSame(
    _ plan: Plan, _ real: Plan, _ sample: Sample, without left: Set<Int>
  ) -> Bool {
    let filled = plan.requests.map { fill($0.body, sample, real.params) }
    let steps = filled.flatMap(Self.steps).enumerated().filter { !left.contains($0.offset) }
    let realSteps = real.requests.map(\.body).flatMap(Self.steps)
    for (index, step) in steps.enumerated()
    where index >= realSteps.count || step.element != realSteps[index] {
      refuseStep(step.offset)
      return false
    }
    let rest = filled.map(Self.withoutSteps)
    guard steps.count == realSteps.count,
      left.isEmpty ? rest == real.requests.map({ Self.withoutSteps($0.body) }) : true,
      fill(plan.settings.asValue, sample, real.params) == real.settings.asValue
    else {
      diagnostics.append(
        .targetVaries(whatVaries, target.title, at: checked.pipeline.name?.span))
      return false
    }
    return true
  }

  /// The answers that a sample run gets.
  private func answers(in sample: Sample) -> [FactQuestion: Value] {
    var filled: [FactQuestion: Value] = [:]
    for (question, answer) in answers {
      filled[question.mapped { fill($0, sample, ValueMap()) }] = answer
    }
    for (index, question) in carried.enumerated() where index < sample.found.count {
      filled[question.mapped { fill($0, sample, ValueMap()) }] = .string(sample.found[index])
    }
    return filled
  }

  private mutating func refuseStep(_ index: Int) {
    let steps = result.program?.steps ?? []
    diagnostics.append(
      .targetVaries(
        whatVaries, target.title,
        at: steps.indices.contains(index) ? steps[index].origin.span : nil))
  }

  static func steps(_ body: Value) -> [Value] {
    guard case .map(let map) = body, case .list(let steps)? = map["Steps"] else { return [] }
    return steps
  }

  private static func withoutSteps(_ body: Value) -> Value {
    guard case .map(var map) = body else { return body }
    map["Steps"] = nil
    return .map(map)
  }

  private func fill(_ text: String, _ sample: Sample, _ parameters: ValueMap) -> String {
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
      case .value(.answer(let index, _)):
        return sample.found.indices.contains(index) ? sample.found[index] : ""
      }
    }.joined()
  }

  /// A text with what comes in place of answers that find nothing.
  static func filled(_ text: String, _ absent: Set<Int>) -> String {
    StandIn.parts(of: text).map { part in
      switch part {
      case .text(let text): return text
      case .value(.answer(let index, let otherwise?)) where absent.contains(index):
        return filled(otherwise, absent)
      case .value(let value): return value.text
      }
    }.joined()
  }

  /// A value with what comes in place of answers that find nothing.
  static func filled(_ value: Value, _ absent: Set<Int>) -> Value {
    switch value {
    case .string(let text): return .string(filled(text, absent))
    case .list(let items): return .list(items.map { filled($0, absent) })
    case .map(let map):
      return .map(
        ValueMap(map.entries.map { (key: $0.key, value: filled($0.value, absent)) }))
    default: return value
    }
  }

  /// Fills in a value's stand-ins for one run.
  private func fill(_ value: Value, _ sample: Sample, _ parameters: ValueMap) -> Value {
    switch value {
    case .string(let text): return .string(fill(text, sample, parameters))
    case .list(let items): return .list(items.map { fill($0, sample, parameters) })
    case .map(let map):
      return .map(
        ValueMap(
          map.entries.map { (key: $0.key, value: fill($0.value, sample, parameters)) }))
    default: return value
    }
  }
}

extension FactQuestion {
  /// The question with other texts.
  fileprivate func mapped(_ change: (String) -> String) -> FactQuestion {
    switch self {
    case .isEmpty(let location): .isEmpty(location: change(location))
    case .hasMatch(let location, let pattern):
      .hasMatch(location: change(location), pattern: change(pattern))
    case .last(let location, let pattern):
      .last(location: change(location), pattern: change(pattern))
    case .lastFolder(let location, let pattern):
      .lastFolder(location: change(location), pattern: change(pattern))
    case .tooDeep(let location, let folders, let pattern):
      .tooDeep(location: change(location), folders: folders, pattern: pattern.map(change))
    case .count(let location, let pattern):
      .count(location: change(location), pattern: change(pattern))
    case .all(let location, let pattern):
      .all(location: change(location), pattern: change(pattern))
    case .cluster(let name, let states): .cluster(name: change(name), states: states)
    case .clusterShape(let id): .clusterShape(id: change(id))
    }
  }
}

extension ValueMap {
  fileprivate var asValue: Value { .map(self) }
}
