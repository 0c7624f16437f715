import Compiler
import DiagnosticRendering
import Diagnostics
import Documents
import Expressions
import Host
import PipelineSyntax
import PlanFormat
import SourceText
import Text
import Values

/// One test being run.
struct TestRun {
  private let suite: TestSuite
  private let test: TestCase
  private let world: TestWorld
  private let tree: Tree
  private let matcher: Matcher
  private var result: TestResult
  /// Where EMR puts logs, without `s3://`; nil if it keeps none.
  private var logs: String?

  init(_ suite: TestSuite, _ test: TestCase, _ world: TestWorld) {
    self.suite = suite
    self.test = test
    self.world = world
    tree = suite.test.tree
    matcher = Matcher(tree: tree)
    result = TestResult(name: test.name.value)
  }

  consuming func run() async -> TestResult {
    var mistakes: [Diagnostic] = []
    let pipeline = suite.prepared.pipeline
    let made = pipeline.map {
      GivenInputs.make(suite.test, test.given, $0, world.disk, into: &mistakes)
    }
    let options = GivenOptions(suite.test, test.given, into: &mistakes)
    check(pipeline, into: &mistakes)
    guard mistakes.isEmpty else {
      result.failures = mistakes.map { TestFailure(diagnostic: $0) }
      return result
    }
    compile(made ?? GivenInputs.Made(), options)
    if let expected = expected("run") ?? expected("recovered"), result.failures.isEmpty {
      await runInSandbox(made ?? GivenInputs.Made(), options, at: tree.span(expected))
    }
    return result
  }

  private func expected(_ member: String) -> NodeID? { tree.value(test.expect, member) }

  // MARK: Mistakes in the test

  private func check(_ pipeline: PipelineDecl?, into diagnostics: inout [Diagnostic]) {
    matcher.checkPatterns(test.expect, into: &diagnostics)
    let names = (pipeline?.stages ?? []).map(\.name.value)
    for member in ["stages", "skipped", "resume-from"] {
      expected(member).map { checkStages($0, names, into: &diagnostics) }
    }
    let faults = test.given.texts("faults", tree)
    for fault in faults {
      if let forms = world.sandbox.problem(ofFault: fault.value) {
        diagnostics.append(.faultUnknown(fault.value, forms: forms, at: fault.span))
      }
    }
    if let fault = faults.first, expected("run") == nil, expected("recovered") == nil {
      diagnostics.append(.faultsWithoutRun(at: fault.span))
    }
  }

  /// Names of stages, as far as they are written out.
  private func checkStages(
    _ node: NodeID, _ names: [String], into diagnostics: inout [Diagnostic]
  ) {
    for item in tree.items(node) { checkStages(item, names, into: &diagnostics) }
    for entry in tree.entries(node) {
      switch tree.string(entry.key) {
      case "stage", "adjacent", "any-of", "exactly", "excludes", "not", "unordered":
        checkStages(entry.value, names, into: &diagnostics)
      case "contains" where tree.kind(entry.value) == .list:
        checkStages(entry.value, names, into: &diagnostics)
      default: continue
      }
    }
    if tree.kind(node) == .string, !names.contains(tree.string(node)) {
      diagnostics.append(
        .stageNotThere(tree.string(node), among: names, at: tree.span(node)))
    }
  }

  // MARK: The compilation

  private mutating func compile(_ made: GivenInputs.Made, _ given: GivenOptions) {
    var run = PreparedPipeline.Run(
      files: made.files, facts: made.facts, environment: test.given.environment,
      options: given.options)
    if world.covers { run.coverage = CoverageRecord() }
    let actual = Actual(suite.prepared.compile(run))
    result.outcomes = run.coverage?.outcomes ?? [:]
    logs = actual.plan?.cluster.logURI.map { String($0.utf8.dropFirst("s3://".utf8.count)) ?? "" }
    checkVerdict(actual)
    for entry in tree.entries(test.expect) {
      let member = tree.string(entry.key)
      switch member {
      case "exit-status", "run", "recovered": continue
      case "errors", "warnings": compareDiagnostics(entry.value, member, actual)
      case "recoveries": compareRecoveries(entry.value, actual)
      case "snapshots": compareSnapshots(entry.value, actual)
      default:
        // Why there is nothing to compare is said already.
        if let value = actual.value(member) { compare(entry.value, value, member) }
      }
    }
  }

  private mutating func fail(_ what: String, at span: Span, _ difference: [String] = []) {
    result.failures.append(
      TestFailure(
        diagnostic: .testFailed(test.name.value, what, at: span), difference: difference))
  }

  /// Whether the run is refused, as expected or not.
  private mutating func checkVerdict(_ actual: Actual) {
    let status = expected("exit-status")
    let errors = actual.diagnostics.filter { $0.severity == .error }
    let needsRun =
      [
        "stages", "skipped", "steps", "cluster", "calls", "resume-from", "plan", "recoveries",
      ].contains { expected($0) != nil } || hasSnapshotOfRun
    if let status {
      let wanted = Int(tree.string(status)) ?? 0
      if wanted != Int(actual.status.code) {
        fail(
          "the exit status isn't \(wanted)", at: tree.span(status),
          ["- \(wanted)", "+ \(actual.status.code)"] + rendered(errors, actual))
        return
      }
    }
    guard actual.plan == nil else { return }
    if needsRun {
      fail(
        "the run is refused, so there is nothing to compare", at: test.name.span,
        rendered(errors, actual))
    } else if status == nil, expected("errors") == nil {
      fail("the run is refused", at: test.name.span, rendered(errors, actual))
    }
  }

  private var hasSnapshotOfRun: Bool {
    guard let node = expected("snapshots") else { return false }
    return tree.value(node, "job-flow") != nil || tree.value(node, "plan") != nil
  }

  private func rendered(_ diagnostics: [Diagnostic], _ actual: Actual) -> [String] {
    let bytes = DiagnosticRenderer.render(
      diagnostics, sources: actual.result.sources, format: .text)
    return String(decoding: bytes, as: UTF8.self).utf8
      .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { "+ " + String(decoding: $0, as: UTF8.self) }.droppingBlankEnd
  }

  // MARK: Comparing

  private mutating func compare(_ node: NodeID, _ actual: Value, _ member: String) {
    for mismatch in matcher.mismatches(node, actual, member) {
      fail(
        "`\(mismatch.path)` is something else", at: mismatch.span, mismatch.difference)
    }
  }

  /// All of them, in any order.
  private mutating func compareDiagnostics(_ node: NodeID, _ member: String, _ actual: Actual) {
    guard let value = actual.value(member), let items = value.listItems else { return }
    guard matcher.patterns(node) == nil, tree.kind(node) == .list else {
      return compare(node, value, member)
    }
    let wanted = Array(tree.items(node))
    if wanted.count == items.count, matcher.assignment(wanted, items) != nil { return }
    let severity: Severity = member == "errors" ? .error : .warning
    // Each expected one that nothing meets has its place.
    var open = Array(items.indices)
    var missing: [NodeID] = []
    for item in wanted {
      if let at = open.firstIndex(where: { matcher.meets(item, items[$0]) }) {
        open.remove(at: at)
      } else {
        missing.append(item)
      }
    }
    let found = actual.diagnostics.filter { $0.severity == severity }
    let rest = open.isEmpty ? ["+ nothing"] : rendered(open.map { found[$0] }, actual)
    let old = missing.flatMap { matcher.written($0).map { "- " + $0 } }
    fail(
      "these aren't the \(member) that are reported",
      at: missing.first.map { tree.span($0) } ?? tree.span(node), old + rest)
  }

  private mutating func compareRecoveries(_ node: NodeID, _ actual: Actual) {
    guard let plan = actual.plan else { return }
    for entry in tree.entries(node) {
      let step = tree.string(entry.key)
      guard let value = actual.recovery(afterFailureIn: step) else {
        result.failures.append(
          TestFailure(
            diagnostic: .testFailed(
              test.name.value, "the run has no step `\(step)`", at: tree.span(entry.key),
              hint: Suggestion.hint(for: step, among: plan.steps.map(\.name)))))
        continue
      }
      compare(entry.value, value, "recoveries.\(step)")
    }
  }

  // MARK: Snapshots

  private mutating func compareSnapshots(_ node: NodeID, _ actual: Actual) {
    for entry in tree.entries(node) {
      let kind = tree.string(entry.key)
      // That there is none is said already.
      guard let text = snapshot(kind, actual) else { continue }
      let written = tree.string(entry.value)
      let path = suite.test.besides(written)
      let known = world.disk.isFile(path) ? try? world.disk.read(path) : nil
      if known == text { continue }
      if world.updates {
        result.snapshots.append((path, text))
      } else if let known {
        fail(
          "the \(kind) isn't that of `\(written)`", at: tree.span(entry.value),
          LineDiff.hunks(
            String(decoding: known, as: UTF8.self), String(decoding: text, as: UTF8.self)))
      } else {
        result.failures.append(
          TestFailure(
            diagnostic: Diagnostic(
              .testFailed, "`\(test.name.value)`: the snapshot `\(written)` doesn't exist",
              at: tree.span(entry.value),
              hint: "`penstock test --update` writes it")))
      }
    }
  }

  private func snapshot(_ kind: String, _ actual: Actual) -> [UInt8]? {
    switch kind {
    case "job-flow":
      guard actual.plan != nil else { return nil }
      let bytes = Bytes()
      actual.result.write(.jobFlow, pretty: true) { bytes.all += $0 }
      return bytes.all
    case "plan": return actual.plan.map { Array(world.planText($0).utf8) }
    default:
      return DiagnosticRenderer.render(
        actual.diagnostics.filter { $0.severity != .information }, sources: actual.result.sources,
        format: .text)
    }
  }

  private final class Bytes {
    var all: [UInt8] = []
  }

  // MARK: In a sandbox

  private mutating func runInSandbox(
    _ made: GivenInputs.Made, _ given: GivenOptions, at span: Span
  ) async {
    let isMany = Dictionary(
      (suite.prepared.pipeline?.inputs ?? []).map { ($0.name.value, $0.isMany) },
      uniquingKeysWith: { first, _ in first })
    var trial = SandboxTrial(
      pipeline: suite.pipeline,
      inputs: made.files.map {
        SandboxTrial.Input(
          role: $0.role, name: $0.file.name, text: $0.file.text,
          isInFolder: isMany[$0.role] ?? false)
      }, environment: test.given.environment, arguments: given.arguments,
      objects: made.objects.map {
        SandboxTrial.Object(bucket: $0.bucket, key: $0.key, text: $0.text)
      }, faults: test.given.texts("faults", tree).map(\.value),
      outcomes: test.given.outcomes(tree),
      recovers: expected("recovered") != nil)
    switch await world.sandbox.carryOut(trial) {
    case .failure(let problem):
      fail("the sandbox can't be run: \(problem.reason)", at: span)
    case .success(var outcome):
      outcome.run.objects = withoutLogs(outcome.run.objects)
      if let recovered = outcome.recovered {
        outcome.recovered?.objects = withoutLogs(recovered.objects)
      }
      compare("run", outcome.run)
      if let node = expected("recovered") {
        if let recovered = outcome.recovered {
          compare("recovered", recovered)
        } else {
          fail(
            "the run's report prints no command that recovers it", at: tree.span(node),
            ["+ exit status \(outcome.run.status)"] + outcome.run.errorLines)
        }
      }
      guard let wanted = asWithoutFaults else { return }
      trial.faults = []
      trial.recovers = false
      if case .success(var calm) = await world.sandbox.carryOut(trial) {
        calm.run.objects = withoutLogs(calm.run.objects)
        compareObjects(
          expected("recovered").flatMap { tree.value($0, "as-without-faults") } == nil
            ? outcome.run : outcome.recovered ?? outcome.run, calm.run, at: tree.span(wanted))
      }
    }
  }

  private func withoutLogs(
    _ objects: [(path: String, text: [UInt8])]
  ) -> [(path: String, text: [UInt8])] {
    guard let logs, !logs.isEmpty else { return objects }
    return objects.filter { !$0.path.hasPrefix(logs) }
  }

  private var asWithoutFaults: NodeID? {
    for member in ["recovered", "run"] {
      if let node = expected(member).flatMap({ tree.value($0, "as-without-faults") }) {
        return node
      }
    }
    return nil
  }

  private mutating func compare(_ member: String, _ outcome: SandboxOutcome) {
    guard let node = expected(member) else { return }
    let buckets = tree.value(node, "s3").map { tree.entries($0).map { tree.string($0.key) } } ?? []
    let value = outcome.value(buckets: buckets)
    if tree.value(node, "exit-status") == nil {
      let expectsFailure = tree.value(node, "failed").map { tree.count($0) > 0 } ?? false
      let wanted: Int32 = expectsFailure ? 1 : 0
      if outcome.status != wanted, tree.value(node, "errors") == nil {
        fail(
          "the \(member == "run" ? "run" : "recovery") ends with \(outcome.status), not with \(wanted)",
          at: tree.span(node), outcome.errorLines)
      }
    }
    for entry in tree.entries(node) where tree.string(entry.key) != "as-without-faults" {
      let key = tree.string(entry.key)
      for mismatch in matcher.mismatches(entry.value, value.member(key), "\(member).\(key)") {
        fail("`\(mismatch.path)` is something else", at: mismatch.span, mismatch.difference)
      }
    }
  }

  private mutating func compareObjects(
    _ one: SandboxOutcome, _ calm: SandboxOutcome, at span: Span
  ) {
    let lines = LineDiff.lines(
      calm.objects, one.objects, isSame: { $0.path == $1.path && $0.text == $1.text },
      old: { "s3://" + $0.path }, new: { "s3://" + $0.path })
    if lines.contains(where: { !$0.hasPrefix("  ") }) {
      fail(
        "S3 doesn't hold what it holds without the faults", at: span,
        lines.filter { !$0.hasPrefix("  ") })
    }
  }
}

extension SandboxOutcome {
  /// What it reported, for people.
  fileprivate var errorLines: [String] {
    guard case .list(let items)? = value(buckets: []).member("errors") else { return [] }
    return items.compactMap { item in
      guard case .string(let code)? = item.member("code"),
        case .string(let message)? = item.member("message")
      else { return nil }
      return "+ \(code): \(message)"
    }
  }
}

extension [String] {
  fileprivate var droppingBlankEnd: [String] {
    var lines = self
    while let last = lines.last, last == "+ " { lines.removeLast() }
    return lines
  }
}
