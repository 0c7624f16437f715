import Diagnostics
import PipelineIR
import PipelineSyntax
import SourceText
import Values

extension Pass {
  /// Finds out where each dataset is.
  static let placeDatasets = Pass(
    "place-datasets", "finds out where each dataset is, and which places this run fills"
  ) { program, context, report in
    var table = PlaceTable()
    let binder = context.binder(context.scope(for: program))
    for index in program.datasets.indices {
      let declaration = context.pipeline.datasets[index]
      if let when = declaration.when {
        guard let exists = binder.bool(when, into: &report.diagnostics) else { continue }
        if !exists {
          report.explain(
            "dataset `\(declaration.name.value)`", .dropped, "its `when` does not hold",
            at: declaration.name.span)
          continue
        }
      }
      guard let at = declaration.at, let value = binder.value(at, into: &report.diagnostics),
        !value.isAbsent
      else { continue }
      var problem: Diagnostic?
      place(index, value.unwrapped, at: context.pipeline.tree.span(at), &program, &table, &problem)
      if let problem { report.diagnostics.append(problem.blaming(context.blame.place(of: at))) }
    }
    context.facts.setFilled(filledLocations(program, context))
  }

  private static func place(
    _ index: Int, _ value: Value, at span: Span, _ program: inout Program,
    _ table: inout PlaceTable, _ problem: inout Diagnostic?
  ) {
    let items: [Value] = if case .list(let items) = value { items } else { [value] }
    var locations: [String] = []
    for item in items {
      guard case .string(let location) = item.unwrapped.revealed else {
        problem = .wrongValue("a location", found: item, at: span)
        return
      }
      guard Location.isLocation(location) else {
        problem = .stepLocation(location, at: span)
        return
      }
      locations.append(location)
    }
    program.datasets[index].locations = locations
    if case .list = value { program.datasets[index].isList = true }
    program.datasets[index].places = locations.map { table.intern($0, in: &program) }
  }

  /// Where the stages of this run write.
  private static func filledLocations(_ program: Program, _ context: Context) -> [String] {
    var datasets: Set<String> = []
    for index in program.stages.indices where program.isSelected(StageID(index)) {
      datasets.formUnion(context.uses.stages[index].writes)
    }
    return program.datasets.filter { datasets.contains($0.name) }.flatMap { $0.locations ?? [] }
  }
}
