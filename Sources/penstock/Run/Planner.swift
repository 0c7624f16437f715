import CommandLineSyntax
import Compiler
import Diagnostics
import Executor
import PlanFormat
import Values

/// Plans runs for the current state of S3 and EMR.
enum Planner {
  /// The result, and the world if it was opened.
  struct Outcome: Sendable {
    var result: CompilerResult
    var world: RunWorld?
    /// The AWS account that was asked; nil if none was, or if STS doesn't tell.
    var account: String?
  }

  /// Compiles a run, and asks the world for its facts, unless they are in a file or nothing may be
  /// asked.
  ///
  /// - Parameter beforeAsking: called first with the access to the run's world, unless the run has
  ///   errors already.
  static func plan(
    _ parsed: Parsed, _ context: CommandContext,
    beforeAsking: (RunAccess) async throws(WorldRefusal) -> Void = { _ in }
  ) async throws(WorldRefusal) -> Outcome {
    guard parsed.input.facts == nil, !context.invocation.has(.offline) else {
      let result = Compiler.compile(parsed)
      if result.exitStatus == .success, let access = result.access {
        try await beforeAsking(access)
      }
      return Outcome(result: result)
    }
    var planning = Planning(parsed)
    let draft = planning.draft
    if draft.exitStatus == .success, let access = draft.access { try await beforeAsking(access) }
    var world: RunWorld?
    while true {
      switch planning.next() {
      case .done(let result):
        return Outcome(result: result, world: world, account: await world?.knownAccount)
      case .ask(let questions):
        let asked = if let world { world } else { try open(planning.draft, context) }
        world = asked
        let facts = AWSFacts(
          store: asked.store, emr: asked.emr, emptied: parsed.input.options.emptiedFirst)
        planning.learn(questions, await facts.answers(to: questions))
      }
    }
  }

  /// Even if the world can't be accessed, mistakes in the run itself are reported.
  private static func open(
    _ draft: CompilerResult, _ context: CommandContext
  ) throws(WorldRefusal) -> RunWorld {
    do throws(WorldRefusal) {
      return try RunWorld.open(context, RunWorld.Entry(draft.access))
    } catch {
      context.console.report(draft.diagnostics.filter { $0.severity == .error }, draft.sources)
      throw error
    }
  }
}
