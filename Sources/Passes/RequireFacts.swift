import Diagnostics
import PipelineIR
import PipelineSyntax
import SourceText
import Values

extension Pass {
  /// Asks the world for what the selected stages require, in their order.
  static let requireFacts = Pass(
    "require-facts", "asks the world for what the selected stages require"
  ) { program, context, report in
    let binder = context.binder(context.scope(for: program))
    for index in program.stages.indices where program.isSelected(StageID(index)) {
      let stage = program.stages[index]
      for requirement in context.pipeline.stages[index].requires {
        Requirement(stage: stage, declaration: requirement, binder: binder, program: program)
          .check(context, &report)
      }
    }
  }
}

/// One requirement of a selected stage.
private struct Requirement {
  let stage: Stage
  let declaration: RequirementDecl
  let binder: Binder
  let program: Program

  func check(_ context: Context, _ report: inout Report) {
    if let when = declaration.when {
      guard let applies = binder.bool(when, into: &report.diagnostics), applies else { return }
    }
    switch declaration.rule {
    case .empty(let dataset):
      for location in locations(of: dataset, &report) ?? []
      where !context.facts.isEmpty(location, pattern: nil) {
        let text = message(&report) ?? "`\(location)` is not empty"
        fail(.datasetNotEmpty, text, exit: 4, at: dataset.span, &report, note(location))
      }
    case .data(let dataset, let pattern):
      guard let locations = locations(of: dataset, &report) else { return }
      var expression: RegularExpression?
      if let pattern {
        guard let text = binder.string(pattern, into: &report.diagnostics) else { return }
        switch RegularExpression.compile(text, syntax: .re2) {
        case .success(let compiled): expression = compiled
        case .failure(let error):
          report.diagnostics.append(
            .badPattern(text, "\(error)", at: binder.tree.span(pattern)))
          return
        }
      }
      if locations.allSatisfy({ context.facts.isEmpty($0, pattern: expression) }) {
        let places = locations.map { "`\($0)`" }.joined(separator: ", ")
        let text = message(&report) ?? "there is no data in \(places)"
        fail(.noDataToProcess, text, exit: 3, at: dataset.span, &report, nil)
      }
    case .require(let node):
      guard let holds = binder.bool(node, into: &report.diagnostics), !holds else { return }
      let text = message(&report) ?? "a requirement of stage `\(stage.name)` does not hold"
      fail(.requirementFailed, text, exit: 1, at: binder.tree.span(node), &report, nil)
    case .none: return
    }
  }

  private func note(_ location: String) -> String {
    "stage `\(stage.name)` fills it, and a run that is under way or that failed may have left data there"
  }

  private func message(_ report: inout Report) -> String? {
    declaration.message.flatMap { binder.value($0, into: &report.diagnostics)?.argumentText }
  }

  private func locations(of dataset: Marked<String>, _ report: inout Report) -> [String]? {
    guard let found = program.datasets.first(where: { $0.name == dataset.value }) else {
      return nil
    }
    if found.locations == nil {
      report.diagnostics.append(.datasetAbsent(dataset.value, at: dataset.span))
    }
    return found.locations
  }

  private func fail(
    _ code: DiagnosticCode, _ message: String, exit: Int32, at span: Span,
    _ report: inout Report, _ note: String?
  ) {
    let hint = declaration.hint.flatMap {
      binder.value($0, into: &report.diagnostics)?.argumentText
    }
    report.diagnostics.append(
      .requirementFailed(
        code, message, stage: stage.name, stageSpan: stage.span, at: span, note: note, hint: hint,
        isWarning: declaration.isWarning))
    if !declaration.isWarning, report.exitStatus == nil {
      report.exitStatus = Int32(clamping: declaration.exit ?? Int(exit))
    }
  }
}
