import Documents
import RegularExpressions
import Diagnostics
import Locations
import PipelineIR
import PipelineSyntax
import PlanFormat
import SourceText
import Values

extension Pass {
  /// Asks S3 and EMR for what the selected stages require, in the order of the stages.
  static let requireFacts = Pass(
    "require-facts", "asks S3 and EMR for what the selected stages require",
    codes: [.dataTooDeep, .datasetAbsent, .datasetNotEmpty, .noDataToProcess, .requirementFailed]
  ) { program, context, report in
    NamedRun.check(program, context, &report)
    if report.exitStatus != nil { return }
    let binder = context.binder(context.scope(for: program))
    let ahead = context.lookingAhead(program)
    for index in program.stages.indices where program.isSelected(StageID(index)) {
      let stage = program.stages[index]
      for requirement in context.pipeline.stages[index].requires {
        let mark = context.facts.askedCount
        if let when = requirement.when {
          guard binder.bool(when, into: &report.diagnostics) == true else { continue }
        }
        let consequence = binder.consequence(
          severity: requirement.severity, exit: requirement.exit, into: &report.diagnostics)
        guard let consequence else { continue }
        Requirement(
          stage: stage, declaration: requirement, consequence: consequence, binder: binder,
          program: ahead, mark: mark
        ).check(context, &report)
      }
    }
  }
}

/// One requirement of a selected stage.
private struct Requirement {
  let stage: Stage
  let declaration: RequirementDecl
  let consequence: Consequence
  let binder: Binder
  let program: Program

  /// How many questions had been asked before it was checked.
  let mark: Int

  func check(_ context: Context, _ report: inout Report) {
    let before = report.diagnostics.count
    checkRule(context, &report)
    binder.note(declaration.node, report.diagnostics.count == before)
  }

  private func checkRule(_ context: Context, _ report: inout Report) {
    switch declaration.rule {
    case .empty(let dataset): checkEmpty(dataset, context, &report)
    case .data(let dataset, let pattern): checkData(dataset, pattern, context, &report)
    case .depth(let dataset, let folders, let pattern):
      checkDepth(dataset, folders, pattern, context, &report)
    case .require(let node):
      let asked = context.facts.askedCount
      guard let holds = binder.bool(node, into: &report.diagnostics) else { return }
      if holds {
        expectOfNew(asked, at: binder.tree.span(node), context)
      } else {
        let text = message(&report) ?? "a requirement of stage `\(stage.name)` isn't met"
        fail(
          .requirementFailed, text, exit: .failure, at: binder.tree.span(node), &report, nil,
          on: grounds(node),
          blame: Provenance(program, context).places(decidingOn: node).last
            ?? context.blame.place(of: node))
      }
    case .none: return
    }
  }

  private func checkEmpty(
    _ dataset: Spanned<String>, _ context: Context, _ report: inout Report
  ) {
    if let number = context.pipeline.dataset(named: dataset.value),
      context.options.runID != nil, let id = program.stageID(named: stage.name),
      program.isWritten(number, byDoneStepOf: id)
    {
      report.explain(
        "stage `\(stage.name)`", .dropped,
        "`\(dataset.value)` needn't be empty: steps that are done have written there",
        at: dataset.span)
      return
    }
    for location in locations(of: dataset, &report) ?? [] {
      let isEmpty = context.facts.isEmpty(location, pattern: nil)
      var unsaid = Report()
      let text =
        (isEmpty ? message(&unsaid) : message(&report)) ?? "`\(location)` is not empty"
      expect(.isEmpty(location: location), .notEmpty, text, at: dataset.span, context)
      if !isEmpty {
        fail(
          .datasetNotEmpty, text, exit: .notEmpty, at: dataset.span, &report,
          note(dataset, context),
          on: grounds(nil, of: dataset), blame: place(of: dataset, context))
      }
    }
  }

  private func checkData(
    _ dataset: Spanned<String>, _ pattern: NodeID?, _ context: Context, _ report: inout Report
  ) {
    guard let locations = locations(of: dataset, &report) else { return }
    var expression: String?
    if let pattern {
      guard let text = text(ofPattern: pattern, &report) else { return }
      expression = text
    }
    // All are asked, so that all answers are known at once.
    let full = locations.filter { !context.facts.isEmpty($0, pattern: expression) }
    let places = locations.map { "`\($0)`" }.joined(separator: ", ")
    var unsaid = Report()
    let text =
      (full.isEmpty ? message(&report) : message(&unsaid)) ?? "there is no data in \(places)"
    for location in locations {
      let question: FactQuestion =
        expression.map { .hasMatch(location: location, pattern: $0) }
        ?? .isEmpty(location: location)
      // If several places have data, emptying one changes the run but doesn't end it.
      if full == [location] {
        expect(question, .noData, text, at: dataset.span, context)
      } else {
        context.facts.place(dataset.span)
      }
    }
    if full.isEmpty {
      fail(
        .noDataToProcess, text, exit: .noData, at: dataset.span, &report, nil,
        on: grounds(pattern, of: dataset), blame: place(of: dataset, context))
    }
  }

  private func checkDepth(
    _ dataset: Spanned<String>, _ folders: NodeID?, _ pattern: NodeID?, _ context: Context,
    _ report: inout Report
  ) {
    guard let locations = locations(of: dataset, &report), let folders,
      let limit = binder.count(folders, into: &report.diagnostics)
    else { return }
    var expression: String?
    if let pattern {
      guard let text = text(ofPattern: pattern, &report) else { return }
      expression = text
    }
    let declaration = context.pipeline.datasets.first { $0.name.value == dataset.value }
    for (index, location) in locations.enumerated() {
      let found = context.facts.firstTooDeep(location, folders: limit, pattern: expression)
      var unsaid = Report()
      let text =
        (found == nil ? message(&unsaid) : message(&report))
        ?? "data is more than \(limit) folder\(limit == 1 ? "" : "s") below `\(location)`"
      expect(
        .tooDeep(location: location, folders: limit, pattern: expression), .failure, text,
        at: dataset.span, context)
      guard let found else { continue }
      let depth = Location.depth(ofName: found)
      fail(
        .dataTooDeep, text, exit: .failure, at: dataset.span, &report,
        "`\(found)` is \(depth) folder\(depth == 1 ? "" : "s") below `\(location)`",
        on: grounds(pattern, of: dataset),
        blame: declaration?.at.flatMap { at in
          context.blame.place(of: at) == nil ? nil : context.span(ofItem: index, in: at)
        })
    }
  }

  /// A valid pattern; nil if it isn't, which is reported.
  private func text(ofPattern pattern: NodeID, _ report: inout Report) -> String? {
    guard let text = binder.string(pattern, into: &report.diagnostics) else { return nil }
    if case .failure(let error) = RegularExpression.compile(text, syntax: .re2) {
      report.diagnostics.append(
        .badPattern(text, "\(error)", at: binder.tree.span(pattern))
          .blaming(binder.blame?.place(of: pattern)))
      return nil
    }
    return text
  }

  /// Records what a different answer would mean, if it would end the run.
  private func expect(
    _ question: FactQuestion, _ exit: ExitStatus, _ message: String, at span: Span,
    _ context: Context
  ) {
    guard !consequence.isWarning else { return context.facts.place(span) }
    let status = consequence.exitStatus ?? exit
    context.facts.expect(question, exitStatus: status, message: message, at: span)
  }

  /// The same, for questions that a true expression asked for the first time.
  private func expectOfNew(_ asked: Int, at span: Span, _ context: Context) {
    guard context.facts.askedCount > asked, !consequence.isWarning else { return }
    var unsaid = Report()
    guard let text = message(&unsaid) else { return }
    for record in context.facts.records where record.span == span {
      context.facts.expect(
        record.question, exitStatus: consequence.exitStatus ?? .failure, message: text, at: span
      )
    }
  }

  /// The place in an input that gives a dataset's location.
  private func place(of dataset: Spanned<String>, _ context: Context) -> Span? {
    let declaration = context.pipeline.datasets.first { $0.name.value == dataset.value }
    return declaration?.at.flatMap { context.blame.place(of: $0) }
  }

  /// Nil for a place to which the stage doesn't write.
  private func note(_ dataset: Spanned<String>, _ context: Context) -> String? {
    guard let number = context.pipeline.dataset(named: dataset.value),
      context.writes(to: number, inStage: stage.name, of: program)
    else { return nil }
    return "stage `\(stage.name)` fills it, and a run that is under way or that failed may have "
      + "left data there"
  }

  private func message(_ report: inout Report) -> String? {
    declaration.message.flatMap { binder.text($0, into: &report.diagnostics) }
  }

  private func locations(of dataset: Spanned<String>, _ report: inout Report) -> [String]? {
    guard let found = program.datasets.first(where: { $0.name == dataset.value }) else {
      return nil
    }
    if found.locations == nil {
      report.diagnostics.append(.datasetAbsent(dataset.value, at: dataset.span))
    }
    return found.locations
  }

  /// The assumptions on which its failure rests: what it asked, what it names, and that the stage
  /// runs.
  private func grounds(_ node: NodeID?, of dataset: Spanned<String>? = nil) -> Grounds {
    var grounds = binder.grounds(of: declaration.when, node, since: mark)
    if let dataset { grounds.formUnion(binder.facts.grounds(of: "data.\(dataset.value)")) }
    grounds.formUnion(binder.facts.grounds(of: "\(FactOracle.Choice.stages).\(stage.name)"))
    return grounds
  }

  private func fail(
    _ code: DiagnosticCode, _ message: String, exit: ExitStatus, at span: Span,
    _ report: inout Report, _ note: String?, on grounds: Grounds, blame: Span? = nil
  ) {
    // What isn't there may be what the run that is under way has taken.
    if code == .noDataToProcess, report.exitStatus == .notEmpty { return }
    let hint = declaration.hint.flatMap {
      binder.text($0, into: &report.diagnostics)
    }
    let failure = binder.facts.refusal(
      .requirementFailed(
        code, message, stage: stage.name, stageSpan: stage.span, at: span, note: note, hint: hint,
        isWarning: consequence.isWarning
      ).blaming(blame), grounds)
    report.diagnostics.append(failure)
    if failure.severity == .error, report.exitStatus == nil {
      report.exitStatus = consequence.exitStatus ?? exit
    }
  }
}
