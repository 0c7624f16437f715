import Diagnostics
import Expressions
import PipelineIR
import PipelineSyntax
import PlanFormat
import SourceText
import Values

extension Pass {
  /// Decides which stages run, by their `when`, `--skip` and `--resume-from`.
  ///
  ///     stage enrich: undecided        stage enrich: selected
  ///     stage shred: undecided    →    stage shred: skipped
  static let selectStages = Pass(
    "select-stages", "decides which stages run, by their `when`, `--skip` and `--resume-from`",
    codes: [
      .includeUnknown, .onlyUnknown, .outputInvalid, .resumeUnknownStage, .resumeUnsafe,
      .resumeWithSkip,
      .skipUnknownStage,
    ]
  ) { program, context, report in
    guard StageOptions.check(program, context, &report) else { return }
    guard let only = OnlyStages(program, context, &report) else { return }
    // A stage's `when` sees the stages above it, which are decided.
    program.selection = ValueMap()
    let resumeAt = context.options.resumeFrom.flatMap(program.stageID(named:))
    for index in program.stages.indices {
      let id = StageID(index)
      let stage = program.stages[index]
      program.stages[index].condition = StageOptions.condition(
        of: id, in: program, context, into: &report)
      let status = StageOptions.status(
        of: id, in: program, context: context, resumeAt: resumeAt, only: only, into: &report)
      program.stages[index].status = status
      // If its `when` has no value, it isn't known whether the stage runs.
      if status != .undecided { program.selection[stage.name] = .bool(status == .selected) }
      if let coverage = context.facts.coverage, status != .undecided {
        coverage.note(stage.span, status == .selected)
      }
      program.stages[index].reason = reason(status, index, program, context)
      report.explain(
        "stage `\(stage.name)`", status == .selected ? .kept : .dropped,
        program.stages[index].reason, at: stage.span)
    }
  }

  private static func reason(
    _ status: Stage.Status, _ index: Int, _ program: Program, _ context: Context
  ) -> String {
    switch status {
    case .undecided, .selected, .notApplicable:
      guard let when = context.pipeline.stages[index].when else { return "it has no `when`" }
      if let condition = program.stages[index].condition {
        return "decided during the run: whether \(condition.text)"
      }
      let binder = context.binder(context.scope(for: program))
      var ignored: [Diagnostic] = []
      binder.bindLets(neededBy: when, of: context.pipeline, into: &ignored)
      let values = ConditionText.values(in: when, of: binder.tree, binder.scope)
      return "its `when` is \(status == .selected ? "true" : "false")"
        + (values.isEmpty ? "" : ": \(values)")
    case .skipped:
      let name = program.stages[index].name
      return context.options.skip.contains(name)
        ? "`--skip` names it"
        : context.options.onlySteps.isEmpty
          ? "`--only` doesn't name it" : "it has no step that `--only-step` names"
    case .beforeResumption:
      return "it comes before `\(context.options.resumeFrom ?? "")`, where the run resumes"
    case .partOfUnselected:
      let whole = program.stages[index].partOf.flatMap(program.stage)?.name ?? ""
      return "it is part of `\(whole)`, which doesn't run"
    }
  }
}

/// How a run's options select stages.
private enum StageOptions {
  /// Whether the options name stages that exist, and can be combined.
  static func check(_ program: Program, _ context: Context, _ report: inout Report) -> Bool {
    let options = context.options
    let names = program.stages.map(\.name)
    var isGood = true
    for (index, name) in options.skip.enumerated() where !names.contains(name) {
      report.diagnostics.append(
        .skipUnknownStage(name, among: names, at: options.places.skip.place(of: index)))
      isGood = false
    }
    for (index, name) in options.include.enumerated()
    where !context.pipeline.includes.contains(where: { $0.value == name }) {
      report.diagnostics.append(
        .includeUnknown(
          name, among: context.pipeline.includes.map(\.value),
          at: options.places.include.place(of: index)))
      isGood = false
    }
    guard let resume = options.resumeFrom else { return isGood }
    // Resuming a named run keeps its own selection.
    let isNamed = options.runID != nil
    let others = [
      ("--skip", options.skip, options.places.skip), ("--only", options.only, options.places.only),
      ("--only-step", options.onlySteps, options.places.onlySteps),
    ]
    if !isNamed, let (option, _, places) = others.first(where: { !$0.1.isEmpty }) {
      report.diagnostics.append(
        .resumeWith(option, at: options.places.resumeFrom, places.first))
      isGood = false
    }
    guard let id = program.stageID(named: resume), let stage = program.stage(id) else {
      report.diagnostics.append(
        .resumeUnknownStage(
          resume, among: program.stages.filter { $0.partOf == nil }.map(\.name),
          at: options.places.resumeFrom))
      return false
    }
    if let whole = stage.partOf.flatMap(program.stage) {
      report.diagnostics.append(.resumeFromPart(resume, of: whole.name, at: stage.span))
      return false
    }
    return isGood
  }

  /// What a stage's `when` asks of outputs, if it does; the rest of it is evaluated.
  static func condition(
    of id: StageID, in program: Program, _ context: Context, into report: inout Report
  ) -> Plan.Condition? {
    guard let when = context.pipeline.stages[Int(id.index)].when, context.usesOutputs(when) else {
      return nil
    }
    let binder = context.binder(context.scope(for: program))
    binder.bindLets(neededBy: when, of: context.pipeline, into: &report.diagnostics)
    return binder.deferredCondition(when, context.pipeline, into: &report.diagnostics)
  }

  static func status(
    of id: StageID, in program: Program, context: Context, resumeAt: StageID?,
    only: OnlyStages, into report: inout Report
  ) -> Stage.Status {
    let stage = program.stages[Int(id.index)]
    let declaration = context.pipeline.stages[Int(id.index)]
    if let when = declaration.when {
      let binder = context.binder(context.scope(for: program))
      binder.bindLets(neededBy: when, of: context.pipeline, into: &report.diagnostics)
      let mark = context.facts.askedCount
      let holds: Bool
      switch stage.condition {
      case .known(let value)?: holds = value
      case .some: holds = true
      case nil where context.usesOutputs(when): return .undecided
      case nil:
        guard let value = binder.bool(when, into: &report.diagnostics) else { return .undecided }
        holds = value
      }
      context.facts.note(
        "\(FactOracle.Choice.stages).\(stage.name)",
        restsOn: binder.grounds(of: when, since: mark))
      if !holds {
        if context.options.resumeFrom == stage.name {
          report.diagnostics.append(.resumeNotApplicable(stage.name, at: stage.span))
        }
        return .notApplicable
      }
    }
    if let whole = stage.partOf, !program.isSelected(whole) { return .partOfUnselected }
    if context.options.skip.contains(stage.name) || !only.contains(stage.name) { return .skipped }
    if let resumeAt, id < resumeAt, stage.partOf.map({ $0 < resumeAt }) ?? true {
      return .beforeResumption
    }
    return .selected
  }
}
