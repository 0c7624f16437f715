import Diagnostics
import PipelineIR
import PipelineSyntax
import SourceText
import Values

extension Pass {
  /// Frees ephemeral data that this run made: when the stage that its release names starts, or else
  /// after the last step that uses it.
  static let releaseData = Pass(
    "release-data", "frees ephemeral data that this run made and no later step reads",
    codes: StepExpander.codes
  ) { program, context, report in
    guard context.pipeline.datasets.contains(where: { $0.release != nil }) else { return }
    let places = PlaceIndex(program)
    var insertions: [StepInsertion] = []
    for (index, declaration) in context.pipeline.datasets.enumerated() {
      guard let release = declaration.release else { continue }
      var end = program.steps.endIndex
      var stage: StageID?
      if let before = release.before {
        guard let named = program.stageID(named: before.value), program.isSelected(named) else {
          continue
        }
        stage = named
        // The stage itself may not have steps.
        end = program.steps.firstIndex { $0.stage.map { $0 >= named } ?? false } ?? end
      }
      guard let use = lastUse(of: program.datasets[index], before: end, program, places)
      else { continue }
      let position = release.before == nil ? use + 1 : end
      if stage == nil, program.steps.indices.contains(position) {
        stage = program.steps[position].stage
      }
      insertions.append(StepInsertion(before: position, node: release.step, stage: stage))
      report.explain(
        "dataset `\(declaration.name.value)`", .added,
        "this run made it, and its space on the cluster is freed", at: declaration.name.span)
    }
    // In the order of the steps that they come before; those at one position as declared.
    let ordered = insertions.enumerated()
      .sorted { ($0.element.before, $0.offset) < ($1.element.before, $1.offset) }
      .map(\.element)
    program.insert(ordered, pass: .releaseData, context, &report)
  }

  /// The last step before `end` that reads or writes a dataset; nil if no step before it fills it.
  private static func lastUse(
    of dataset: Dataset, before end: Int, _ program: Program, _ index: PlaceIndex
  ) -> Int? {
    var last: Int?
    var isFilled = false
    for step in program.steps.indices.prefix(end) {
      for access in program.accesses(of: program.steps[step])
      where dataset.places.contains(where: { index.overlap(access.place, $0) }) {
        last = step
        if access.mode == .write { isFilled = true }
      }
    }
    return isFilled ? last : nil
  }
}
