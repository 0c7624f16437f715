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
    for fact in deployment.requirements where seen.insert(fact).inserted {
      blocks += lookUp(fact)
      if let decision = decision(fact) { blocks.append(decision) }
    }
    for fact in deployment.conditions.joined().sorted() where seen.insert(fact).inserted {
      blocks += lookUp(fact)
    }
    return blocks
  }

  private mutating func lookUp(_ number: Int) -> [Block] {
    guard plan.facts.indices.contains(number) else { return [] }
    let fact = plan.facts[number]
    guard let question = ListingQuestion(fact) else {
      diagnostics.append(.factRefused(refusal(fact.question), at: deployment.factSpan(number)))
      return []
    }
    let title = names.name("Look into \(shown(question.location)) (\(number))")
    let page = names.name("List \(shown(question.location)) (\(number))")
    let more = names.name("Look further? (\(number))")
    let many = names.name("Too many objects (\(number))")
    let comment = comment(fact.origin)
    return [
      Block(start: title) { writer, next in
        var states = MachineStates()
        let prefix = writer.deployment.template(question.prefix)
        let first = question.prefix.isEmpty ? " " : question.prefix
        var state = ValueMap(["Type": .string("Pass")])
        state["Comment"] = comment
        state["Assign"] = object([
          "after": writer.text(first), "pages": .int(0),
        ])
        state.link(to: page)
        states.add(title, state, events: Events.plain)
        var arguments = ValueMap(["Bucket": writer.text(question.bucket)])
        if !question.prefix.isEmpty { arguments["Prefix"] = .string(JSONata.field(prefix)) }
        arguments["MaxKeys"] = .int(Self.pageKeys)
        arguments["StartAfter"] = .string(JSONata.braced("$after"))
        let found = question.condition(
          prefix: question.prefix.isEmpty ? nil : JSONata.expression(prefix))
        let keys = "$states.result.Contents.Key"
        let isFound = "$count($filter(\(keys), function($key) { \(found) })) > 0"
        state = ValueMap([
          "Type": .string("Task"), "Resource": writer.resource("aws-sdk:s3:listObjectsV2"),
          "Arguments": .map(arguments), "Retry": writer.readingRetry,
          "Assign": object([
            "found": .string(JSONata.braced(isFound)),
            "fact\(number)": .string(
              JSONata.braced(question.isFoundInPlan ? isFound : "$not(\(isFound))")),
            "more": .string(JSONata.braced("$states.result.IsTruncated = true")),
            "after": .string(
              JSONata.braced(
                "$states.result.IsTruncated = true ? $states.result.Contents[-1].Key : ''")),
            "pages": .string(JSONata.braced("$pages + 1")),
          ]),
          "Output": .string(JSONata.braced("$states.input")),
        ])
        state.link(to: more)
        states.add(page, state, events: Events.task(tries: 6) * Self.maximumPages)
        states.add(
          more,
          ValueMap([
            "Type": .string("Choice"),
            "Choices": .list([
              object([
                "Condition": .string(
                  JSONata.braced("$more and $not($found) and $pages < \(Self.maximumPages)")),
                "Next": .string(page),
              ]),
              object([
                "Condition": .string(JSONata.braced("$more and $not($found)")),
                "Next": .string(many),
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
    ]
  }

  /// Ends the run if a fact differs from the plan.
  private mutating func decision(_ number: Int) -> Block? {
    guard plan.facts.indices.contains(number) else { return nil }
    let fact = plan.facts[number]
    let ask = names.name("Go on? (\(number))")
    let isNoData = fact.exitStatus == .noData
    let stop = names.name("\(isNoData ? "No data" : "Stopped"): \(shown(fact.message))")
    return Block(start: ask) { writer, next in
      var states = MachineStates()
      states.add(
        ask,
        .choice(if: "$fact\(number)", then: next ?? stop, otherwise: stop), events: Events.plain)
      if isNoData {
        states.add(
          stop,
          ValueMap([
            "Type": .string("Succeed"),
            "Output": object([
              "outcome": .string("no data"), "message": writer.text(fact.message),
            ]),
          ]), events: Events.plain)
      } else {
        let error = fact.exitStatus == .notEmpty ? "Penstock.NotEmpty" : "Penstock.Refused"
        states.add(
          stop,
          ValueMap([
            "Type": .string("Fail"), "Error": .string(error), "Cause": writer.text(fact.message),
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
    case .last(let location, _), .lastFolder(let location, _):
      "which key below `\(location)` is the last"
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
