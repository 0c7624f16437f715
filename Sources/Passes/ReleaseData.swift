import Diagnostics
import PipelineIR
import PipelineSyntax
import SourceText
import Values

extension Pass {
  /// Frees ephemeral data that this run made, as soon as the stage starts that its release names;
  /// behind the last step that uses it, where none is named.
  static let releaseData = Pass(
    "release-data", "frees ephemeral data that this run made and no later step reads"
  ) { program, context, report in
    guard context.pipeline.datasets.contains(where: { $0.release != nil }) else { return }
    let places = PlaceIndex(program)
    var insertions: [StepInsertion] = []
    for (index, declaration) in context.pipeline.datasets.enumerated() {
      guard let release = declaration.release,
        let use = lastUse(of: program.datasets[index], program, places)
      else { continue }
      var position = use + 1
      if let before = release.before {
        guard let stage = program.stageID(named: before.value), program.isSelected(stage),
          let first = program.steps.firstIndex(where: { $0.stage == stage })
        else { continue }
        position = first
      }
      let stage = program.steps.indices.contains(position) ? program.steps[position].stage : nil
      insertions.append(StepInsertion(before: position, node: release.step, stage: stage))
      report.explain(
        "dataset `\(declaration.name.value)`", .added,
        "this run made it, and its place on the cluster is wanted back", at: declaration.name.span)
    }
    // In the order of the steps that they stand before; those of one place as declared.
    let ordered = insertions.enumerated()
      .sorted { ($0.element.before, $0.offset) < ($1.element.before, $1.offset) }
      .map(\.element)
    program.insert(ordered, pass: .releaseData, context, &report)
  }

  /// The last step that reads or writes a dataset that the run fills; nil where it does not.
  private static func lastUse(
    of dataset: Dataset, _ program: Program, _ index: PlaceIndex
  ) -> Int? {
    var last: Int?
    var isFilled = false
    for step in program.steps.indices {
      for access in program.accesses(of: program.steps[step])
      where dataset.places.contains(where: { index.overlap(access.place, $0) }) {
        last = step
        if access.mode == .write { isFilled = true }
      }
    }
    return isFilled ? last : nil
  }
}
