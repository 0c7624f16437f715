import Diagnostics
import PipelineIR
import PipelineSyntax
import SourceText
import Values

/// Finds steps that would read data after restoring it has failed. It can't happen in this run,
/// whose own steps fill the data, but it can in its recovery, which leaves those steps out.
struct FailedRestores {
  private let program: Program
  private let restoring: RestoringSteps
  private let names: Set<String>

  /// Nil if the run ends whenever a step that restores data fails.
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
    var next = 0
    while next < readers.count {
      let (step, owner) = readers[next]
      next += 1
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

  /// The steps that would restore what a step reads, each with that read.
  private func needs(of step: Step, in owner: Program) -> [(index: Int, access: Access)] {
    owner.accesses(of: step).filter { $0.mode == .read }.flatMap { access in
      restoring.steps(restoring: access.place).map { ($0, access) }
    }
  }
}
