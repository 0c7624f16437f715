import Documents
package import Diagnostics
package import PipelineSyntax
import SourceText
import Values

/// The first phase after parsing: checks that every name that a pipeline uses is declared, once.
package enum NameResolution {
  /// Names that are predefined in expressions.
  package static let reserved = [
    "run", "stages", "data", "cluster", "params", "parameters", "outputs", "index", "s3",
  ]

  package static func check(
    _ pipeline: PipelineDecl, kinds: [StepKindDecl], knownKinds: [String],
    into diagnostics: inout [Diagnostic]
  ) {
    checkUnique(pipeline, into: &diagnostics)
    let resolver = Resolver(pipeline: pipeline, kinds: kinds, knownKinds: knownKinds)
    for dataset in pipeline.datasets {
      if let within = dataset.within { resolver.check(dataset: within, into: &diagnostics) }
      if let restore = dataset.restore { resolver.check(step: restore, into: &diagnostics) }
      if let release = dataset.release {
        resolver.check(step: release.step, takingBefore: true, into: &diagnostics)
      }
    }
    for (index, stage) in pipeline.stages.enumerated() {
      if let whole = stage.partOf {
        resolver.check(stage: whole, before: index, into: &diagnostics)
      }
      for requirement in stage.requires {
        switch requirement.rule {
        case .empty(let dataset), .data(let dataset, _), .depth(let dataset, _, _):
          resolver.check(dataset: dataset, into: &diagnostics)
        case .require, .none: break
        }
      }
      resolver.check(steps: stage.steps, into: &diagnostics)
    }
    for list in [pipeline.cluster?.onCreate, pipeline.cluster?.onReuse] {
      resolver.check(steps: list, takingBefore: true, into: &diagnostics)
    }
  }

  private static func checkUnique(
    _ pipeline: PipelineDecl, into diagnostics: inout [Diagnostic]
  ) {
    // Inputs and `let`s share a namespace; the YAML reader rejects duplicates within each.
    var seen: [String: Span] = [:]
    for name in pipeline.inputs.map(\.name) + pipeline.lets.map(\.name) {
      if reserved.contains(name.value) {
        diagnostics.append(.reservedName(name.value, at: name.span))
      } else if let first = seen[name.value] {
        diagnostics.append(.duplicateName(name.value, at: name.span, first: first))
      }
      seen[name.value] = name.span
    }
    var stages: [String: Span] = [:]
    for stage in pipeline.stages {
      if let first = stages[stage.name.value] {
        diagnostics.append(.duplicateName(stage.name.value, at: stage.name.span, first: first))
      }
      stages[stage.name.value] = stage.name.span
    }
  }
}

private final class Resolver {
  let pipeline: PipelineDecl
  let kinds: [StepKindDecl]
  let kindNames: [String: Int]
  /// All known names, for suggestions.
  let knownKinds: [String]

  init(pipeline: PipelineDecl, kinds: [StepKindDecl], knownKinds: [String]) {
    self.knownKinds = knownKinds
    self.pipeline = pipeline
    self.kinds = kinds
    var names: [String: Int] = [:]
    for (index, kind) in kinds.enumerated() { names[kind.name.value] = index }
    kindNames = names
  }

  func check(
    steps: NodeID?, takingBefore: Bool = false, into diagnostics: inout [Diagnostic]
  ) {
    guard let steps else { return }
    for node in pipeline.tree.items(steps) {
      check(step: node, takingBefore: takingBefore, into: &diagnostics)
    }
  }

  /// - Parameter takingBefore: whether `before` places the step among the stages.
  func check(
    step node: NodeID, takingBefore: Bool = false, into diagnostics: inout [Diagnostic]
  ) {
    let tree = pipeline.tree
    let step = StepDecl(tree, node)
    if let before = step.before {
      check(before: before, isTaken: takingBefore, into: &diagnostics)
    }
    guard let kindNode = step.kind else {
      diagnostics.append(.stepKindMissing(at: tree.span(node)))
      return
    }
    guard checkOthers(of: step, kind: kindNode, into: &diagnostics) else { return }
    let name = tree.string(kindNode)
    guard let index = kindNames[name] else {
      // A kind whose file can't be read has been reported.
      if !knownKinds.contains(name) {
        diagnostics.append(
          .unknownStepKind(
            name, kinds: knownKinds, members: StepDecl.Member.allCases.map(\.rawValue),
            at: tree.span(kindNode)))
      }
      return
    }
    if let list = step.reads { check(data: list, into: &diagnostics) }
    if let list = step.writes { check(data: list, into: &diagnostics) }
    if let list = step.deletes { check(data: list, into: &diagnostics) }
    guard let parameters = step.parameters else { return }
    for parameter in kinds[index].data {
      if let value = tree.value(parameters, parameter) { check(data: value, into: &diagnostics) }
    }
  }

  private func check(before node: NodeID, isTaken: Bool, into diagnostics: inout [Diagnostic]) {
    let tree = pipeline.tree
    guard isTaken else {
      diagnostics.append(.beforeUnused(at: tree.span(node)))
      return
    }
    guard let node = tree.literal(node, of: "before", &diagnostics) else { return }
    check(stage: Spanned(tree.string(node), tree.span(node)), into: &diagnostics)
  }

  /// Checks that a step has only members and one kind. Of two unknown keys, the one that names a
  /// kind counts.
  private func checkOthers(
    of step: StepDecl, kind: NodeID, into diagnostics: inout [Diagnostic]
  ) -> Bool {
    guard !step.others.isEmpty else { return true }
    let tree = pipeline.tree
    let keys = [kind] + step.others
    let first = keys.first { knownKinds.contains(tree.string($0)) } ?? kind
    for key in keys where key != first {
      let name = tree.string(key)
      diagnostics.append(
        knownKinds.contains(name)
          ? .severalStepKinds(name, first: tree.span(first), at: tree.span(key))
          : .unknownStepKey(
            name, kinds: knownKinds, members: StepDecl.Member.allCases.map(\.rawValue),
            parameterOf: kindNames[tree.string(first)].flatMap { index in
              kinds[index].parameterNames.contains(name) ? tree.string(first) : nil
            }, at: tree.span(key)))
    }
    return false
  }

  /// A dataset's name, a location, or a list of these; an expression's value is checked when it is
  /// evaluated.
  private func check(data node: NodeID, into diagnostics: inout [Diagnostic]) {
    let tree = pipeline.tree
    if tree.kind(node) == .list {
      for item in tree.items(node) { check(item: item, into: &diagnostics) }
    } else {
      check(item: node, into: &diagnostics)
    }
  }

  private func check(item node: NodeID, into diagnostics: inout [Diagnostic]) {
    let tree = pipeline.tree
    guard tree.kind(node) == .string, !tree.hasExpression(node) else { return }
    let text = tree.string(node)
    guard !text.utf8.contains(UInt8(ascii: ":")) else { return }
    check(dataset: Spanned(text, tree.span(node)), into: &diagnostics)
  }

  func check(dataset name: Spanned<String>, into diagnostics: inout [Diagnostic]) {
    guard pipeline.dataset(named: name.value) == nil else { return }
    diagnostics.append(
      .unknownDataset(name.value, among: pipeline.datasets.map(\.name.value), at: name.span))
  }

  func check(
    stage name: Spanned<String>, before limit: Int? = nil, into diagnostics: inout [Diagnostic]
  ) {
    let known = pipeline.stages.prefix(limit ?? pipeline.stages.count).map(\.name.value)
    guard !known.contains(name.value) else { return }
    diagnostics.append(.unknownStage(name.value, among: known, at: name.span))
  }
}
