package import Diagnostics
import PlanFormat
import SourceText
package import Values

/// Reads a side out of the JSON of a plan, of a request's body, or of what EMR tells.
package struct SideReader {
  private let tree: Tree
  private let root: NodeID
  private var side: Side

  /// Nil and an error where the document is none of those.
  package static func read(
    _ tree: Tree, name: String, into diagnostics: inout [Diagnostic]
  ) -> Side? {
    guard let root = tree.root, tree.kind(root) == .map else {
      diagnostics.append(.sideUnknown(name, at: tree.root.map { tree.span($0) }))
      return nil
    }
    var reader = SideReader(tree: tree, root: root, side: Side(name: name, kind: .plan))
    if tree.value(root, "formatVersion") != nil {
      return reader.readPlan(into: &diagnostics)
    }
    if reader.readLive() || reader.readRequest() { return reader.side }
    diagnostics.append(.sideUnknown(name, at: tree.span(root)))
    return nil
  }

  /// A cluster and its steps, told by two calls.
  package static func joined(_ first: Side, _ second: Side) -> Side {
    var joined = first
    if joined.requestSteps.isEmpty, !second.requestSteps.isEmpty {
      joined.tree = second.tree
      joined.requestSteps = second.requestSteps
      joined.planSteps = second.planSteps
      joined.recoveries = second.recoveries
      joined.run = joined.run ?? second.run
    }
    for entry in second.head.entries where joined.head[entry.key] == nil {
      joined.head[entry.key] = entry.value
    }
    joined.name = first.name + "+" + second.name
    joined.kind = first.kind == .steps ? second.kind : first.kind
    return joined
  }

  // MARK: Plans

  private mutating func readPlan(into diagnostics: inout [Diagnostic]) -> Side? {
    guard let version = tree.value(root, "formatVersion"), tree.kind(version) == .int,
      let number = Int64(tree.string(version)), (1...Plan.formatVersion).contains(number)
    else {
      diagnostics.append(.sidePlanVersion(at: tree.span(root)))
      return nil
    }
    guard let requests = tree.value(root, "requests"), let steps = tree.value(root, "steps") else {
      diagnostics.append(.sideUnknown(side.name, at: tree.span(root)))
      return nil
    }
    side.tree = tree
    side.planSteps = Array(tree.items(steps))
    for request in tree.items(requests) {
      guard let body = tree.value(request, "body") else { continue }
      if tree.value(request, "operation").map({ tree.string($0) }) == "RunJobFlow" {
        side.head["cluster"] = ClusterBody.canonical(members(of: body))
      }
      if let steps = tree.value(body, "Steps") { side.requestSteps += Array(tree.items(steps)) }
    }
    guard side.requestSteps.count == side.planSteps.count else {
      diagnostics.append(.sideStepsDiffer(at: tree.span(steps)))
      return nil
    }
    readRun()
    readParts()
    readRecoveries()
    return side
  }

  /// Of no more steps than EMR takes.
  private mutating func readRecoveries() {
    var ignored: [Diagnostic] = []
    guard side.planSteps.count <= 256, let plan = PlanReader.read(tree, into: &ignored) else {
      return
    }
    let rules = RecoveryRules(plan)
    side.recoveries = plan.steps.indices.map { rules.recovery(afterFailureIn: $0) }
  }

  private mutating func readRun() {
    var run = ValueMap()
    if let pipeline = tree.value(root, "pipeline") { run["pipeline"] = Value(tree, pipeline) }
    if let cluster = tree.value(root, "cluster") {
      for key in ["region", "persistent", "reuses", "lifetimeMinutes", "bootstrapTries"] {
        if let node = tree.value(cluster, key) { run[key] = Value(tree, node) }
      }
    }
    if let node = tree.value(root, "run") {
      if let timeout = tree.value(node, "timeoutSeconds") {
        run["timeoutSeconds"] = Value(tree, timeout)
      }
      let time = tree.value(node, "time").flatMap { Value.Timestamp(written: tree.string($0)) }
      side.run = tree.value(node, "id").map { RunName(id: tree.string($0), moment: time) }
    }
    side.head["run"] = .map(run)
  }

  private mutating func readParts() {
    side.head["checks"] = .list(
      items("facts").compactMap { fact in
        guard let question = tree.value(fact, "question") else { return nil }
        let isDeciding = tree.value(fact, "exitStatus").map { tree.string($0) } == "1"
        let text = CheckWords.question(members(of: question), decides: isDeciding)
        note(fact, as: "check " + text)
        var check = ValueMap(["question": .string(text)])
        check["kind"] = tree.value(question, "kind").map { Value(tree, $0) }
        if let status = tree.value(fact, "exitStatus") { check["exitStatus"] = Value(tree, status) }
        return .map(check)
      })
    side.head["stages"] = .list(
      items("stages").map { stage in
        note(stage, as: "stage " + text(stage, "name"))
        return .map(
          ValueMap([
            "name": .string(text(stage, "name")), "status": .string(text(stage, "status")),
          ]))
      })
    if let settings = tree.value(root, "settings") {
      side.head["settings"] = Value(tree, settings)
    }
    side.digests = items("files").map { (text($0, "path"), text($0, "digest")) }
    side.warnings = items("warnings").map { text($0, "message") }
  }

  private mutating func note(_ node: NodeID, as name: String) {
    if let line = tree.sourceLine(of: node, isBefore: false) { side.origins[name] = line }
  }

  private func items(_ key: String) -> [NodeID] {
    tree.value(root, key).map { Array(tree.items($0)) } ?? []
  }

  private func text(_ node: NodeID, _ key: String) -> String {
    tree.value(node, key).map { tree.string($0) } ?? ""
  }

  private func members(of node: NodeID) -> ValueMap {
    var members = ValueMap()
    for entry in tree.entries(node) {
      let key = tree.string(entry.key)
      // There may be many steps, and they are read one by one.
      if key != "Steps" { members[key] = Value(tree, entry.value) }
    }
    return members
  }

  // MARK: Requests, and what EMR tells

  private mutating func readRequest() -> Bool {
    let steps = tree.value(root, "Steps")
    guard steps != nil || tree.value(root, "Instances") != nil else { return false }
    side.tree = tree
    side.requestSteps = steps.map { Array(tree.items($0)) } ?? []
    if tree.value(root, "Instances") == nil, tree.value(root, "Name") == nil {
      side.kind = .steps
      if side.requestSteps.contains(where: { tree.value($0, "Config") != nil }) {
        side.kind = .cluster
        // EMR lists the newest first.
        side.requestSteps.reverse()
      }
    } else {
      side.kind = .jobFlow
      side.head["cluster"] = ClusterBody.canonical(members(of: root))
    }
    side.run = RunName.found(in: tree)
    return true
  }

  private mutating func readLive() -> Bool {
    guard let cluster = tree.value(root, "Cluster"), tree.kind(cluster) == .map else {
      return false
    }
    side.kind = .cluster
    side.head["cluster"] = ClusterBody.canonical(ClusterBody.request(of: members(of: cluster)))
    side.tree = tree
    if let steps = tree.value(root, "Steps") {
      side.requestSteps = tree.items(steps).reversed()
    }
    side.run = RunName.found(in: tree)
    return true
  }
}

extension Tree {
  /// Where a plan says that a part of it is written.
  func sourceLine(of node: NodeID, isBefore: Bool) -> SourceLine? {
    guard let origin = value(node, "origin"), let file = value(origin, "file"),
      let line = value(origin, "line").flatMap({ Int64(string($0)) })
    else { return nil }
    return SourceLine(
      file: string(file), line: line,
      excerpt: value(origin, "excerpt").map { string($0) } ?? "", isBefore: isBefore)
  }
}

extension RunName {
  /// The one name that follows `run=` in a document that does not tell it.
  static func found(in tree: Tree) -> RunName? {
    let mark = Array("run=".utf8)
    var found: String?
    var at = 0
    let text = tree.text
    while at + mark.count + 19 <= text.count {
      guard text[at] == mark[0], text[at..<(at + mark.count)].elementsEqual(mark) else {
        at += 1
        continue
      }
      let name = text[(at + mark.count)..<(at + mark.count + 19)]
      at += mark.count
      let isName = zip(name, "dddd-dd-dd-dd-dd-dd".utf8).allSatisfy { byte, shape in
        shape == 0x64 ? (0x30...0x39).contains(byte) : byte == shape
      }
      guard isName else { continue }
      let id = String(decoding: name, as: UTF8.self)
      if let found, found != id { return nil }
      found = id
    }
    return found.map { RunName(id: $0, moment: nil) }
  }
}
