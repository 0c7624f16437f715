import Diagnostics
import PipelineIR
import SourceText

/// Which steps come after which because the pipeline says so with `after`, transitively.
struct StepOrdering {
  /// For each step, those that it names, by index.
  private let predecessors: [Int: [Int]]

  /// Nil if a name isn't that of an earlier step.
  init?(_ program: Program, _ context: Context, _ report: inout Report) {
    var indices: [String: Int] = [:]
    if !program.stepOrders.isEmpty {
      for (index, step) in program.steps.enumerated() {
        let name = program.text(step.name)
        indices[name] = indices[name] ?? index
      }
    }
    var predecessors: [Int: [Int]] = [:]
    var absent: AbsentSteps?
    var isSound = true
    for order in program.stepOrders {
      let own = program.text(order.step)
      guard let step = indices[own] else { continue }
      for name in order.after {
        if let earlier = indices[name.text], earlier < step {
          predecessors[step, default: []].append(earlier)
          continue
        }
        let isLater = indices[name.text] != nil
        let known = absent ?? AbsentSteps(program, context)
        absent = known
        if !isLater, known.mayHold(name.text) { continue }
        isSound = false
        report.diagnostics.append(
          .afterUnknownStep(
            name.text, in: own, isLater: isLater,
            among: indices.filter { $0.value < step }.keys.sorted(), at: name.span))
      }
    }
    guard isSound else { return nil }
    self.predecessors = predecessors
  }

  /// The steps that its `after` names, by index.
  func predecessors(of step: Int) -> [Int] { predecessors[step] ?? [] }

  /// Whether `after` puts one step before another.
  func isOrdered(_ earlier: Int, before later: Int) -> Bool {
    guard !predecessors.isEmpty else { return false }
    var seen: Set<Int> = []
    var open = [later]
    while let step = open.popLast() {
      for predecessor in predecessors[step] ?? [] {
        if predecessor == earlier { return true }
        // Steps before the earlier one can't lead to it.
        if predecessor > earlier, seen.insert(predecessor).inserted { open.append(predecessor) }
      }
    }
    return false
  }
}

/// The names of the pipeline's steps that aren't in the run.
private struct AbsentSteps {
  private var names: Set<String> = []
  /// Whether some names can't be known.
  private var isOpen = false

  init(_ program: Program, _ context: Context) {
    names = Set((program.doneSteps + program.stepsLeftOut).map(\.name))
    let run = Rehearsal(
      context.with(context.options.leavingNothingOut, facts: context.facts.recalling()))
    let found = run.declaredNames()
    names.formUnion(found.names)
    isOpen = !found.isComplete
  }

  func mayHold(_ name: String) -> Bool { isOpen || names.contains(name) }
}
