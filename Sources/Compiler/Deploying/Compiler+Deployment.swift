package import Diagnostics
import PlanFormat
package import Targets

/// A compilation for an engine other than Penstock.
package struct DeploymentResult: Sendable {
  /// Nil if the pipeline has errors, or if its runs differ in ways that a deployment can't say.
  package var deployment: Deployment?
  /// The compilation that it is made of, with its errors and warnings.
  package var result: CompilerResult
  /// What keeps it from being a deployment.
  package var diagnostics: [Diagnostic] = []
}

extension Compiler {
  /// Compiles what the pipeline does in any run.
  ///
  /// The pipeline is compiled several times: with stand-ins for what differs from run to run, with
  /// values in their place, and with each other answer of S3 that it asks for.
  package static func deploy(
    _ parsed: Parsed, for target: Target, _ details: PlanDetails
  ) -> DeploymentResult {
    guard let checked = Checked(parsed) else {
      return DeploymentResult(result: CompilerResult(.parsed(parsed)))
    }
    var draft = DeploymentDraft(checked, target, details)
    Check.run(on: &draft) { if case .deployment(let body) = $0 { body } else { nil } }
    return DeploymentResult(
      deployment: draft.diagnostics.hasErrors ? nil : draft.deployment, result: draft.result,
      diagnostics: draft.diagnostics)
  }
}
