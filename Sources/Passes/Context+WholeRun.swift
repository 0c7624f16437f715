import PipelineIR
import PipelineSyntax
import Values

extension Context {
  /// The same with facts whose records are its own, and without steps that are left out.
  var withoutTrace: Context {
    var options = options
    options.skipSteps = []
    return Context(
      pipeline: pipeline, kinds: kinds, options: options, facts: facts.fresh(),
      base: base, inputTrees: inputTrees)
  }

  /// The program with the steps of all stages that apply, whether or not they run, of the cluster, and
  /// those that restore and release data: for what they would do to data alone. Nothing is said or
  /// recorded of it.
  func wholeRun(of program: Program) -> Program {
    var expander = StepExpander(context: withoutTrace, program: program)
    var ignored = Report()
    for (index, stage) in program.stages.enumerated() where stage.status != .notApplicable {
      expander.expand(
        list: pipeline.stages[index].steps, stage: StageID(index), pass: .written, &ignored)
    }
    for list in [pipeline.cluster?.onCreate, pipeline.cluster?.onReuse] {
      expander.expand(list: list, stage: nil, pass: .written, &ignored)
    }
    for (dataset, placed) in zip(pipeline.datasets, program.datasets)
    where placed.locations != nil {
      for step in [dataset.restore, dataset.release?.step] {
        if let step { expander.expand(step, stage: nil, pass: .written, &ignored) }
      }
    }
    return expander.program
  }
}
