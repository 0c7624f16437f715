import Documents
import Diagnostics
import Values

/// Writes a plan as canonical JSON: equal plans give equal bytes.
///
/// What the cluster is asked to do is written once, in the requests' bodies; `steps` adds, for the
/// same steps in the same order, what a request doesn't say. Absent values are left out.
package struct PlanWriter {
  var writer: CanonicalJSONWriter
  private let sink: (borrowing [UInt8]) -> Void
  private static let pieceSize = 1 << 16

  /// The whole plan at once.
  package static func bytes(_ plan: Plan, pretty: Bool = true) -> [UInt8] {
    var bytes: [UInt8] = []
    write(plan, pretty: pretty) { bytes.append(contentsOf: copy $0) }
    return bytes
  }

  /// In pieces, so that a long plan takes no more memory.
  package static func write(
    _ plan: Plan, pretty: Bool, to sink: @escaping (borrowing [UInt8]) -> Void
  ) {
    var writer = PlanWriter(writer: CanonicalJSONWriter(pretty: pretty), sink: sink)
    writer.write(plan, digest: plan.format < Plan.formatVersion ? nil : plan.digest)
    writer.writer.newline()
    sink(writer.writer.take())
  }

  /// The plan on one line, without its digest.
  static func content(_ plan: Plan) -> [UInt8] {
    var bytes: [UInt8] = []
    var writer = PlanWriter(writer: CanonicalJSONWriter(pretty: false)) {
      bytes.append(contentsOf: copy $0)
    }
    writer.write(plan, digest: nil)
    return bytes + writer.writer.take()
  }

  private mutating func write(_ plan: Plan, digest: String?) {
    writer.beginObject()
    member("formatVersion", plan.format)
    if let digest { member("digest", digest) }
    member("madeBy", plan.madeBy)
    member("pipeline", plan.pipeline)
    list("files", plan.files) { $0.write($1) }
    strings("arguments", plan.arguments)
    if !plan.params.isEmpty { member("params", .map(plan.params)) }
    writer.key("run")
    writer.beginObject()
    member("id", plan.runID)
    member("time", plan.runTime.description)
    member("utcOffsetSeconds", plan.utcOffsetSeconds)
    member("timeoutSeconds", plan.timeoutSeconds)
    if !plan.emptiedFirst.isEmpty { strings("emptiedFirst", plan.emptiedFirst) }
    if let recovered = plan.recovered { member("recovers", recovered) }
    if plan.attempt > 1 { member("attempt", plan.attempt) }
    writer.endObject()
    if let account = plan.account { member("account", account) }
    writer.key("cluster")
    write(plan.cluster)
    list("facts", plan.facts) { $0.write($1) }
    list("stages", plan.stages) { $0.write($1) }
    list("steps", plan.steps) { $0.write($1) }
    writeOrder(of: plan)
    if !plan.outputs.isEmpty { list("outputs", plan.outputs) { $0.write($1) } }
    if !plan.done.isEmpty { list("done", plan.done) { $0.write($1) } }
    if !plan.restores.isEmpty { list("restores", plan.restores) { $0.write($1) } }
    list("requests", plan.requests) { $0.write($1) }
    strings("secrets", plan.secrets)
    if plan.documents.count > 0 { member("documents", .map(plan.documents)) }
    if let hashes = plan.secretHashes { write(hashes) }
    if let guards = plan.guards { strings("guards", guards) }
    if plan.meanings.count > 0 { member("meanings", .map(plan.meanings)) }
    list("warnings", plan.warnings) { $0.write($1) }
    member("settings", .map(plan.settings))
    writer.endObject()
  }

  // MARK: Parts

  private mutating func write(_ file: Plan.File) {
    writer.beginObject()
    member("role", file.role)
    member("path", file.path)
    member("digest", file.digest)
    writer.endObject()
  }

  private mutating func write(_ cluster: Plan.Cluster) {
    writer.beginObject()
    member("name", cluster.name)
    member("region", cluster.region)
    member("release", cluster.release)
    member("persistent", cluster.isPersistent)
    if cluster.isKeptForRetries { member("keptForRetries", true) }
    if cluster.isKeptForMore { member("keptForMore", true) }
    if cluster.isFed { member("fed", true) }
    if let id = cluster.reusedID { member("reuses", id) }
    if cluster.isShared { member("shared", true) }
    if let jobs = cluster.jobs { member("jobs", jobs.rawValue) }
    if !cluster.differences.isEmpty { strings("differences", cluster.differences) }
    if cluster.isProtected { member("protected", true) }
    member("lifetimeMinutes", cluster.lifetimeMinutes)
    member("bootstrapTries", cluster.bootstrapTries)
    if let uri = cluster.logURI { member("logUri", uri) }
    writer.endObject()
  }

  private mutating func write(_ fact: Plan.Fact) {
    writer.beginObject()
    writer.key("question")
    write(fact.question)
    member("answer", fact.answer)
    member("assumed", fact.isAssumed)
    if fact.isInherited { member("inherited", true) }
    member("exitStatus", Int64(fact.exitStatus.code))
    member("message", fact.message)
    member(fact.origin)
    writer.endObject()
  }

  private mutating func write(_ question: FactQuestion) {
    writer.beginObject()
    member("kind", question.kind.rawValue)
    switch question {
    case .isEmpty(let location): member("location", location)
    case .hasMatch(let location, let pattern), .last(let location, let pattern),
      .lastFolder(let location, let pattern), .count(let location, let pattern),
      .all(let location, let pattern):
      member("location", location)
      member("pattern", pattern)
    case .tooDeep(let location, let folders, let pattern):
      member("location", location)
      member("folders", folders)
      if let pattern { member("pattern", pattern) }
    case .cluster(let name, let states):
      member("name", name)
      strings("states", states)
    case .clusterShape(let id): member("id", id)
    }
    writer.endObject()
  }

  private mutating func write(_ stage: Plan.Stage) {
    writer.beginObject()
    member("name", stage.name)
    member("status", stage.status)
    member("reason", stage.reason)
    if let condition = stage.condition {
      writer.key("condition")
      write(condition)
    }
    member(stage.origin)
    writer.endObject()
  }

  private mutating func write(_ step: Plan.Step) {
    writer.beginObject()
    member("name", step.name)
    if !step.stage.isEmpty { member("stage", step.stage) }
    member("maximumTries", step.maximumTries)
    member("timeoutSeconds", step.timeoutSeconds)
    list("accesses", step.accesses) { $0.write($1) }
    if step.purpose != .work { member("purpose", step.purpose.rawValue) }
    if step.needsFreshOutput { member("freshOutput", true) }
    if let depth = step.readDepth { member("readDepth", depth) }
    if step.isOnce { member("once", true) }
    if !step.takes.isEmpty { strings("takes", step.takes) }
    if let condition = step.noData {
      writer.key("noData")
      write(condition)
    }
    if !step.after.isEmpty { strings("after", step.after) }
    if !step.predecessors.isEmpty { list("order", step.predecessors) { $0.write($1) } }
    if !step.kind.isEmpty { member("kind", step.kind) }
    if let flag = step.mayBeRepeated { member("mayBeRepeated", flag) }
    if !step.retryWaits.isEmpty {
      writer.key("retries")
      writer.beginObject()
      list("waits", step.retryWaits) { $0.writer.int($1) }
      if !step.emptiedBeforeRetry.isEmpty { strings("empties", step.emptiedBeforeRetry) }
      writer.endObject()
    }
    member(step.origin)
    writer.endObject()
    if writer.bytes.count >= Self.pieceSize { sink(writer.take()) }
  }

  private mutating func write(_ hashes: Plan.SecretHashes) {
    writer.key("secretHashes")
    writer.beginObject()
    member("key", hashes.key)
    writer.key("hashes")
    writer.beginObject()
    // Sorted, for determinism.
    for (reference, hash) in hashes.hashes.sorted(by: { $0.key < $1.key }) {
      member(reference, hash)
    }
    writer.endObject()
    writer.endObject()
  }

  /// For readers: it follows from the steps.
  private mutating func writeOrder(of plan: Plan) {
    guard plan.steps.contains(where: { !$0.predecessors.isEmpty }) else { return }
    let order = PlanOrder(plan)
    writer.key("order")
    writer.beginObject()
    strings("longestChain", order.longestChain.map { plan.steps[$0].name })
    strings("widestFront", order.widestFront.map { plan.steps[$0].name })
    writer.endObject()
  }

  private mutating func write(_ predecessor: Plan.Predecessor) {
    writer.beginObject()
    member("step", predecessor.step)
    switch predecessor.reason {
    case .after: member("because", "after")
    case .cluster: member("because", "cluster")
    case .data(let place, let earlier, let later):
      member("because", "data")
      member("place", place)
      member("first", earlier.rawValue)
      member("then", later.rawValue)
    }
    writer.endObject()
  }

  private mutating func write(_ access: Plan.Access) {
    writer.beginObject()
    member("mode", access.mode.rawValue)
    member("place", access.place)
    if !access.dataset.isEmpty { member("dataset", access.dataset) }
    if access.isOwn { member("own", true) }
    if let part = access.part {
      writer.key("part")
      writer.beginObject()
      member("kind", part.kind)
      member("name", part.name)
      writer.endObject()
    }
    writer.endObject()
  }

  private mutating func write(_ step: Plan.DoneStep) {
    writer.beginObject()
    member("name", step.name)
    list("accesses", step.accesses) { $0.write($1) }
    writer.endObject()
  }

  private mutating func write(_ restore: Plan.Restore) {
    writer.beginObject()
    member("dataset", restore.dataset)
    strings("places", restore.places)
    strings("sources", restore.sources)
    writer.endObject()
  }

  private mutating func write(_ request: Plan.Request) {
    writer.beginObject()
    member("operation", request.operation)
    member("body", request.body)
    writer.endObject()
    if writer.bytes.count >= Self.pieceSize { sink(writer.take()) }
  }

  private mutating func write(_ warning: Plan.Warning) {
    writer.beginObject()
    member("code", warning.code)
    member("message", warning.message)
    member(warning.origin)
    writer.endObject()
  }

  // MARK: Members

  mutating func member(_ origin: Plan.Origin?) {
    guard let origin else { return }
    writer.key("origin")
    writer.beginObject()
    member("file", origin.file)
    member("line", origin.line)
    member("column", origin.column)
    member("excerpt", origin.excerpt)
    writer.endObject()
  }

  mutating func member(_ key: String, _ text: String) {
    writer.key(key)
    writer.string(text)
  }

  mutating func member(_ key: String, _ number: Int64) {
    writer.key(key)
    writer.int(number)
  }

  private mutating func member(_ key: String, _ flag: Bool) {
    writer.key(key)
    writer.bool(flag)
  }

  private mutating func member(_ key: String, _ value: Value) {
    writer.key(key)
    writer.value(value, revealingSecrets: false)
  }

  mutating func strings(_ key: String, _ texts: [String]) {
    writer.key(key)
    writer.beginArray()
    for text in texts { writer.string(text) }
    writer.endArray()
  }

  mutating func list<Item>(
    _ key: String, _ items: [Item], _ body: (inout PlanWriter, Item) -> Void
  ) {
    writer.key(key)
    writer.beginArray()
    for item in items { body(&self, item) }
    writer.endArray()
  }
}
