import Diagnostics
import Locations
import PipelineIR
import PipelineSyntax
import SourceText
import Values

/// What the steps of all stages that apply, whether or not they run, would do to datasets.
struct DatasetFates {
  /// Why a dataset's place is emptied, or has to be empty.
  enum Clearing {
    case deleted(by: String, at: Span)
    case required(by: String, at: Span)
  }

  private var clearings: [Int: Clearing] = [:]
  /// Steps that write, by dataset, in their order.
  private var writers: [Int: [(step: Int, name: String)]] = [:]

  init(_ program: Program, _ context: Context) {
    let whole = context.wholeRun(of: program)
    let homes = whole.datasets.map { dataset in
      (dataset.locations ?? []).compactMap { try? Location($0).folder }
    }
    for (index, step) in whole.steps.enumerated() {
      let name = whole.text(step.name)
      for access in whole.accesses(of: step) where access.mode != .read {
        guard let place = try? Location(whole.placeText(access.place)) else { continue }
        for dataset in homes.indices where homes[dataset].contains(where: place.overlaps) {
          if access.mode == .write {
            writers[dataset, default: []].append((index, name))
          } else if clearings[dataset] == nil {
            clearings[dataset] = .deleted(by: name, at: access.span)
          }
        }
      }
    }
    for (index, stage) in whole.stages.enumerated() where stage.status != .notApplicable {
      for requirement in context.pipeline.stages[index].requires {
        guard case .empty(let name) = requirement.rule,
          let dataset = context.pipeline.dataset(named: name.value), clearings[dataset] == nil
        else { continue }
        clearings[dataset] = .required(by: stage.name, at: name.span)
      }
    }
  }

  func clearing(of dataset: Int) -> Clearing? { clearings[dataset] }

  /// Two different steps that write one of two datasets.
  func twoWriters(of one: Int, _ other: Int) -> (String, String)? {
    let all = (writers[one] ?? []) + (writers[other] ?? [])
    guard let first = all.first, let second = all.first(where: { $0.step != first.step }) else {
      return nil
    }
    return (first.name, second.name)
  }
}
