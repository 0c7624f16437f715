package import Diagnostics
package import Targets
import PipelineIR
import PlanFormat

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
  package static func deploy(
    _ parsed: Parsed, for target: Target, _ details: PlanDetails
  ) -> DeploymentResult {
    let result = compile(parsed)
    var deployed = DeploymentResult(result: result)
    guard let program = result.program,
      let plan = result.plan(details, into: &deployed.diagnostics)
    else { return deployed }
    deployed.deployment = Deployment(
      plan: plan, conditions: plan.steps.map { _ in [] }, requirements: [],
      stepSpans: program.steps.map(\.origin.span), jobFlow: program.cluster.jobFlow,
      standIns: StandIns())
    return deployed
  }
}
