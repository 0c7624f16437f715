package import Diagnostics
package import Targets

/// The file of a DAG for Airflow 2.11 and 3 with Amazon's provider.
package enum AirflowFiles {
  package static func documents(
    of deployment: Deployment, _ options: TargetOptions, into diagnostics: inout [Diagnostic]
  ) -> [TargetDocument] {
    var writer = DAGWriter(deployment, madeBy: options.madeBy)
    let file = writer.file()
    diagnostics += writer.diagnostics
    guard !writer.diagnostics.hasErrors else { return [] }
    return [TargetDocument(emit: "dag", name: "\(writer.dagID).py", bytes: Array(file.utf8))]
  }
}
