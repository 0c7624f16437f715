import Documents
import Diagnostics
import EMRBackend
import Passes
import PipelineIR
import PipelineSyntax
import SourceText
import Values

/// The evaluated parts of a pipeline's `run`, which only plans need.
struct RunSettings {
  private(set) var timeoutSeconds: Int64 = 0
  private(set) var bootstrapTries: Int64 = 1
  /// By the names of the features that read them, in the pipeline's order.
  private(set) var settings: [(key: String, value: SpannedValue)] = []

  init(_ program: Program, _ context: Context, into diagnostics: inout [Diagnostic]) {
    let binder = context.binder(context.scope(for: program))
    if let node = context.pipeline.cluster?.bootstrapTries {
      bootstrapTries = Self.tries(node, binder, into: &diagnostics)
    }
    guard let run = context.pipeline.run else { return }
    if let node = run.timeout {
      timeoutSeconds = binder.seconds(node, into: &diagnostics) ?? 0
    }
    let body = ClusterBody(binder: binder, origins: InputOrigins(context.inputTrees))
    for entry in run.settings {
      guard var value = body.evaluate(entry.value, into: &diagnostics) else { continue }
      let name = context.pipeline.tree.string(entry.key)
      if name == NotifySettings.name {
        value = NotifySettings.checked(value, into: &diagnostics)
      } else if name == LineageSettings.name {
        value = LineageSettings.checked(value, into: &diagnostics)
      }
      settings.append((name, value))
    }
  }

  private static func tries(
    _ node: NodeID, _ binder: Binder, into diagnostics: inout [Diagnostic]
  ) -> Int64 {
    guard let value = binder.value(node, into: &diagnostics)?.unwrapped else { return 1 }
    if case .int(let tries) = value, (1...1000).contains(tries) { return tries }
    diagnostics.append(.badTries(at: binder.tree.span(node)))
    return 1
  }

  /// As stored in a plan.
  func values(_ secrets: inout SecretReferences) -> ValueMap {
    ValueMap(settings.map { (key: .string($0.key), value: JobFlowValue.value($0.value, &secrets)) })
  }
}
