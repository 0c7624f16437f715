package import Diagnostics
import PlanFormat
package import Targets

/// The result of compiling a pipeline for another engine.
package struct DeploymentResult: Sendable {
  /// Nil if the pipeline has errors, or if its runs differ in more than an engine can fill in.
  package var deployment: Deployment?
  /// The compilation that the deployment was made from, with its errors and warnings.
  package var result: CompilerResult
  /// Errors and warnings that concern the engine rather than the pipeline.
  package var diagnostics: [Diagnostic] = []
}

extension Compiler {
  /// Compiles a pipeline so that another engine can run it again and again.
  ///
  /// The pipeline is compiled several times: first with stand-ins for the run's ID, time and
  /// parameters, then with different S3 answers, to find out which steps depend on them. Finally,
  /// sample values check that the result makes the same requests as Penstock would.
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
