import Diagnostics
import PipelineIR
import PipelineSyntax
import SourceText
import Values

/// Finds steps that would read data whose restoring has failed: not in this run, but in its recovery,
/// where what filled the data here is left out.
struct FailedRestores {
  private let program: Program
  private let restoring: RestoringSteps
  private let names: Set<String>

  /// Nil where each failed step that restores data ends the run.
  init?(_ program: Program, _ context: Context) {
    let tree = context.pipeline.tree
    let goesOn = context.pipeline.datasets.contains { dataset in
      dataset.restore.map { StepDecl(tree, $0).onFailure != nil } ?? false
    }
    guard goesOn else { return nil }
    self.program = program
    restoring = RestoringSteps(program, context, isWhole: true)
    names = Set(program.steps.map { program.text($0.name) })
  }

  func check(_ report: inout Report) {
    var readers = program.steps.map { (step: $0, program: program) }
    var seen: Set<Int> = []
    while !readers.isEmpty {
      let (step, owner) = readers.removeFirst()
      let needed = needs(of: step, in: owner)
      let added = needed.map(\.index).filter { seen.insert($0).inserted }
      readers += added.map { (restoring.program.steps[$0], restoring.program) }
      let after = Set(
        owner.stepOrders.filter { $0.step == step.name }.flatMap { $0.after.map(\.text) })
      for (index, access) in needed {
        let restore = restoring.program.steps[index]
        let name = restoring.program.text(restore.name)
        guard restore.actionOnFailure == .proceed, !names.contains(name), !after.contains(name)
        else { continue }
        report.diagnostics.append(
          .dataAfterFailure(
            owner.text(step.name), .reads, owner.placeText(access.place), of: name, .writes,
            at: access.span, failed: restore.origin.span))
        break
      }
    }
  }

  /// The steps that would restore what a step reads, each with what is read.
  private func needs(of step: Step, in owner: Program) -> [(index: Int, access: Access)] {
    owner.accesses(of: step).filter { $0.mode == .read }.flatMap { access in
      restoring.steps(restoring: access.place).map { ($0, access) }
    }
  }
}
