import Diagnostics
import PipelineIR
import PipelineSyntax
import SourceText
import Values

/// The stages that `--only` and `--only-step` leave in a run.
struct OnlyStages {
  /// Nil: all of them.
  private var names: Set<String>?

  /// Nil, with errors, if the options name what isn't there.
  init?(_ program: Program, _ context: Context, _ report: inout Report) {
    let options = context.options
    var isGood = true
    if !options.only.isEmpty {
      let known = program.stages.map(\.name)
      for (index, name) in options.only.enumerated() where !known.contains(name) {
        report.diagnostics.append(
          .onlyUnknownStage(name, among: known, at: options.places.only.place(of: index)))
        isGood = false
      }
      names = Self.stages(options.only, program)
    }
    if !options.onlySteps.isEmpty {
      let steps = Self.steps(context)
      for (index, name) in options.onlySteps.enumerated()
      where !steps.contains(where: { $0.step == name }) {
        report.diagnostics.append(
          .onlyUnknownStep(
            name, among: steps.map(\.step), at: options.places.onlySteps.place(of: index)))
        isGood = false
      }
      let wanted = steps.filter { options.onlySteps.contains($0.step) }.map(\.stage)
      let found = Self.stages(wanted, program)
      names = names.map { $0.intersection(found) } ?? found
    }
    if !isGood { return nil }
  }

  func contains(_ stage: String) -> Bool { names?.contains(stage) ?? true }

  /// A stage is named with its parts; a part, with the stage that it is part of.
  private static func stages(_ named: [String], _ program: Program) -> Set<String> {
    var names = Set(named)
    for stage in program.stages {
      guard let whole = stage.partOf.flatMap(program.stage)?.name else { continue }
      let parts = program.stages.filter { part in
        part.partOf.flatMap(program.stage)?.name == whole
      }
      if named.contains(stage.name) {
        names.insert(whole)
      } else if named.contains(whole), !parts.contains(where: { named.contains($0.name) }) {
        names.insert(stage.name)
      }
    }
    return names
  }

  /// The steps of a run that leaves nothing out, with their stages.
  private static func steps(_ context: Context) -> [(step: String, stage: String)] {
    var run = Rehearsal(
      context.with(context.options.leavingNothingOut, facts: context.facts.fresh()))
    _ = run.expand { $0.status == .selected }
    let program = run.program
    return program.steps.compactMap { step in
      step.stage.flatMap(program.stage).map { (program.text(step.name), $0.name) }
    }
  }
}
