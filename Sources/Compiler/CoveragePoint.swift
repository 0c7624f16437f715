import Diagnostics
import Documents
package import Expressions
import Passes
import PipelineSyntax
package import SourceText
import Values

/// Something in a pipeline or step kind that tests may cover, and what they have to see of it.
package struct CoveragePoint: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    /// A stage that ran, and that didn't.
    case stage
    /// A step that was in a run.
    case step
    /// A `when` or `$when` that was true, and false.
    case when
    /// An `each` or `$each` with items, and without.
    case each
    /// A rule (`require`, a requirement, a rule of `versions`) that was met, and broken.
    case rule
    /// A condition inside an expression that was true, and false.
    case condition
  }

  package let kind: Kind
  package let span: Span
  /// What tests have to see.
  package let wanted: CoverageRecord.Outcomes
}

/// Collects the points of a pipeline and its step kinds.
struct CoveragePoints {
  private(set) var found: [CoveragePoint] = []
  private let tree: Tree

  init(_ pipeline: PipelineDecl) {
    tree = pipeline.tree
    for check in pipeline.checks {
      add(.when, check.when)
      add(.rule, check.require)
    }
    if let versions = pipeline.versions { add(versions) }
    for dataset in pipeline.datasets {
      add(.when, dataset.when)
      for step in [dataset.restore, dataset.release?.step] { step.map { add(step: $0) } }
    }
    for stage in pipeline.stages { add(stage) }
    for list in [pipeline.cluster?.onCreate, pipeline.cluster?.onReuse] { add(steps: list) }
    pipeline.cluster?.jobFlow.map { addMarks(in: $0) }
    for setting in pipeline.run?.settings ?? [] { addMarks(in: setting.value) }
    tree.root.map { addConditions(in: $0, of: tree) }
    found.sort { ($0.span.start, $0.span.end) < ($1.span.start, $1.span.end) }
  }

  mutating func add(_ kind: StepKindDecl) {
    kind.tree.root.map { addConditions(in: $0, of: kind.tree) }
  }

  private mutating func add(_ stage: StageDecl) {
    found.append(CoveragePoint(kind: .stage, span: stage.name.span, wanted: .both))
    add(.when, stage.when)
    for requirement in stage.requires {
      add(.when, requirement.when)
      if case .require(let rule) = requirement.rule {
        add(.rule, rule)
      } else {
        found.append(
          CoveragePoint(kind: .rule, span: tree.span(requirement.node), wanted: .both))
      }
    }
    add(steps: stage.steps)
  }

  private mutating func add(_ versions: VersionsDecl) {
    for subject in versions.subjects { add(.when, subject.when) }
    for rule in versions.rules {
      add(.when, rule.when)
      found.append(CoveragePoint(kind: .rule, span: tree.span(rule.node), wanted: .both))
    }
  }

  private mutating func add(steps list: NodeID?) {
    guard let list else { return }
    for node in tree.items(list) { add(step: node) }
  }

  private mutating func add(step node: NodeID) {
    let step = StepDecl(tree, node)
    found.append(CoveragePoint(kind: .step, span: tree.span(node), wanted: .yes))
    add(.when, step.when)
    if let each = step.each { add(each: each) }
  }

  private mutating func add(each: NodeID) {
    for entry in tree.entries(each) { add(.each, entry.value) }
  }

  /// `$when` and `$each` of a document.
  private mutating func addMarks(in node: NodeID) {
    for item in tree.items(node) { addMarks(in: item) }
    for entry in tree.entries(node) {
      switch tree.string(entry.key) {
      case "$when": add(.when, entry.value)
      case "$each": add(each: entry.value)
      default: addMarks(in: entry.value)
      }
    }
  }

  /// What is written out is always the same.
  private mutating func add(_ kind: CoveragePoint.Kind, _ node: NodeID?) {
    guard let node, tree.hasExpression(node) else { return }
    found.append(CoveragePoint(kind: kind, span: tree.span(node), wanted: .both))
  }

  private mutating func addConditions(in node: NodeID, of tree: Tree) {
    for item in tree.items(node) { addConditions(in: item, of: tree) }
    for entry in tree.entries(node) { addConditions(in: entry.value, of: tree) }
    guard tree.kind(node) == .string, !tree.isAlias(node), tree.hasExpression(node) else { return }
    var ignored: [Diagnostic] = []
    for span in tree.template(node, into: &ignored)?.conditions ?? [] {
      found.append(CoveragePoint(kind: .condition, span: span, wanted: .both))
    }
  }
}
