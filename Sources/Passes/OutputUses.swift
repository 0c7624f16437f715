import Documents
package import Diagnostics
import Expressions
package import PipelineSyntax
import SourceText
import Values

/// Finds outputs that are declared where none can be, and uses of outputs where their values can't be:
/// nothing but arguments of later steps and conditions can wait for the run.
package struct OutputUses {
  /// What it may report.
  package static let codes: [DiagnosticCode] = [
    .outputComputed, .outputInvalid, .outputMisplaced, .outputTooEarly, .pipelineDuplicateName,
    .stageUndecided,
  ]
  /// What outputs are called in expressions.
  static var variable: String { "outputs" }

  private let pipeline: PipelineDecl
  private let kinds: [String: StepKindDecl]
  /// By name; the first if there are several.
  private var outputs: [String: OutputDecl] = [:]
  /// Spans of uses that are good, or reported.
  private var seen: Set<Span> = []
  private var found: [Diagnostic] = []

  package init(_ pipeline: PipelineDecl, kinds: [StepKindDecl]) {
    self.pipeline = pipeline
    self.kinds = Dictionary(kinds.map { ($0.name.value, $0) }) { first, _ in first }
    for output in pipeline.outputs where outputs[output.name.value] == nil {
      outputs[output.name.value] = output
    }
  }

  private var tree: Tree { pipeline.tree }

  package mutating func check(into diagnostics: inout [Diagnostic]) {
    checkDeclarations()
    for (index, stage) in pipeline.stages.enumerated() {
      if let when = stage.when { check(condition: when, inStage: index, step: nil) }
      for node in stage.steps.map({ Array(tree.items($0)) }) ?? [] { check(step: node, of: index) }
    }
    checkRest()
    checkUndecided()
    diagnostics += found
  }

  // MARK: Declarations

  private mutating func checkDeclarations() {
    for (name, output) in pipeline.outputs.map({ ($0.name, $0) }) {
      if let first = outputs[name.value], first.name.span != name.span {
        found.append(.duplicateName(name.value, at: name.span, first: first.name.span))
      }
      if output.isRepeated { found.append(.outputOfEach(name.value, at: name.span)) }
      if !output.choices.isEmpty, output.type?.value != "string", let choice = output.choices.first
      {
        found.append(.outputChoices(output.type?.value ?? "string", at: choice.span))
      }
    }
    let others =
      pipeline.datasets.flatMap { [$0.restore, $0.release?.step] }.compactMap(\.self)
      + [pipeline.cluster?.onCreate, pipeline.cluster?.onReuse].compactMap(\.self)
      .flatMap { tree.items($0) }
    for node in others {
      let step = StepDecl(tree, node)
      for member in [step.outputs, step.noDataIf].compactMap(\.self) {
        found.append(.outputsOutsideStages(at: tree.span(member)))
      }
    }
  }

  // MARK: Uses

  private mutating func check(step node: NodeID, of stage: Int) {
    let step = StepDecl(tree, node)
    if let condition = step.noDataIf { check(condition: condition, inStage: stage, step: node) }
    guard let parameters = step.parameters else { return }
    let kind = step.kind.flatMap { kinds[tree.string($0)] }
    for entry in tree.entries(parameters) where usesOutputs(entry.value) {
      let name = tree.string(entry.key)
      if let kind, let reason = Self.reasonAgainst(name, of: kind) {
        report(.outputInParameter(name, reason, at: tree.span(entry.value)), in: entry.value)
        continue
      }
      check(value: entry.value, isItem: false, inStage: stage, step: node)
    }
  }

  /// Why a parameter of a kind needs its value in the plan; nil if it becomes an argument as it is.
  private static func reasonAgainst(_ name: String, of kind: StepKindDecl) -> String? {
    if kind.data.contains(name) || (kind.reads + kind.writes).contains(where: { $0.value == name })
      || kind.deletes.contains(where: { $0.parameter == name || $0.condition == name })
    {
      return "it says where data is, which has to be known in the plan"
    }
    if kind.part.contains(name) {
      return "it says which part of the data the step touches, which has to be known in the plan"
    }
    let texts =
      kind.arguments.compactMap { argument in
        if case .text(let node) = argument { node } else { nil }
      } + [kind.jar, kind.mainClass].compactMap(\.self)
    let isComputed = texts.contains { node in
      kind.tree.references(in: node).contains {
        $0.name == "parameters" && ($0.members.isEmpty || $0.members.first == name)
      }
    }
    return isComputed ? "its step kind computes with it" : nil
  }

  /// A parameter's value, an item of it, or an entry.
  /// - Parameter isItem: whether it is in a list, where a bool is a text as any other.
  private mutating func check(value node: NodeID, isItem: Bool, inStage stage: Int, step: NodeID) {
    switch tree.kind(node) {
    case .null, .bool, .int, .float: return
    case .list:
      for item in tree.items(node) { check(value: item, isItem: true, inStage: stage, step: step) }
    case .map:
      for entry in tree.entries(node) {
        check(value: entry.value, isItem: false, inStage: stage, step: step)
      }
    case .string:
      var ignored: [Diagnostic] = []
      guard let template = tree.template(node, into: &ignored) else { return }
      for expression in template.expressions(using: Self.variable) {
        guard let reference = expression.reference, reference.use == .value,
          reference.members.count == 1
        else {
          let span = expression.references.first { $0.name == Self.variable }?.span
          report(.outputComputed(at: span ?? tree.span(node)), in: node)
          continue
        }
        guard let output = use(reference, inStage: stage, step: step, isAfter: true) else {
          continue
        }
        if !isItem, template.singleExpression != nil,
          ["bool", "marker"].contains(output.type?.value ?? "")
        {
          found.append(.outputFlag(output.name.value, at: reference.span))
        }
      }
    }
  }

  /// - Parameter step: the step that the condition belongs to; nil if it is the stage's.
  private mutating func check(condition node: NodeID, inStage stage: Int, step: NodeID?) {
    guard usesOutputs(node) else {
      if step != nil { found.append(.noDataWithoutOutputs(at: tree.span(node))) }
      return
    }
    var ignored: [Diagnostic] = []
    guard let expression = tree.template(node, into: &ignored)?.singleExpression else {
      return report(.outputComputed(at: tree.span(node)), in: node)
    }
    if let span = expression.misuse(of: Self.variable) {
      return report(.outputConditionTooComplex(at: span), in: node)
    }
    for reference in expression.references where reference.name == Self.variable {
      _ = use(reference, inStage: stage, step: step, isAfter: false)
    }
  }

  /// Notes a use that is where it may be, and checks that the output is written before.
  /// - Parameters:
  ///   - step: the step that uses it, or nil for its stage.
  ///   - isAfter: whether the step itself can't have written it.
  private mutating func use(
    _ reference: Reference, inStage stage: Int, step: NodeID?, isAfter: Bool
  ) -> OutputDecl? {
    seen.insert(reference.span)
    // An unknown one is reported with the types.
    guard let output = reference.members.first.flatMap({ outputs[$0] }) else { return nil }
    let isEarlier: Bool
    if output.stage != stage {
      isEarlier = output.stage < stage
    } else if let step {
      let steps = pipeline.stages[stage].steps.map { Array(tree.items($0)) } ?? []
      let (writer, user) = (steps.firstIndex(of: output.step), steps.firstIndex(of: step))
      isEarlier =
        writer.flatMap { writer in user.map { writer < $0 || (!isAfter && writer == $0) } } ?? true
    } else {
      isEarlier = false
    }
    if !isEarlier {
      found.append(
        .outputTooEarly(
          output.name.value, isStage: step == nil, at: reference.span, declared: output.name.span))
    }
    return output
  }

  /// Everything else in the pipeline is evaluated before the run.
  private mutating func checkRest() {
    guard let root = tree.root else { return }
    for reference in tree.references(in: root)
    where reference.name == Self.variable && !seen.contains(reference.span) {
      found.append(.outputMisplaced(reference.text, at: reference.span))
    }
  }

  /// Which stages run is asked in the plan: of one that is decided during the run, it isn't known.
  private mutating func checkUndecided() {
    var undecided: [String: Span] = [:]
    for stage in pipeline.stages {
      if let when = stage.when, usesOutputs(when) {
        undecided[stage.name.value] = tree.span(when)
      } else if let whole = stage.partOf, let when = undecided[whole.value] {
        undecided[stage.name.value] = when
      }
    }
    guard !undecided.isEmpty, let root = tree.root else { return }
    for reference in tree.references(in: root) where reference.name == "stages" {
      guard let name = reference.members.first, let when = undecided[name] else { continue }
      found.append(.stageUndecided(name, at: reference.span, when: when))
    }
  }

  private func usesOutputs(_ node: NodeID) -> Bool {
    tree.references(in: node).contains { $0.name == Self.variable }
  }

  private mutating func report(_ diagnostic: Diagnostic, in node: NodeID) {
    found.append(diagnostic)
    for reference in tree.references(in: node) where reference.name == Self.variable {
      seen.insert(reference.span)
    }
  }
}
