import Compiler
import Diagnostics
import Executor
import PlanFormat
import Values

/// Plans runs for the world as it is.
enum Planner {
  /// What came of it; the world, where it was opened.
  struct Outcome: Sendable {
    var result: CompilerResult
    var world: RunWorld?
  }

  /// Compiles a run, and asks the world for its facts, unless a file tells them, or nobody is to be
  /// asked.
  static func plan(
    _ input: CompilerInput, _ context: CommandContext
  ) async throws(WorldRefusal) -> Outcome {
    // The pipeline says what keys and which region the world is asked with.
    let draft = Compiler.compile(input)
    guard input.facts == nil, !context.invocation.has(.offline), draft.hasOpenQuestions,
      let entry = entry(draft, context)
    else { return Outcome(result: draft) }
    let world = try RunWorld.open(context, entry)
    let facts = CloudFacts(
      store: world.store, emr: world.emr, emptied: input.options.emptiedFirst)
    return Outcome(result: await Planning.compile(input, asking: facts), world: world)
  }

  /// The way into the world that a run takes place in; nil where there is no run.
  static func entry(_ result: CompilerResult, _ context: CommandContext) -> RunWorld.Entry? {
    var ignored: [Diagnostic] = []
    guard let plan = result.plan(context.planDetails, into: &ignored) else { return nil }
    return PlannedRun(plan, result, context.invocation).entry
  }
}
