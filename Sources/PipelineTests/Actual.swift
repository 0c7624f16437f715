import Compiler
import Diagnostics
import Documents
import PipelineIR
import PipelineSyntax
import PlanFormat
import SourceText
import Values

/// What came out of a compilation, in the form in which tests expect it.
struct Actual {
  let result: CompilerResult
  /// Nil if there is none because of errors.
  let plan: Plan?
  /// With those of making the plan.
  let diagnostics: [Diagnostic]

  init(_ result: CompilerResult) {
    self.result = result
    var more: [Diagnostic] = []
    plan = result.plan(PlanDetails(madeBy: "penstock", arguments: []), into: &more)
    diagnostics = (result.diagnostics + more).sortedAndUnique()
  }

  /// That of `compile`.
  var status: ExitStatus { plan == nil ? result.exitStatus.ofFailure : .success }

  /// The value of a member of `expect`; nil for those that aren't values.
  func value(_ member: String) -> Value? {
    switch member {
    case "errors": return diagnostics(.error)
    case "warnings": return diagnostics(.warning)
    case "stages", "skipped": return stages(running: member == "stages")
    case "steps": return steps
    case "cluster": return cluster
    case "calls": return calls
    case "resume-from": return resumePoints
    case "plan": return planValue
    default: return nil
    }
  }

  // MARK: Diagnostics

  private func diagnostics(_ severity: Severity) -> Value {
    .list(diagnostics.filter { $0.severity == severity }.map { value(of: $0) })
  }

  private func value(of diagnostic: Diagnostic) -> Value {
    var map = ValueMap()
    map["code"] = .string(diagnostic.code.rawValue)
    map["message"] = .string(diagnostic.message)
    if let span = diagnostic.span, let file = result.sources[span.source] {
      map["file"] = .string(file.name)
      if let position = result.sources.position(of: span) {
        map["line"] = .int(Int64(position.line))
      }
      map["at"] = .list(paths(to: span, file).map { .string($0) })
    }
    if let hint = diagnostic.hint { map["hint"] = .string(hint) }
    if !diagnostic.notes.isEmpty {
      map["notes"] = .list(diagnostic.notes.map { .string($0.message) })
    }
    return .map(map)
  }

  /// The paths of the values in an input that a place lies in, the innermost last.
  private func paths(to span: Span, _ file: SourceFile) -> [String] {
    for input in result.pipeline?.inputs ?? [] {
      let files = result.inputFiles.filter { $0.role == input.name.value }
      guard let index = files.firstIndex(where: { $0.file.name == file.name }) else { continue }
      var ignored: [Diagnostic] = []
      let tree: Tree?
      if input.format == .rubyYAML {
        tree = GivenInputs.tree(
          SourceFile(name: file.name, text: file.parsed), .rubyYAML, [:], into: &ignored)
      } else {
        tree = GivenInputs.tree(file, input.format, [:], into: &ignored)
      }
      guard let tree, let root = tree.root else { return [] }
      let name = input.name.value + (input.isMany ? "[\(index)]" : "")
      return [name] + paths(tree, root, name, span)
    }
    return []
  }

  private func paths(_ tree: Tree, _ node: NodeID, _ path: String, _ span: Span) -> [String] {
    func holds(_ start: UInt32, _ end: UInt32) -> Bool { start <= span.start && span.end <= end }
    for entry in tree.entries(node)
    where holds(tree.span(entry.key).start, tree.span(entry.value).end) {
      let path = path + "." + tree.string(entry.key)
      return [path] + paths(tree, entry.value, path, span)
    }
    for (index, item) in tree.items(node).enumerated()
    where holds(tree.span(item).start, tree.span(item).end) {
      let path = path + "[\(index)]"
      return [path] + paths(tree, item, path, span)
    }
    return []
  }

  // MARK: The run

  private func stages(running: Bool) -> Value? {
    plan.map { plan in
      .list(
        plan.stages.filter { ($0.status == "runs") == running }.map { stage in
          .map(
            ValueMap([
              "stage": .string(stage.name), "status": .string(stage.status),
              "reason": .string(stage.reason),
            ]))
        })
    }
  }

  private var steps: Value? {
    guard let plan else { return nil }
    let bodies = plan.requests.flatMap { $0.body.member("Steps")?.listItems ?? [] }
    return .list(
      plan.steps.enumerated().map { index, step in
        .map(Self.value(of: step, bodies.indices.contains(index) ? bodies[index] : .null))
      })
  }

  private static func value(of step: Plan.Step, _ body: Value) -> ValueMap {
    let jar = body.member("HadoopJarStep")
    var map = ValueMap([
      "name": .string(step.name), "stage": .string(step.stage), "kind": .string(step.kind),
      "purpose": .string(step.purpose.rawValue), "jar": jar?.member("Jar") ?? .string(""),
      "arguments": jar?.member("Args") ?? .list([]),
      "on-failure": .string(step.actionOnFailure), "tries": .int(step.maximumTries),
      "timeout": .int(step.timeoutSeconds), "repeatable": .bool(step.mayBeRepeated ?? false),
      "fresh-output": .bool(step.needsFreshOutput),
      "after": .list(step.after.map { .string($0) }),
      "waits-for": .list(step.predecessors.map { .string($0.step) }),
    ])
    if let name = jar?.member("MainClass") { map["main-class"] = name }
    if let properties = jar?.member("Properties") { map["properties"] = properties }
    for (name, mode) in [
      ("reads", Plan.Access.Mode.read), ("writes", .write), ("deletes", .delete),
    ] {
      map[name] = .list(
        step.accesses.filter { $0.mode == mode }.map { access in
          .map(
            ValueMap([
              "place": .string(access.place), "dataset": .string(access.dataset),
            ]))
        })
    }
    return map
  }

  private var cluster: Value? {
    guard let request = plan?.requests.first, case .map(var body) = request.body else { return nil }
    body["Steps"] = nil
    return .map(body)
  }

  private var calls: Value? {
    plan.map { plan in
      .list(
        plan.requests.map {
          .map(ValueMap(["operation": .string($0.operation), "body": $0.body]))
        })
    }
  }

  private var resumePoints: Value? {
    result.program.map { program in
      .list(
        program.resumePoints.filter { $0.obstacle == nil }.compactMap { point in
          program.stage(point.stage).map { .string($0.name) }
        })
    }
  }

  private var planValue: Value? {
    guard let plan else { return nil }
    var ignored: [Diagnostic] = []
    return JSONReader.read(
      PlanWriter.bytes(plan), source: SourceID(index: 0), into: &ignored
    ).flatMap { tree in tree.root.map { Value(tree, $0) } }
  }

  /// What a recovery does after a failure in a step; nil if there is no such step.
  func recovery(afterFailureIn name: String) -> Value? {
    guard let plan, let index = plan.steps.firstIndex(where: { $0.name == name }) else {
      return nil
    }
    let recovery = RecoveryRules(plan).recovery(afterFailureIn: index)
    func texts(_ list: [String]) -> Value { .list(list.map { .string($0) }) }
    return .map(
      ValueMap([
        "possible": .bool(recovery.isPossible), "left-out": texts(recovery.leftOut),
        "again": texts(recovery.again), "to-empty": texts(recovery.toEmpty),
        "by-hand": texts(recovery.byHand.map(\.place)), "unsure": texts(recovery.unsure),
        "steps": .int(Int64(recovery.stepCount)),
        "explanation": .string(recovery.explanation),
      ]))
  }
}

extension Value {
  func member(_ name: String) -> Value? {
    if case .map(let map) = self { map[name] } else { nil }
  }

  var listItems: [Value]? {
    if case .list(let items) = self { items } else { nil }
  }
}
