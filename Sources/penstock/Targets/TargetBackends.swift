import DataflowRunnerBackend
import Diagnostics
import Targets

/// The back ends of the engines.
enum TargetBackends {
  /// An engine's documents.
  static func documents(
    for target: Target, of deployment: Deployment, _ options: TargetOptions,
    into diagnostics: inout [Diagnostic]
  ) -> [TargetDocument] {
    switch target {
    case .dataflowRunner:
      DataflowRunnerFiles.documents(of: deployment, options, into: &diagnostics)
    case .airflow, .stepFunctions, .emrServerless, .emrOnEKS:
      []
    }
  }
}
