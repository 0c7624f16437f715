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
    var table = PlaceTable(capacity: program.datasets.count)
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
    var data: [(key: Value, value: Value)] = []
    data.reserveCapacity(program.datasets.count)
    for dataset in program.datasets {
      if let value = dataset.value { data.append((.string(dataset.name), value)) }
    }
    program.data = ValueMap(data)
    let (stages, all, uses) = (program.stages, program.datasets, context.uses)
    context.facts.setFilled { filledLocations(stages, all, uses) }
  }

  private static func place(
    _ index: Int, _ value: Value, at span: Span, _ program: inout Program,
    _ table: inout PlaceTable, _ problem: inout Diagnostic?
  ) {
    var isList = false
    var items = [value]
    if case .list(let several) = value { (items, isList) = (several, true) }
    var homes: [(location: String, place: PlaceID)] = []
    for item in items {
      guard case .string(let location) = item.unwrapped.revealed else {
        problem = .wrongValue("a location", found: item, at: span)
        return
      }
      guard Location.isLocation(location) else {
        problem = .stepLocation(location, at: span)
        return
      }
      homes.append((location, table.intern(location, in: &program)))
    }
    program.datasets[index].place(at: homes, isList: isList)
  }

  /// Where the stages of this run write.
  private static func filledLocations(
    _ stages: [Stage], _ all: [Dataset], _ uses: DataUses
  ) -> [String] {
    var datasets: Set<String> = []
    for (index, stage) in stages.enumerated() where stage.status == .selected {
      datasets.formUnion(uses.stages[index].writes)
    }
    return all.filter { datasets.contains($0.name) }.flatMap { $0.locations ?? [] }
  }
}
