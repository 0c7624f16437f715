package import Documents
package import Diagnostics
import SourceText
import Values

/// Reads a plan from its document.
///
/// Strict: a key that is missing, unknown or of the wrong type is an error at its place, because
/// nothing in a plan may be silently ignored.
package struct PlanReader {
  let tree: Tree
  var diagnostics: [Diagnostic] = []

  /// The plan; nil and at least one error if the document isn't a plan.
  package static func read(_ tree: Tree, into diagnostics: inout [Diagnostic]) -> Plan? {
    var reader = PlanReader(tree: tree)
    defer { diagnostics += reader.diagnostics }
    guard let root = tree.root else { return nil }
    guard reader.checkVersion(root) else { return nil }
    let plan = reader.plan(root)
    return reader.diagnostics.hasErrors ? nil : plan
  }

  /// Comes first: nothing else can be checked in a newer format.
  private mutating func checkVersion(_ root: NodeID) -> Bool {
    guard tree.kind(root) == .map else {
      diagnostics.append(.planWrongType("a plan", expected: "an object", at: tree.span(root)))
      return false
    }
    guard let node = tree.value(root, "formatVersion") else {
      diagnostics.append(.planKeysMissing(["formatVersion"], of: "a plan", at: tree.span(root)))
      return false
    }
    guard tree.kind(node) == .int, let version = Int64(tree.string(node)),
      (Plan.oldestFormatVersion...Plan.formatVersion).contains(version)
    else {
      let text = tree.kind(node) == .int ? tree.string(node) : "not a number"
      diagnostics.append(.planVersion(text, at: tree.span(node)))
      return false
    }
    return true
  }

  /// An error if the document's content isn't what its digest says, as somebody has changed it.
  package static func checkDigest(_ tree: Tree, of plan: Plan) -> Diagnostic? {
    guard plan.format == Plan.formatVersion, let root = tree.root,
      let node = tree.value(root, "digest"), tree.string(node) != plan.digest
    else { return nil }
    return .planEdited(at: tree.span(node))
  }

  private mutating func plan(_ root: NodeID) -> Plan {
    let format = tree.value(root, "formatVersion").flatMap { Int64(tree.string($0)) }
    let isCurrent = format == Plan.formatVersion
    let object = PlanObject(
      tree, root, "a plan",
      [
        "formatVersion", "madeBy", "pipeline", "files", "arguments", "run", "cluster", "facts",
        "stages", "steps", "requests", "secrets", "warnings", "settings",
      ] + (isCurrent ? ["digest"] : []),
      // `order` is for readers.
      optional: [
        "params", "outputs", "done", "restores", "documents", "guards", "meanings", "order",
        "secretHashes",
      ]
        + (isCurrent ? ["account"] : []), &diagnostics)
    let run = PlanObject(
      tree, object.node("run"), "`run`",
      ["id", "time", "utcOffsetSeconds", "timeoutSeconds"],
      optional: ["emptiedFirst", "recovers", "attempt"],
      &diagnostics)
    var plan = Plan(
      madeBy: object.text("madeBy", &diagnostics),
      pipeline: object.text("pipeline", &diagnostics), runID: run.text("id", &diagnostics),
      runTime: run.time("time", &diagnostics))
    if let node = run.node("id"), tree.kind(node) == .string, !RunID.isValid(plan.runID) {
      diagnostics.append(
        .planWrongType("a run's id", expected: RunID.rule, at: tree.span(node)))
    }
    plan.format = format ?? Plan.formatVersion
    if isCurrent { _ = object.text("digest", &diagnostics) }
    plan.account = object.optionalText("account", &diagnostics)
    plan.utcOffsetSeconds = run.number("utcOffsetSeconds", in: -100_000...100_000, &diagnostics)
    plan.timeoutSeconds = run.number("timeoutSeconds", in: 0...Int64.max, &diagnostics)
    if run.node("emptiedFirst") != nil {
      plan.emptiedFirst = run.texts("emptiedFirst", &diagnostics)
    }
    plan.recovered = run.optionalText("recovers", &diagnostics)
    if run.node("attempt") != nil {
      plan.attempt = run.number("attempt", in: 1...Int64.max, &diagnostics)
    }
    plan.files = items(object, "files") { $0.file($1) }
    plan.arguments = object.texts("arguments", &diagnostics)
    if object.node("params") != nil, let node = object.map("params", &diagnostics),
      case .map(let map) = Value(tree, node)
    {
      plan.params = map
    }
    if let node = object.node("cluster") { plan.cluster = cluster(node) }
    plan.facts = items(object, "facts") { $0.fact($1) }
    plan.stages = items(object, "stages") { $0.stage($1) }
    plan.steps = items(object, "steps") { $0.step($1) }
    if object.node("outputs") != nil {
      plan.outputs = items(object, "outputs") { $0.output($1) }
    }
    if object.node("done") != nil { plan.done = items(object, "done") { $0.done($1) } }
    if object.node("restores") != nil {
      plan.restores = items(object, "restores") { $0.restore($1) }
    }
    plan.requests = items(object, "requests") { $0.request($1) }
    plan.secrets = object.texts("secrets", &diagnostics)
    if object.node("documents") != nil, let node = object.map("documents", &diagnostics),
      case .map(let map) = Value(tree, node)
    {
      plan.documents = map
    }
    readComparisons(object, &plan)
    plan.warnings = items(object, "warnings") { $0.warning($1) }
    if let node = object.map("settings", &diagnostics), case .map(let map) = Value(tree, node) {
      plan.settings = map
    }
    if !diagnostics.hasErrors { adoptRequests(&plan, object) }
    return plan
  }

  /// What is for comparisons only.
  private mutating func readComparisons(_ object: PlanObject, _ plan: inout Plan) {
    if object.node("guards") != nil { plan.guards = object.texts("guards", &diagnostics) }
    if object.node("meanings") != nil, let node = object.map("meanings", &diagnostics),
      case .map(let map) = Value(tree, node)
    {
      plan.meanings = map
    }
    guard let node = object.node("secretHashes") else { return }
    let hashes = PlanObject(tree, node, "`secretHashes`", ["key", "hashes"], &diagnostics)
    var known: [String: String] = [:]
    if let map = hashes.map("hashes", &diagnostics) {
      for entry in tree.entries(map) { known[tree.string(entry.key)] = tree.string(entry.value) }
    }
    plan.secretHashes = Plan.SecretHashes(key: hashes.text("key", &diagnostics), hashes: known)
  }

  mutating func items<Item>(
    _ object: PlanObject, _ key: String, _ read: (inout PlanReader, NodeID) -> Item
  ) -> [Item] {
    guard let list = object.list(key, &diagnostics) else { return [] }
    return tree.items(list).map { read(&self, $0) }
  }

  // MARK: Steps

  /// Checks that the steps' names match the requests', and takes `ActionOnFailure` from there.
  private mutating func adoptRequests(_ plan: inout Plan, _ object: PlanObject) {
    var at = 0
    for request in plan.requests {
      guard case .map(let body) = request.body, case .list(let steps)? = body["Steps"] else {
        continue
      }
      for step in steps {
        guard case .map(let entries) = step, case .string(let name)? = entries["Name"],
          case .string(let action)? = entries["ActionOnFailure"]
        else {
          return refuse("a step of a request is missing `Name` or `ActionOnFailure`", object)
        }
        guard plan.steps.indices.contains(at) else {
          return refuse("the requests have more steps than `steps`", object)
        }
        guard plan.steps[at].name == name else {
          return refuse(
            "step \(at) is named `\(plan.steps[at].name)`, but its request "
              + "has `\(name)`", object)
        }
        plan.steps[at].actionOnFailure = action
        at += 1
      }
    }
    if at < plan.steps.count { refuse("`steps` has more steps than the requests", object) }
  }

  private mutating func refuse(_ message: String, _ object: PlanObject) {
    let node = object.node("steps")
    diagnostics.append(.planStepsDiffer(message, at: node.map { tree.span($0) } ?? object.span))
  }

  private mutating func step(_ node: NodeID) -> Plan.Step {
    let object = PlanObject(
      tree, node, "a step", ["name", "maximumTries", "timeoutSeconds", "accesses"],
      optional: [
        "stage", "purpose", "freshOutput", "readDepth", "once", "takes", "noData", "after", "order",
        "kind", "mayBeRepeated",
        "retries", "origin",
      ],
      &diagnostics)
    var step = Plan.Step(
      name: object.text("name", &diagnostics),
      stage: object.optionalText("stage", &diagnostics) ?? "",
      actionOnFailure: "", maximumTries: object.number("maximumTries", in: 1...1000, &diagnostics),
      timeoutSeconds: object.number("timeoutSeconds", in: 0...Int64.max, &diagnostics),
      accesses: items(object, "accesses") { $0.access($1) }, origin: origin(object))
    if object.node("purpose") != nil {
      step.purpose = choice(object, "purpose", Plan.Step.Purpose.allCases, or: .work)
    }
    step.needsFreshOutput = object.flag("freshOutput", &diagnostics)
    if object.node("readDepth") != nil {
      step.readDepth = object.number("readDepth", in: 0...Int64.max, &diagnostics)
    }
    step.isOnce = object.flag("once", &diagnostics)
    if object.node("takes") != nil { step.takes = object.texts("takes", &diagnostics) }
    step.noData = object.node("noData").map { condition($0) }
    if object.node("after") != nil { step.after = object.texts("after", &diagnostics) }
    if object.node("order") != nil {
      step.predecessors = items(object, "order") { $0.predecessor($1) }
    }
    step.kind = object.optionalText("kind", &diagnostics) ?? ""
    if object.node("mayBeRepeated") != nil {
      step.mayBeRepeated = object.bool("mayBeRepeated", &diagnostics)
    }
    if let node = object.node("retries") {
      let retries = PlanObject(
        tree, node, "`retries`", ["waits"], optional: ["empties"], &diagnostics)
      step.retryWaits = retries.numbers("waits", in: 1...1_000_000, &diagnostics)
      if retries.node("empties") != nil {
        step.emptiedBeforeRetry = retries.texts("empties", &diagnostics)
      }
    }
    return step
  }

  private mutating func predecessor(_ node: NodeID) -> Plan.Predecessor {
    let object = PlanObject(
      tree, node, "a predecessor", ["step", "because"], optional: ["place", "first", "then"],
      &diagnostics)
    let step = object.text("step", &diagnostics)
    switch choice(object, "because", PredecessorKind.allCases, or: .after) {
    case .after: return Plan.Predecessor(step: step, reason: .after)
    case .cluster: return Plan.Predecessor(step: step, reason: .cluster)
    case .data:
      return Plan.Predecessor(
        step: step,
        reason: .data(
          place: object.text("place", &diagnostics),
          earlier: choice(object, "first", Plan.Access.Mode.allCases, or: .write),
          later: choice(object, "then", Plan.Access.Mode.allCases, or: .read)))
    }
  }

  private mutating func access(_ node: NodeID) -> Plan.Access {
    let object = PlanObject(
      tree, node, "an access", ["mode", "place"], optional: ["dataset", "own", "part"],
      &diagnostics)
    return Plan.Access(
      mode: choice(object, "mode", Plan.Access.Mode.allCases, or: .read),
      place: object.text("place", &diagnostics),
      dataset: object.optionalText("dataset", &diagnostics) ?? "",
      isOwn: object.flag("own", &diagnostics), part: object.node("part").map { part($0) })
  }

  private mutating func part(_ node: NodeID) -> Plan.Access.Part {
    let object = PlanObject(tree, node, "a part", ["kind", "name"], &diagnostics)
    return Plan.Access.Part(
      kind: object.text("kind", &diagnostics), name: object.text("name", &diagnostics))
  }

  private mutating func done(_ node: NodeID) -> Plan.DoneStep {
    let object = PlanObject(tree, node, "a done step", ["name", "accesses"], &diagnostics)
    return Plan.DoneStep(
      name: object.text("name", &diagnostics),
      accesses: items(object, "accesses") { $0.access($1) })
  }

  private mutating func restore(_ node: NodeID) -> Plan.Restore {
    let object = PlanObject(
      tree, node, "restorable data", ["dataset", "places", "sources"], &diagnostics)
    return Plan.Restore(
      dataset: object.text("dataset", &diagnostics), places: object.texts("places", &diagnostics),
      sources: object.texts("sources", &diagnostics))
  }

  private mutating func request(_ node: NodeID) -> Plan.Request {
    let object = PlanObject(tree, node, "a request", ["operation", "body"], &diagnostics)
    let operation = object.text("operation", &diagnostics)
    let known = ["RunJobFlow", "AddJobFlowSteps", "StartJobRun"]
    if !known.contains(operation), let node = object.node("operation") {
      diagnostics.append(
        .planWrongValue("operation", operation, among: known, at: tree.span(node)))
    }
    let body = object.map("body", &diagnostics).map { Value(tree, $0) }
    return Plan.Request(operation: operation, body: body ?? .null)
  }

  // MARK: The rest

  private mutating func file(_ node: NodeID) -> Plan.File {
    let object = PlanObject(tree, node, "a file", ["role", "path", "digest"], &diagnostics)
    return Plan.File(
      role: object.text("role", &diagnostics), path: object.text("path", &diagnostics),
      digest: object.text("digest", &diagnostics))
  }

  private mutating func cluster(_ node: NodeID) -> Plan.Cluster {
    let object = PlanObject(
      tree, node, "`cluster`",
      ["name", "region", "release", "persistent", "lifetimeMinutes", "bootstrapTries"],
      optional: [
        "keptForRetries", "keptForMore", "fed", "reuses", "shared", "jobs", "differences",
        "protected", "logUri",
      ], &diagnostics)
    var cluster = Plan.Cluster(
      name: object.text("name", &diagnostics), region: object.text("region", &diagnostics),
      release: object.text("release", &diagnostics),
      isPersistent: object.bool("persistent", &diagnostics))
    cluster.isKeptForRetries = object.flag("keptForRetries", &diagnostics)
    cluster.isKeptForMore = object.flag("keptForMore", &diagnostics)
    cluster.isFed = object.flag("fed", &diagnostics)
    cluster.reusedID = object.optionalText("reuses", &diagnostics)
    cluster.isShared = object.flag("shared", &diagnostics)
    cluster.jobs = jobs(object)
    if object.node("differences") != nil {
      cluster.differences = object.texts("differences", &diagnostics)
    }
    cluster.isProtected = object.flag("protected", &diagnostics)
    cluster.lifetimeMinutes = object.number("lifetimeMinutes", in: 0...Int64.max, &diagnostics)
    cluster.bootstrapTries = object.number("bootstrapTries", in: 1...1000, &diagnostics)
    cluster.logURI = object.optionalText("logUri", &diagnostics)
    return cluster
  }

  private mutating func jobs(_ object: PlanObject) -> JobService? {
    guard let text = object.optionalText("jobs", &diagnostics) else { return nil }
    let service = JobService(rawValue: text)
    if service == nil, let node = object.node("jobs") {
      diagnostics.append(
        .planWrongValue(
          "jobs", text, among: JobService.allCases.map(\.rawValue), at: tree.span(node)))
    }
    return service
  }

  private mutating func fact(_ node: NodeID) -> Plan.Fact {
    let object = PlanObject(
      tree, node, "a fact", ["question", "answer", "assumed", "exitStatus", "message"],
      optional: ["inherited", "origin"], &diagnostics)
    let question = object.node("question").map { self.question($0) }
    var fact = Plan.Fact(
      question: question ?? .isEmpty(location: ""),
      answer: object.node("answer").map { Value(tree, $0) } ?? .null,
      isAssumed: object.bool("assumed", &diagnostics),
      exitStatus: ExitStatus(
        written: object.number("exitStatus", in: ExitStatus.askable, &diagnostics)),
      message: object.text("message", &diagnostics), origin: origin(object))
    fact.isInherited = object.flag("inherited", &diagnostics)
    return fact
  }

  private mutating func question(_ node: NodeID) -> FactQuestion {
    let kindNode = tree.kind(node) == .map ? tree.value(node, "kind") : nil
    let text = kindNode.map { tree.string($0) } ?? ""
    let kind = FactQuestion.Kind(rawValue: text)
    let keys: [String] =
      switch kind {
      case .isEmpty: ["kind", "location"]
      case .hasMatch, .last, .lastFolder, .count, .all: ["kind", "location", "pattern"]
      case .tooDeep: ["kind", "location", "folders"]
      case .cluster: ["kind", "name", "states"]
      case .clusterShape: ["kind", "id"]
      case nil: ["kind"]
      }
    let object = PlanObject(
      tree, node, "a question", keys, optional: kind == .tooDeep ? ["pattern"] : [], &diagnostics)
    guard let kind else {
      if let kindNode {
        diagnostics.append(
          .planWrongValue(
            "kind of question", text, among: FactQuestion.Kind.allCases.map(\.rawValue),
            at: tree.span(kindNode)))
      }
      return .isEmpty(location: "")
    }
    if kind == .clusterShape { return .clusterShape(id: object.text("id", &diagnostics)) }
    if kind == .cluster {
      return .cluster(
        name: object.text("name", &diagnostics), states: object.texts("states", &diagnostics))
    }
    let location = object.text("location", &diagnostics)
    switch kind {
    case .isEmpty, .cluster, .clusterShape: return .isEmpty(location: location)
    case .hasMatch:
      return .hasMatch(location: location, pattern: object.text("pattern", &diagnostics))
    case .last: return .last(location: location, pattern: object.text("pattern", &diagnostics))
    case .lastFolder:
      return .lastFolder(location: location, pattern: object.text("pattern", &diagnostics))
    case .tooDeep:
      return .tooDeep(
        location: location, folders: object.number("folders", in: 0...Int64.max, &diagnostics),
        pattern: object.optionalText("pattern", &diagnostics))
    case .count: return .count(location: location, pattern: object.text("pattern", &diagnostics))
    case .all: return .all(location: location, pattern: object.text("pattern", &diagnostics))
    }
  }

  private mutating func stage(_ node: NodeID) -> Plan.Stage {
    let object = PlanObject(
      tree, node, "a stage", ["name", "status", "reason"], optional: ["condition", "origin"],
      &diagnostics)
    var stage = Plan.Stage(
      name: object.text("name", &diagnostics), status: object.text("status", &diagnostics),
      reason: object.text("reason", &diagnostics), origin: origin(object))
    stage.condition = object.node("condition").map { condition($0) }
    return stage
  }

  private mutating func warning(_ node: NodeID) -> Plan.Warning {
    let object = PlanObject(
      tree, node, "a warning", ["code", "message"], optional: ["origin"], &diagnostics)
    return Plan.Warning(
      code: object.text("code", &diagnostics), message: object.text("message", &diagnostics),
      origin: origin(object))
  }

  mutating func origin(_ parent: PlanObject) -> Plan.Origin? {
    guard let node = parent.node("origin") else { return nil }
    let object = PlanObject(
      tree, node, "an origin", ["file", "line", "column", "excerpt"], &diagnostics)
    return Plan.Origin(
      file: object.text("file", &diagnostics),
      line: object.number("line", in: 1...Int64.max, &diagnostics),
      column: object.number("column", in: 1...Int64.max, &diagnostics),
      excerpt: object.text("excerpt", &diagnostics))
  }

  mutating func choice<Choice: RawRepresentable<String>>(
    _ object: PlanObject, _ key: String, _ choices: [Choice], or fallback: Choice
  ) -> Choice {
    let text = object.text(key, &diagnostics)
    if let choice = Choice(rawValue: text) { return choice }
    if let node = object.node(key), tree.kind(node) == .string {
      diagnostics.append(
        .planWrongValue(key, text, among: choices.map(\.rawValue), at: tree.span(node)))
    }
    return fallback
  }
}

/// The reasons of an order by their names in a plan's file.
private enum PredecessorKind: String, CaseIterable { case data, after, cluster }
