import Diagnostics
import Locations
import PipelineIR
import PipelineSyntax
import SourceText
import Values

/// What the steps of all stages that apply, whether or not they run, would do to datasets' places.
struct DatasetFates {
  /// Why a place is emptied, or has to be empty.
  enum Clearing {
    case deleted(by: String, at: Span)
    case required(by: String, at: Span)
  }

  private struct Access {
    var place: Location
    var step: Int
    var name: String
    var span: Span
  }

  private var deletions: [Access] = []
  private var writes: [Access] = []
  /// By dataset.
  private var requirements: [Int: Clearing] = [:]

  init(_ program: Program, _ context: Context) {
    let whole = context.wholeRun(of: program)
    for (index, step) in whole.steps.enumerated() {
      let name = whole.text(step.name)
      for access in whole.accesses(of: step) where access.mode != .read {
        guard let place = try? Location(whole.placeText(access.place)) else { continue }
        let found = Access(place: place, step: index, name: name, span: access.span)
        if access.mode == .write { writes.append(found) } else { deletions.append(found) }
      }
    }
    let binder = context.withoutTrace.binder(context.scope(for: program))
    var ignored: [Diagnostic] = []
    for (index, stage) in program.stages.enumerated() where stage.status != .notApplicable {
      for requirement in context.pipeline.stages[index].requires {
        guard case .empty(let name) = requirement.rule,
          let dataset = context.pipeline.dataset(named: name.value), requirements[dataset] == nil,
          requirement.when.map({ binder.bool($0, into: &ignored) ?? true }) ?? true
        else { continue }
        requirements[dataset] = .required(by: stage.name, at: name.span)
      }
    }
  }

  /// Why a place of a dataset is emptied; nil where it isn't.
  func clearing(of dataset: Int, at place: Location) -> Clearing? {
    if let deletion = deletions.first(where: { $0.place.overlaps(place) }) {
      return .deleted(by: deletion.name, at: deletion.span)
    }
    return requirements[dataset]
  }

  /// Two different steps that write a place.
  func twoWriters(of place: Location) -> (String, String)? {
    let all = writes.filter { $0.place == place }
    guard let first = all.first, let second = all.first(where: { $0.step != first.step }) else {
      return nil
    }
    return (first.name, second.name)
  }
}
