import Documents
import Diagnostics
import Expressions
import Locations
import PipelineIR
import PipelineSyntax
import PlanFormat
import SourceText
import Values

/// What a step hands to later ones, and takes from earlier ones.
extension StepExpander {
  /// Adds the objects that a step writes or depends on to what it does to data, so that they order the
  /// steps like any other data; false if an output isn't there.
  mutating func addOutputs(
    _ declaration: StepDecl, stage: StageID?, _ report: inout Report
  ) -> OutputUse? {
    guard let stage, !context.pipeline.outputs.isEmpty else { return nil }
    for entry in declaration.outputs.map({ Array(tree.entries($0)) }) ?? [] {
      guard let output = output(tree.string(entry.key), from: nil, at: nil, &report) else {
        continue
      }
      program.accesses.append(
        Access(place: output.place, mode: .write, span: tree.span(entry.key)))
    }
    var read: [PlaceID] = []
    // By what it depends on whether it is done at all, and what its arguments take.
    let whole = program.stage(stage)
    for name in whole?.condition?.outputs ?? [] {
      let when = context.pipeline.stages[Int(stage.index)].when
      addRead(
        of: name, for: stage, at: when.map(tree.span) ?? tree.span(declaration.node), &read, &report
      )
    }
    for use in program.outputUses {
      guard let condition = use.noData else { continue }
      for name in condition.outputs {
        addRead(of: name, for: stage, at: tree.span(declaration.node), &read, &report)
      }
    }
    var takes: [String] = []
    for reference in declaration.parameters.map({ tree.references(in: $0) }) ?? []
    where reference.name == OutputUses.variable {
      guard let name = reference.members.first else { continue }
      if !takes.contains(name) { takes.append(name) }
      addRead(of: name, for: stage, at: reference.span, &read, &report)
    }
    var noData: Plan.Condition?
    if let node = declaration.noDataIf {
      noData = binder.deferredCondition(node, context.pipeline, into: &report.diagnostics)
      for name in noData?.outputs ?? [] {
        _ = output(name, from: stage, at: tree.span(node), &report)
      }
    }
    guard !takes.isEmpty || noData != nil else { return nil }
    return OutputUse(step: .empty, takes: takes, noData: noData)
  }

  private mutating func addRead(
    of name: String, for stage: StageID, at span: Span, _ read: inout [PlaceID],
    _ report: inout Report
  ) {
    guard let output = output(name, from: stage, at: span, &report),
      !read.contains(output.place)
    else { return }
    read.append(output.place)
    program.accesses.append(Access(place: output.place, mode: .read, span: span))
  }

  /// An output of the run; its step may be done.
  ///
  /// - Parameters:
  ///   - stage: where it is used, and `span` is how; nil where it is declared.
  private mutating func output(
    _ name: String, from stage: StageID?, at span: Span?, _ report: inout Report
  ) -> Output? {
    guard let declaration = context.pipeline.outputs.first(where: { $0.name.value == name }) else {
      return nil
    }
    if let span, let reason = absence(of: declaration, from: stage) {
      report.diagnostics.append(
        .outputAbsent(name, reason, at: span, declared: declaration.name.span))
      return nil
    }
    if let known = program.outputs.first(where: { $0.planned.name == name }) { return known }
    let binder = context.binder(context.scope(for: program))
    let step = StepDecl(tree, declaration.step)
    guard let at = declaration.at, let text = binder.string(at, into: &report.diagnostics),
      let stepName = step.name.flatMap({ binder.text($0, into: &report.diagnostics) })
    else { return nil }
    guard context.isLocation(text, from: at, isData: false, &report),
      let location = try? Location(text)
    else { return nil }
    guard location.isInS3, !location.key.isEmpty, location.key.utf8.last != UInt8(ascii: "/") else {
      report.diagnostics.append(
        .outputLocation(text, at: tree.span(at)).blaming(context.blame.place(of: at)))
      return nil
    }
    var planned = Plan.Output(
      name: name, step: stepName, location: location.text,
      kind: declaration.type.flatMap { Plan.Output.Kind(rawValue: $0.value) } ?? .string,
      limit: declaration.maxBytes ?? Plan.Output.usualLimit)
    planned.choices = declaration.choices.map(\.value)
    let output = Output(
      planned, place: places.intern(location, in: &program), span: declaration.name.span)
    program.outputs.append(output)
    return output
  }

  /// Why an output isn't there; nil if its step writes it in this run, or is left out as it was done
  /// before.
  private func absence(of output: OutputDecl, from user: StageID?) -> String? {
    let stage = program.stages[output.stage]
    switch stage.status {
    case .undecided, .skipped, .beforeResumption: return nil
    case .notApplicable, .partOfUnselected:
      return "the stage `\(stage.name)` isn't part of it"
    case .selected: break
    }
    if let condition = stage.condition, let user, Int(user.index) != output.stage,
      program.stage(user)?.condition != condition
    {
      return "whether the stage `\(stage.name)` runs is decided during the run"
    }
    guard let when = StepDecl(tree, output.step).when else { return nil }
    var ignored: [Diagnostic] = []
    let holds = context.binder(context.scope(for: program)).bool(when, into: &ignored)
    return holds == false ? "the `when` of its step is false" : nil
  }
}

extension Binder {
  /// A condition on outputs, with everything else in it evaluated.
  func deferredCondition(
    _ node: NodeID, _ pipeline: PipelineDecl, into diagnostics: inout [Diagnostic]
  ) -> Plan.Condition? {
    guard tree.kind(node) == .string,
      let expression = tree.template(node, into: &diagnostics)?.singleExpression
    else { return bool(node, into: &diagnostics).map { .known($0) } }
    switch evaluateDeferred(expression, OutputUses.variable) {
    case .success(let condition):
      return planned(condition, pipeline, at: tree.span(node), into: &diagnostics)
    case .failure(let error):
      diagnostics.append(
        .evaluation(error).blaming(blame?.place(ofArgumentIn: node, call: error.span)))
      return nil
    }
  }

  private func planned(
    _ condition: DeferredCondition, _ pipeline: PipelineDecl, at span: Span,
    into diagnostics: inout [Diagnostic]
  ) -> Plan.Condition? {
    switch condition {
    case .known(let value): return .known(value)
    case .holds(let name): return .holds(output: name)
    case .compares(let name, let comparison, let value):
      guard let output = pipeline.outputs.first(where: { $0.name.value == name }),
        let literal = literal(value, output, at: span, into: &diagnostics),
        let comparison = Plan.Condition.Comparison(rawValue: comparison.rawValue)
      else { return nil }
      return .compares(output: name, comparison, literal)
    case .not(let part):
      return planned(part, pipeline, at: span, into: &diagnostics).map { .not($0) }
    case .all(let parts), .any(let parts):
      let planned = parts.compactMap { self.planned($0, pipeline, at: span, into: &diagnostics) }
      guard planned.count == parts.count else { return nil }
      if case .all = condition { return .all(planned) }
      return .any(planned)
    }
  }

  /// What an output is compared with, if it can be such a value.
  private func literal(
    _ value: Value, _ output: OutputDecl, at span: Span, into diagnostics: inout [Diagnostic]
  ) -> Plan.Condition.Literal? {
    let name = output.name.value
    switch (output.type?.value, value.unwrapped) {
    case ("string", .string(let text)):
      let choices = output.choices.map(\.value)
      guard choices.isEmpty || choices.contains(text) else {
        diagnostics.append(.outputNeverSo(name, text, among: choices, at: span))
        return nil
      }
      return .text(text)
    case ("bool", .bool(let flag)), ("marker", .bool(let flag)): return .flag(flag)
    case ("int", let number):
      if let number = number.exactInteger { return .number(number) }
      diagnostics.append(.outputLiteral(name, "a whole number", found: value, at: span))
    default:
      let wanted = output.type?.value == "string" ? "a text" : "a bool"
      diagnostics.append(.outputLiteral(name, wanted, found: value, at: span))
    }
    return nil
  }
}
