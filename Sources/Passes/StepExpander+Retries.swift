import Diagnostics
import Documents
import PipelineIR
import PipelineSyntax
import Values

/// How steps are tried again.
extension StepExpander {
  /// The longest wait: a cluster that waits is paid for.
  private static var longestWait: Int64 { 86_400 }
  private static var mostTimes: Int64 { 20 }

  /// The step's own `retries`, or else those of its stage, or else the pipeline's.
  mutating func addRetries(_ declaration: StepDecl, _ report: inout Report) {
    guard let last = program.steps.indices.last else { return }
    var node = declaration.retries
    if node == nil, let stage = program.steps[last].stage, program.steps[last].isOfPipeline {
      node = context.pipeline.stages[Int(stage.index)].retries ?? context.pipeline.run?.retries
    }
    guard let node, let waits = waits(node, &report) else { return }
    program.steps[last].retries = Int32(clamping: program.retries.count)
    program.retries.append(
      Retries(waits: waits, isOwn: node == declaration.retries, span: tree.span(node)))
  }

  /// The seconds before each further try; nil if there is no such setting, or it is wrong.
  private func waits(_ node: NodeID, _ report: inout Report) -> [Int64]? {
    guard tree.kind(node) == .map else {
      guard let value = binder.value(node, into: &report.diagnostics)?.unwrapped, !value.isAbsent
      else { return nil }
      return times(value, node, &report).map { Self.waits($0, first: 60, factor: 2, longest: 600) }
    }
    let entries = Dictionary(
      tree.entries(node).map { (tree.string($0.key), $0.value) }, uniquingKeysWith: { $1 })
    guard let timesNode = entries["times"],
      let value = binder.value(timesNode, into: &report.diagnostics)?.unwrapped,
      let times = times(value, timesNode, &report),
      let factor = factor(entries["factor"], &report),
      let first = span(entries["wait"], or: 60, &report),
      let longest = span(entries["max-wait"], or: max(600, first), &report)
    else { return nil }
    guard first <= longest else {
      report.diagnostics.append(
        .wrongValue(
          "a wait of \(first) s or more, since the first one is `wait`",
          found: .int(longest), at: tree.span(entries["max-wait"] ?? node)))
      return nil
    }
    return Self.waits(times, first: first, factor: factor, longest: longest)
  }

  private func times(_ value: Value, _ node: NodeID, _ report: inout Report) -> Int64? {
    if let times = value.exactInteger, (0...Self.mostTimes).contains(times) { return times }
    report.diagnostics.append(
      .wrongValue("a whole number from 0 to \(Self.mostTimes)", found: value, at: tree.span(node)))
    return nil
  }

  private func factor(_ node: NodeID?, _ report: inout Report) -> Double? {
    guard let node else { return 2 }
    guard let value = binder.value(node, into: &report.diagnostics)?.unwrapped else { return nil }
    let factor: Double? =
      switch value {
      case .int(let number): Double(number)
      case .double(let number): number
      case .number(let text): Double(text)
      default: nil
      }
    if let factor, (1...10).contains(factor) { return factor }
    report.diagnostics.append(
      .wrongValue("a number from 1 to 10", found: value, at: tree.span(node)))
    return nil
  }

  private func span(_ node: NodeID?, or standard: Int64, _ report: inout Report) -> Int64? {
    guard let node else { return standard }
    guard let seconds = binder.seconds(node, into: &report.diagnostics) else { return nil }
    if seconds <= Self.longestWait { return seconds }
    report.diagnostics.append(
      .wrongValue("a span of time of at most `1d`", found: .int(seconds), at: tree.span(node)))
    return nil
  }

  private static func waits(
    _ times: Int64, first: Int64, factor: Double, longest: Int64
  ) -> [Int64] {
    var wait = Double(first)
    return (0..<times).map { _ in
      defer { wait = min(wait * factor, Double(longest)) }
      return Int64(wait)
    }
  }
}

extension Step {
  /// Whether it is written in a stage, and not there to restore or release data.
  fileprivate var isOfPipeline: Bool { origin.pass == .written }
}
