package import Diagnostics
import PlanFormat
package import Targets

/// What compiling a pipeline for another engine gives.
package struct DeploymentResult: Sendable {
  /// Nil if the pipeline has errors, or if its runs differ in more than an engine can fill in.
  package var deployment: Deployment?
  /// The compilation that the deployment was made from, with its errors and warnings.
  package var result: CompilerResult
  /// Why there is no deployment, and warnings about it.
  package var diagnostics: [Diagnostic] = []
}

extension Compiler {
  /// Compiles a pipeline so that another engine can run it again and again.
  ///
  /// One compilation isn't enough. The first puts stand-ins where the run's id, its time and the
  /// parameters go. Several with real values check that filling in the stand-ins gives what Penstock
  /// itself would submit. Further ones change S3's answers, one at a time and together, to learn which
  /// steps depend on which answer.
  package static func deploy(
    _ parsed: Parsed, for target: Target, _ details: PlanDetails
  ) -> DeploymentResult {
    guard let checked = Checked(parsed) else {
      return DeploymentResult(result: CompilerResult(.parsed(parsed)))
    }
    var draft = DeploymentDraft(checked, target, details)
    Check.run(on: &draft) { body in
      if case .deployment(let check) = body { { $0.make(check) } } else { nil }
    }
    return DeploymentResult(
      deployment: draft.diagnostics.hasErrors ? nil : draft.deployment, result: draft.result,
      diagnostics: draft.diagnostics)
  }
}
