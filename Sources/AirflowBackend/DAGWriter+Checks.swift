import Diagnostics
import PlanFormat
import Targets
import Values

/// Questions to S3, and what they decide.
extension DAGWriter {
  /// A question as a call of a function, and what the plan has for an answer.
  private struct Question {
    var name: String
    var function: String
    var arguments: [PythonExpression]
    var isSome: Bool
    var origin: Plan.Origin?
  }

  /// Writes the questions to S3, and returns the variables of those on which steps depend, by fact; nil
  /// if nothing is asked.
  mutating func writeChecks() -> [Int: String]? {
    let requirements = Set(deployment.requirements)
    let alternatives = deployment.endings.filter { !$0.isOfOneFact }
    let gating = Set(deployment.conditions.flatMap { $0 }).subtracting(requirements)
    let deciding = gating.union(alternatives.flatMap { $0.facts + $0.agreeing })
    let asked = (0..<plan.facts.count + deployment.comparisons.count).filter {
      if plan.facts.indices.contains($0), case .clusterShape = plan.facts[$0].question {
        return false
      }
      return requirements.contains($0) || deciding.contains($0)
    }
    let names = deployment.textAnswers
    guard !asked.isEmpty || !names.isEmpty else { return nil }
    helpers.decides = !gating.isEmpty
    helpers.looksUp = !deciding.isEmpty
    helpers.finds = !names.isEmpty
    helpers.requires = !requirements.isEmpty
    helpers.requiresAny = alternatives.contains { $0.agreeing.isEmpty }
    helpers.requiresUnless = alternatives.contains { !$0.agreeing.isEmpty }
    body.add("with TaskGroup(\"checks\") as checks:")
    body.indent += 4
    var lookUps: [Int: String] = [:]
    for index in asked where deciding.contains(index) {
      let question = question(index)
      let name = variables.unique(question.name)
      lookUps[index] = name
      let call = call("look_up", question, ending: [])
      body.assign(name, call)
    }
    writeOrder(names, lookUps)
    body.indent -= 4
    body.blank()
    return lookUps
  }

  /// Puts names before what takes them, and what may end the run in the plan's order.
  private mutating func writeOrder(_ names: [Int], _ lookUps: [Int: String]) {
    var links: [PythonExpression] = []
    var isLinked: Set<Int> = []
    func link(_ facts: [Int]) {
      let ready = facts.filter { lookUps[$0] != nil && isLinked.insert($0).inserted }
      let variables = ready.compactMap { lookUps[$0] }.map { PythonExpression.plain($0) }
      if !variables.isEmpty { links.append(variables.count == 1 ? variables[0] : .list(variables)) }
    }
    for fact in names { links.append(finding(fact)) }
    for ending in deployment.endings {
      if ending.isOfOneFact {
        links += ending.facts.map { requirement($0) }
      } else {
        link((ending.facts + ending.agreeing).sorted())
        links.append(alternative(ending, lookUps))
      }
    }
    link(lookUps.keys.sorted())
    if links.count > 1 {
      helpers.chains = true
      body.assign(nil, .call("chain", links.map { PythonArgument(nil, $0) }))
    } else if let only = links.first, names.count + deployment.endings.count > 0 {
      body.assign(nil, only)
    }
  }

  /// The task that finds a name which later tasks take.
  private mutating func finding(_ fact: Int) -> PythonExpression {
    let question = asked(plan.facts[fact])
    let arguments =
      [PythonArgument(nil, .text(texts.task(finding: fact).dropping("checks.")))]
      + ([.plain(question.function)] + question.arguments).map { PythonArgument(nil, $0) }
      + [PythonArgument("source", .text(Self.source(question.origin)))]
    return .call("find", arguments)
  }

  private mutating func requirement(_ index: Int) -> PythonExpression {
    let own = deployment.endings.first { $0.isOfOneFact && $0.facts == [index] }
    let ending = own.map { self.ending($0.exitStatus, $0.message) } ?? []
    let question = question(index)
    return call("require", question, ending: ending)
  }

  private mutating func call(
    _ function: String, _ question: Question, ending: [PythonArgument]
  ) -> PythonExpression {
    let id = taskIDs.unique("checks." + question.name).dropping("checks.")
    let asked = [.plain(question.function)] + question.arguments
    return .call(
      function,
      [PythonArgument(nil, .text(id))] + asked.map { PythonArgument(nil, $0) }
        + [PythonArgument("answer", .plain(question.isSome ? "True" : "False"))] + ending
        + [PythonArgument("source", .text(Self.source(question.origin)))])
  }

  /// A fact by its number: what S3 is asked, what it was asked already, or a comparison.
  private mutating func question(_ number: Int) -> Question {
    if let comparison = deployment.comparison(number) {
      helpers.compares = true
      return Question(
        name: "same_\(texts.slug(of: [comparison.left, comparison.right]))", function: "is_same",
        arguments: [text(comparison.left), text(comparison.right)],
        isSome: comparison.areEqual, origin: comparison.origin)
    }
    let fact = plan.facts[number]
    var question = asked(fact)
    if deployment.textAnswers.contains(number) {
      // It is asked once only: S3 might answer otherwise the next time.
      helpers.checksFound = true
      question.function = "is_found"
      question.arguments = [.text(texts.answer(number))]
    }
    return question
  }

  private mutating func asked(_ fact: Plan.Fact) -> Question {
    helpers.questions.insert(fact.question.kind)
    let (function, arguments): (String, [PythonExpression])
    switch fact.question {
    case .isEmpty(let location): (function, arguments) = ("is_empty", [text(location)])
    case .hasMatch(let location, let pattern):
      (function, arguments) = ("has_match", [text(location), self.pattern(pattern, of: fact)])
    case .last(let location, let pattern):
      (function, arguments) = ("last_match", [text(location), self.pattern(pattern, of: fact)])
    case .lastFolder(let location, let pattern):
      (function, arguments) = ("last_folder", [text(location), self.pattern(pattern, of: fact)])
    case .tooDeep(let location, let folders, let pattern):
      let more = pattern.map { [self.pattern($0, of: fact)] } ?? []
      (function, arguments) = ("too_deep", [text(location), .plain("\(folders)")] + more)
    case .count(let location, let pattern):
      (function, arguments) = ("count_matches", [text(location), self.pattern(pattern, of: fact)])
    case .all(let location, let pattern):
      (function, arguments) = ("captures", [text(location), self.pattern(pattern, of: fact)])
    case .cluster(let name, let states):
      (function, arguments) = ("clusters_named", [text(name), .strings(states)])
    case .clusterShape: (function, arguments) = ("", [])  // compared when the DAG is written
    }
    return Question(
      name: texts.taskName(of: fact), function: function, arguments: arguments,
      isSome: fact.isSome, origin: fact.origin)
  }

  /// A pattern as Python reads it.
  private mutating func pattern(_ pattern: String, of fact: Plan.Fact) -> PythonExpression {
    guard let translated = PythonPattern.translated(pattern) else {
      let number = plan.facts.firstIndex { $0.question == fact.question }
      let refusal = Diagnostic.targetLacks(
        .airflow, "the pattern `\(pattern)`", "Python reads it otherwise",
        hint: "write it without flags, properties and named classes of characters",
        at: number.flatMap(deployment.factSpan))
      if !diagnostics.contains(refusal) { diagnostics.append(refusal) }
      return text(pattern)
    }
    return text(translated)
  }

  /// The task that ends the run if several questions have the wrong answer.
  private mutating func alternative(
    _ ending: Deployment.Ending, _ lookUps: [Int: String]
  ) -> PythonExpression {
    func variables(_ numbers: [Int]) -> PythonExpression {
      .list(numbers.compactMap { lookUps[$0] }.map { .plain($0) })
    }
    let first = ending.facts.first.map { question($0) }
    let name = "any_" + (first?.name ?? "data")
    let id = taskIDs.unique("checks." + name).dropping("checks.")
    var arguments = [
      PythonArgument(nil, .text(id)), PythonArgument(nil, variables(ending.facts)),
    ]
    if !ending.agreeing.isEmpty {
      arguments.append(PythonArgument("or_unless", variables(ending.agreeing)))
    }
    arguments += self.ending(ending.exitStatus, ending.message)
    arguments.append(PythonArgument("source", .text(Self.source(first?.origin))))
    return .call(ending.agreeing.isEmpty ? "require_any" : "require_any_or_unless", arguments)
  }

  /// The arguments that say how a run ends; without data it is skipped, and hasn't failed.
  private mutating func ending(_ status: ExitStatus, _ message: String) -> [PythonArgument] {
    let exception = status == .noData ? "AirflowSkipException" : "AirflowFailException"
    helpers.exceptions.insert(exception)
    return [
      PythonArgument("otherwise", .plain(exception)), PythonArgument("message", text(message)),
    ]
  }

  mutating func text(_ text: String) -> PythonExpression { .text(texts.template(text)) }

  static func source(_ origin: Plan.Origin?) -> String {
    origin.map { "\($0.file):\($0.line)" } ?? "added by Penstock"
  }
}

extension Plan.Fact {
  /// Whether the plan's answer is that something was found; more of it doesn't matter.
  fileprivate var isSome: Bool {
    switch answer {
    case .null, .bool(false), .int(0), .list([]): false
    default: true
    }
  }
}
