import Diagnostics
import PlanFormat
import Targets
import Values

/// Look-ups in S3, and what they decide.
extension MachineWriter {
  /// Keys per page: a key has at most 1 KB, and a state's result at most 256 KB.
  private static var pageKeys: Int64 { 200 }
  /// The run fails if so many pages don't settle a question.
  private static var maximumPages: Int { 50 }

  /// First the questions that may end the run, then those on which steps depend.
  mutating func lookUps() -> [Block] {
    var blocks: [Block] = []
    var seen: Set<Int> = []
    for ending in deployment.endings {
      for fact in ending.facts + ending.agreeing { blocks += lookUp(fact, &seen) }
      if let decision = decision(ending) { blocks.append(decision) }
    }
    let names = deployment.textAnswers
    for fact in (deployment.conditions.joined() + names).sorted() { blocks += lookUp(fact, &seen) }
    return blocks
  }

  /// Looks up a fact that isn't looked up yet, after the names that the question has.
  private mutating func lookUp(_ number: Int, _ seen: inout Set<Int>) -> [Block] {
    guard seen.insert(number).inserted else { return [] }
    if let comparison = deployment.comparison(number) {
      var blocks: [Block] = []
      for name in deployment.names(in: [comparison.left, comparison.right]) {
        blocks += lookUp(name, &seen)
      }
      return blocks + [compare(comparison, number)]
    }
    guard plan.facts.indices.contains(number) else { return [] }
    let fact = plan.facts[number]
    guard let question = ListingQuestion(fact) else {
      diagnostics.append(.factRefused(refusal(fact.question), at: deployment.factSpan(number)))
      return []
    }
    var blocks: [Block] = []
    for name in deployment.names(in: [question.location]) { blocks += lookUp(name, &seen) }
    return blocks + [look(question, fact, number)]
  }

  /// Compares two texts of the run.
  private mutating func compare(_ comparison: Deployment.Comparison, _ number: Int) -> Block {
    let title = names.name("Compare names (\(number))")
    let comment = comment(comparison.origin)
    return Block(start: title) { writer, next in
      let sides = [comparison.left, comparison.right].map {
        "(\(JSONata.expression(writer.deployment.template($0))))"
      }
      let sign = comparison.areEqual ? " = " : " != "
      var state = ValueMap(["Type": .string("Pass")])
      state["Comment"] = comment
      state["Assign"] = object([
        "fact\(number)": .string(JSONata.braced(sides.joined(separator: sign)))
      ])
      state.link(to: next)
      var states = MachineStates()
      states.add(title, state, events: Events.plain)
      return states
    }
  }

  private mutating func look(
    _ question: ListingQuestion, _ fact: Plan.Fact, _ number: Int
  ) -> Block {
    let title = names.name("Look into \(shown(question.location)) (\(number))")
    let page = names.name("List \(shown(question.location)) (\(number))")
    let more = names.name("Look further? (\(number))")
    let many = names.name("Too many objects (\(number))")
    let comment = comment(fact.origin)
    return Block(start: title) { writer, next in
      var states = MachineStates()
      // A key that is the prefix itself may be looked for.
      let first = question.prefix.hasSuffix("/") ? question.prefix : " "
      var state = ValueMap(["Type": .string("Pass")])
      state["Comment"] = comment
      var assigned = ValueMap(["after": writer.text(first), "pages": .int(0)])
      if question.findsLast { assigned["answer\(number)"] = .string("") }
      state["Assign"] = .map(assigned)
      state.link(to: page)
      states.add(title, state, events: Events.plain)
      state = writer.listing(question, number)
      state.link(to: more)
      states.add(page, state, events: Events.task(tries: 6) * Self.maximumPages)
      let goesOn = question.findsLast ? "$more" : "$more and $not($found)"
      states.add(
        more,
        ValueMap([
          "Type": .string("Choice"),
          "Choices": .list([
            object([
              "Condition": .string(
                JSONata.braced("\(goesOn) and $pages < \(Self.maximumPages)")),
              "Next": .string(page),
            ]),
            object([
              "Condition": .string(JSONata.braced(goesOn)), "Next": .string(many),
            ]),
          ]),
          "Default": .string(next ?? many),
        ]), events: Events.plain * Self.maximumPages)
      states.add(
        many,
        ValueMap([
          "Type": .string("Fail"), "Error": .string("Penstock.TooManyObjects"),
          "Cause": writer.text(
            "none of the first \(Self.pageKeys * Int64(Self.maximumPages)) objects below "
              + "\(question.location) settles the question"),
        ]), events: Events.plain)
      return states
    }
  }

  /// The state that lists a page of keys.
  private func listing(_ question: ListingQuestion, _ number: Int) -> ValueMap {
    let template = deployment.template(question.prefix)
    let prefix = question.prefix.isEmpty ? nil : JSONata.expression(template)
    var arguments = ValueMap(["Bucket": text(question.bucket)])
    if !question.prefix.isEmpty { arguments["Prefix"] = .string(JSONata.field(template)) }
    arguments["MaxKeys"] = .int(Self.pageKeys)
    arguments["StartAfter"] = .string(JSONata.braced("$after"))
    let matching =
      "$filter($states.result.Contents.Key, function($key) { "
      + "\(question.condition(prefix: prefix)) })"
    let isFound = "$count(\(matching)) > 0"
    let answer = "$answer\(number)"
    let holds = question.findsLast ? "(\(isFound) or \(answer) != '')" : isFound
    var assigned = ValueMap([
      "found": .string(JSONata.braced(isFound)),
      "fact\(number)": .string(
        JSONata.braced(question.isFoundInPlan ? holds : "$not(\(holds))")),
      "more": .string(JSONata.braced("$states.result.IsTruncated = true")),
      "after": .string(
        JSONata.braced(
          "$states.result.IsTruncated = true ? $states.result.Contents[-1].Key : ''")),
      "pages": .string(JSONata.braced("$pages + 1")),
    ])
    if question.findsLast {
      let last =
        "$map(\(matching), function($key) { \(question.capture(prefix: prefix)) })[-1]"
      assigned["answer\(number)"] = .string(
        JSONata.braced("($last := \(last); $exists($last) ? $last : \(answer))"))
    }
    return ValueMap([
      "Type": .string("Task"), "Resource": resource("aws-sdk:s3:listObjectsV2"),
      "Arguments": .map(arguments), "Retry": readingRetry, "Assign": .map(assigned),
      "Output": .string(JSONata.braced("$states.input")),
    ])
  }

  /// Ends the run if all facts of an ending differ from the plan, and those agree that have to.
  private mutating func decision(_ ending: Deployment.Ending) -> Block? {
    guard let first = ending.facts.first else { return nil }
    let ask = names.name("Go on? (\(first))")
    let isNoData = ending.exitStatus == .noData
    let stop = names.name("\(isNoData ? "No data" : "Stopped"): \(shown(ending.message))")
    let reasons = ending.facts.map { "$fact\($0)" } + ending.agreeing.map { "$not($fact\($0))" }
    let condition = reasons.joined(separator: " or ")
    return Block(start: ask) { writer, next in
      var states = MachineStates()
      states.add(
        ask,
        .choice(if: condition, then: next ?? stop, otherwise: stop), events: Events.plain)
      if isNoData {
        states.add(
          stop,
          ValueMap([
            "Type": .string("Succeed"),
            "Output": object([
              "outcome": .string("no data"), "message": writer.text(ending.message),
            ]),
          ]), events: Events.plain)
      } else {
        let error = ending.exitStatus == .notEmpty ? "Penstock.NotEmpty" : "Penstock.Refused"
        states.add(
          stop,
          ValueMap([
            "Type": .string("Fail"), "Error": .string(error), "Cause": writer.text(ending.message),
          ]), events: Events.plain)
      }
      return states
    }
  }

  /// A text for people, with `…` for what differs from run to run.
  func shown(_ text: String) -> String {
    deployment.template(text).map { part in
      switch part {
      case .text(let text): text
      case .value: "…"
      }
    }.joined()
  }

  /// A question in words, for its refusal.
  private func refusal(_ question: Plan.Fact.Question) -> String {
    switch question {
    case .isEmpty(let location): "whether `\(location)` is empty"
    case .hasMatch(let location, let pattern), .tooDeep(let location, _, .some(let pattern)):
      "whether a key below `\(location)` matches `\(pattern)`"
    case .tooDeep(let location, _, nil): "how deep `\(location)` is"
    case .last(let location, let pattern), .lastFolder(let location, let pattern):
      "what the last match of `\(pattern)` below `\(location)` is: JSONata may read it otherwise"
    case .count(let location, _): "how many parts `\(location)` has"
    case .all(let location, _): "which parts `\(location)` has"
    case .cluster(let name, _): "whether a cluster named `\(name)` waits"
    case .clusterShape(let id): "whether the cluster \(id) is what the pipeline describes"
    }
  }

  /// Where something is written: `pipeline.yml:12`.
  func comment(_ origin: Plan.Origin?) -> Value? {
    origin.map { .string("\($0.file):\($0.line)") }
  }

  // MARK: Secrets

  /// Reads the secrets that the requests need.
  mutating func secretTasks() -> [Block] {
    secretNames.map { reference, name in
      let title = names.name("Read the secret \(name)")
      return Block(start: title) { writer, next in
        var states = MachineStates()
        let store = writer.settings.store(of: writer.plan.pipeline)
        let stored = Value.string(store.prefix + name)
        let text: String
        var state: ValueMap
        switch store {
        case .secretsManager:
          text = "$states.result.SecretString"
          state = ValueMap([
            "Type": .string("Task"),
            "Resource": writer.resource("aws-sdk:secretsmanager:getSecretValue"),
            "Arguments": object(["SecretId": stored]),
          ])
        case .parameterStore:
          text = "$states.result.Parameter.Value"
          state = ValueMap([
            "Type": .string("Task"), "Resource": writer.resource("aws-sdk:ssm:getParameter"),
            "Arguments": object(["Name": stored, "WithDecryption": .bool(true)]),
          ])
        }
        state["Retry"] = writer.readingRetry
        state["Assign"] = object([
          "secrets": .string(
            JSONata.braced("$merge([$secrets, {\(JSONata.quoted(reference)): \(text)}])"))
        ])
        state["Output"] = .string(JSONata.braced("$states.input"))
        state.link(to: next)
        states.add(title, state, events: Events.task(tries: 6))
        return states
      }
    }
  }

  /// The secrets in the requests, with their names in the store.
  private var secretNames: [(reference: String, name: String)] {
    deployment.secretNames(in: .list(steps + [jobFlow.map { .map($0) } ?? .null]))
  }
}

extension Deployment {
  /// The secrets in a request, in order, each with its own name in the store.
  func secretNames(in value: Value) -> [(reference: String, name: String)] {
    var found: [(reference: String, name: String)] = []
    collectSecrets(value, into: &found)
    return found
  }

  private func collectSecrets(
    _ value: Value, into found: inout [(reference: String, name: String)]
  ) {
    switch value {
    case .string(let text):
      for case .value(.secret(let reference)) in template(text)
      where !found.contains(where: { $0.reference == reference }) {
        let wish = SecretName.name(of: reference)
        var name = wish
        var number = 2
        while found.contains(where: { $0.name == name }) {
          name = "\(wish)-\(number)"
          number += 1
        }
        found.append((reference, name))
      }
    case .list(let items): for item in items { collectSecrets(item, into: &found) }
    case .map(let map): for entry in map.entries { collectSecrets(entry.value, into: &found) }
    default: break
    }
  }
}

extension MachineSettings {
  func store(of pipeline: String) -> SecretStore {
    secrets ?? .secretsManager(prefix: "penstock/\(pipeline)/")
  }
}

extension MachineSettings.SecretStore {
  var prefix: String {
    switch self {
    case .secretsManager(let prefix), .parameterStore(let prefix): prefix
    }
  }
}
