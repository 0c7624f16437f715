import Documents
import AWSServices
import Diagnostics
import PlanFormat
import SourceText
import Values

/// The world's form in its folder.
extension SandboxWorld {
  /// Nil if the bytes aren't a world.
  init?(_ bytes: [UInt8]) {
    var diagnostics: [Diagnostic] = []
    guard
      let tree = JSONReader.read(bytes, source: SourceID(index: 0), into: &diagnostics),
      let root = tree.root
    else { return nil }
    let value = Value(tree, root)
    guard let now = value["now"].integer else { return nil }
    self.init(now: now)
    lastNumber = value["lastNumber"].integer ?? 0
    clusters = value["clusters"].items.compactMap { Cluster($0) }
    notices = value["notices"].items.map {
      Notice(target: $0["target"].text ?? "", body: $0["body"])
    }
  }

  var bytes: [UInt8] {
    var writer = CanonicalJSONWriter(pretty: true)
    writer.value(
      .object([
        "now": .int(now), "lastNumber": .int(lastNumber),
        "clusters": .list(clusters.map(\.value)),
        "notices": notices.isEmpty
          ? .null
          : .list(
            notices.map { .object(["target": .string($0.target), "body": $0.body]) }),
      ]), revealingSecrets: false)
    writer.newline()
    return writer.bytes
  }
}

extension SandboxWorld.Cluster {
  init?(_ value: Value) {
    guard let id = value["id"].text, let name = value["name"].text,
      let created = value["created"].integer,
      let state = value["state"].text.flatMap(ClusterState.init(rawValue:))
    else { return nil }
    self.init(
      id: id, name: name, created: created, staysAlive: value["staysAlive"].isTrue,
      bootstrapActions: Int(clamping: value["bootstrapActions"].integer ?? 0))
    self.state = state
    reason = StateChangeReason(value["reason"])
    tags = value["tags"].items.map {
      Tag(key: $0["Key"].text ?? "", value: $0["Value"].text ?? "")
    }
    ready = value["ready"].integer
    ended = value["ended"].integer
    due = value["due"].integer
    isProtected = value["isProtected"].isTrue
    idleTimeout = value["idleTimeout"].integer
    stepConcurrency = Int(clamping: value["stepConcurrency"].integer ?? 1)
    logURI = value["logURI"].text
    isFailed = value["isFailed"].isTrue
    request = value["request"]
    steps = value["steps"].items.compactMap { SandboxWorld.Step($0) }
  }

  var value: Value {
    .object([
      "id": .string(id), "name": .string(name), "state": .string(state.rawValue),
      "reason": reason.value,
      "tags": .list(
        tags.map { tag in .object(["Key": .string(tag.key), "Value": .string(tag.value)]) }),
      "created": .int(created), "ready": .int(ifAny: ready), "ended": .int(ifAny: ended),
      "due": .int(ifAny: due),
      "staysAlive": .bool(staysAlive), "isProtected": .bool(isProtected),
      "idleTimeout": .int(ifAny: idleTimeout),
      "stepConcurrency": .int(Int64(stepConcurrency)), "logURI": .string(ifAny: logURI),
      "bootstrapActions": .int(Int64(bootstrapActions)), "isFailed": .bool(isFailed),
      "request": request,
      "steps": .list(steps.map(\.value)),
    ])
  }
}

extension SandboxWorld.Step {
  init?(_ value: Value) {
    guard let id = value["id"].text, let name = value["name"].text,
      let created = value["created"].integer,
      let state = value["state"].text.flatMap(StepState.init(rawValue:))
    else { return nil }
    self.init(
      id: id, name: name, actionOnFailure: value["actionOnFailure"].text ?? "",
      jar: value["jar"].text ?? "", arguments: value["arguments"].texts,
      effect: StepEffects.Effect(value), created: created)
    self.state = state
    mainClass = value["mainClass"].text
    properties = value["properties"]
    reason = StateChangeReason(value["reason"])
    if let reason = value["failure"]["reason"].text {
      failure = StepDescription.Failure(
        reason: reason, message: value["failure"]["message"].text ?? "",
        logFile: value["failure"]["logFile"].text ?? "")
    }
    started = value["started"].integer
    ended = value["ended"].integer
    due = value["due"].integer
    inputs = value["inputs"].items.map(\.texts)
    problem = value["problem"].text
  }

  var value: Value {
    .object([
      "id": .string(id), "name": .string(name), "actionOnFailure": .string(actionOnFailure),
      "jar": .string(jar), "arguments": .strings(arguments),
      "mainClass": .string(ifAny: mainClass), "properties": properties,
      "accesses": .list(effect.accesses.map(\.value)),
      "needsFreshOutput": .bool(effect.needsFreshOutput),
      "readDepth": .int(ifAny: effect.readDepth),
      "outputs": .list(
        effect.outputs.map { output in
          .object(["location": .string(output.location), "text": .string(output.text)])
        }),
      "names": .list(
        effect.names.map { names in
          .object(["place": .string(names.place), "patterns": .strings(names.patterns)])
        }),
      "state": .string(state.rawValue), "reason": reason.value,
      "failure": failure?.value ?? .null,
      "created": .int(created), "started": .int(ifAny: started), "ended": .int(ifAny: ended),
      "due": .int(ifAny: due), "inputs": .list(inputs.map { .strings($0) }),
      "problem": .string(ifAny: problem),
    ])
  }
}

extension StepEffects.Effect {
  fileprivate init(_ value: Value) {
    self.init(
      accesses: value["accesses"].items.compactMap { item in
        guard let mode = item["mode"].text.flatMap(Plan.Access.Mode.init(rawValue:)) else {
          return nil
        }
        return Plan.Access(
          mode: mode, place: item["place"].text ?? "", dataset: item["dataset"].text ?? "")
      }, needsFreshOutput: value["needsFreshOutput"].isTrue,
      readDepth: value["readDepth"].integer,
      outputs: value["outputs"].items.map { output in
        StepEffects.Output(
          location: output["location"].text ?? "", text: output["text"].text ?? "")
      },
      names: value["names"].items.map { names in
        StepEffects.Names(place: names["place"].text ?? "", patterns: names["patterns"].texts)
      })
  }
}

extension StateChangeReason {
  fileprivate init(_ value: Value) {
    self.init(code: value["code"].text ?? "", message: value["message"].text ?? "")
  }

  fileprivate var value: Value {
    .object(["code": .string(code), "message": .string(message)])
  }
}

extension StepDescription.Failure {
  fileprivate var value: Value {
    .object([
      "reason": .string(reason), "message": .string(message), "logFile": .string(logFile),
    ])
  }
}

extension Plan.Access {
  fileprivate var value: Value {
    .object([
      "mode": .string(mode.rawValue), "place": .string(place), "dataset": .string(dataset),
    ])
  }
}
