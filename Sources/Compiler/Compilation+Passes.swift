import Diagnostics
import EMRBackend
import Passes
import PipelineIR
import PipelineSyntax
import SourceText
import Values

extension Compilation {
  /// Binds the pipeline to a program, and runs the passes on it.
  mutating func runPasses() {
    guard canGoOn, let pipeline, let uses else { return }
    let context = Context(
      pipeline: pipeline, kinds: kinds, uses: uses, options: input.options.ofRun, facts: facts,
      base: base, inputTrees: bound.mapValues { $0.documents.map(\.tree) },
      literalsAreSound: !diagnostics.hasErrors)
    self.context = context
    var program = initialProgram(pipeline)
    let status = Pass.standard.run(
      on: &program, context, into: &diagnostics, explanations: &explanations)
    program.facts = facts.records
    diagnostics += program.facts.filter(\.isAssumed).map { .factAssumed($0) }
    if requestedStatus == nil { requestedStatus = status }
    self.program = program
  }

  private func initialProgram(_ pipeline: PipelineDecl) -> Program {
    var program = Program(name: pipeline.name?.value ?? "")
    for stage in pipeline.stages {
      program.stages.append(
        Stage(
          name: stage.name.value,
          partOf: stage.partOf.flatMap { whole in
            program.stages.firstIndex { $0.name == whole.value }.map(StageID.init)
          }, span: stage.name.span))
      program.selection[stage.name.value] = .bool(false)
    }
    // About what they will take; beyond that they grow as they must.
    program.texts.reserve(min(pipeline.tree.text.count, 1 << 26))
    program.places.reserveCapacity(pipeline.datasets.count)
    program.datasets.reserveCapacity(pipeline.datasets.count)
    for dataset in pipeline.datasets {
      program.datasets.append(
        Dataset(name: dataset.name.value, span: dataset.name.span))
    }
    for kind in kinds {
      program.kinds.append(
        Kind(
          name: kind.decl.name.value, applications: kind.decl.applications,
          encryptedArguments: encryptedArguments(kind, &program)))
    }
    return program
  }

  private func encryptedArguments(_ kind: StepKind, _ program: inout Program) -> [TextID] {
    guard let node = kind.decl.encrypted else { return [] }
    var texts: [TextID] = []
    for entry in kind.decl.tree.entries(node) {
      let value = Value(kind.decl.tree, entry.value)
      if case .bool(false) = value { continue }
      texts.append(program.texts.add("--" + kind.decl.tree.string(entry.key)))
      if case .bool(true) = value { continue }
      // The kind's schema takes texts, numbers and bools alone.
      if let text = value.argumentText { texts.append(program.texts.add(text)) }
    }
    return texts
  }
}
