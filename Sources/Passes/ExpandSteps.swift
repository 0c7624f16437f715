import Documents
import Diagnostics
import PipelineIR
import PipelineSyntax
import SourceText
import Values

extension Pass {
  /// Evaluates the steps of the selected stages, and lowers them by their kinds.
  static let expandSteps = Pass(
    "expand-steps", "evaluates the steps of the selected stages, and lowers them by their kinds",
    codes: StepExpander.codes + [.skipUnknownStep]
  ) { program, context, report in
    let cluster = context.pipeline.cluster
    var setUp = ClusterSteps(
      program.cluster.reusedID == nil ? cluster?.onCreate : cluster?.onReuse, context.pipeline)
    var expander = StepExpander(context: context, program: program)
    for index in expander.program.stages.indices {
      let stage = StageID(index)
      let isSelected = expander.program.isSelected(stage)
      for node in setUp.take(before: index, isSelected: isSelected) {
        expander.expand(node, stage: nil, pass: .written, &report)
      }
      guard isSelected else { continue }
      let before = expander.program.steps.count
      expander.expand(
        list: context.pipeline.stages[index].steps, stage: stage, pass: .written, &report)
      let added = expander.program.steps.count - before
      report.explain(
        "stage `\(expander.program.stages[index].name)`", .added, "\(added) steps",
        at: expander.program.stages[index].span)
    }
    for node in setUp.takeRest() {
      expander.expand(node, stage: nil, pass: .written, &report)
    }
    program = expander.program
    let options = context.options
    for (index, name) in options.skipSteps.enumerated()
    where !program.doneSteps.contains(where: { $0.name == name }) {
      report.diagnostics.append(
        .skipUnknownStep(
          name, among: program.steps.map { program.text($0.name) },
          at: options.places.skipSteps.place(of: index)))
    }
  }
}

/// The cluster's own steps that aren't placed yet.
private struct ClusterSteps {
  /// Each with the index of the stage that it comes before.
  private var waiting: [(before: Int, node: NodeID)]

  init(_ list: NodeID?, _ pipeline: PipelineDecl) {
    let tree = pipeline.tree
    waiting = (list.map { Array(tree.items($0)) } ?? []).map { node in
      let name = StepDecl(tree, node).before.map { tree.string($0) }
      let stage = pipeline.stages.firstIndex { $0.name.value == name }
      return (stage ?? 0, node)
    }
  }

  /// Those for a stage, or for one above it that doesn't run.
  mutating func take(before stage: Int, isSelected: Bool) -> [NodeID] {
    guard isSelected else { return [] }
    let taken = waiting.filter { $0.before <= stage }.map(\.node)
    waiting.removeAll { $0.before <= stage }
    return taken
  }

  mutating func takeRest() -> [NodeID] {
    defer { waiting = [] }
    return waiting.map(\.node)
  }
}
