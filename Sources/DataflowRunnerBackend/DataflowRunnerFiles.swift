package import Diagnostics
package import Targets

/// The files of Dataflow Runner: a cluster and a playbook.
package enum DataflowRunnerFiles {
  package static func documents(
    of deployment: Deployment, _ options: TargetOptions, into diagnostics: inout [Diagnostic]
  ) -> [TargetDocument] {
    []
  }
}
