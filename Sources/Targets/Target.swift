/// An engine that can run a pipeline in Penstock's place, once what it needs is compiled.
package enum Target: String, Sendable, CaseIterable {
  case airflow
  case stepFunctions = "step-functions"
  case dataflowRunner = "dataflow-runner"
  case emrServerless = "emr-serverless"
  case emrOnEKS = "emr-on-eks"

  /// What people call it.
  package var title: String {
    switch self {
    case .airflow: "Airflow"
    case .stepFunctions: "Step Functions"
    case .dataflowRunner: "Dataflow Runner"
    case .emrServerless: "EMR Serverless"
    case .emrOnEKS: "EMR on EKS"
    }
  }

  /// The documents that it takes, by their names for `--emit`, in the order in which they are
  /// written. None where Penstock runs the pipeline there itself: then it has a plan.
  package var documents: [String] {
    switch self {
    case .airflow: ["dag"]
    case .stepFunctions: ["state-machine", "policy"]
    case .dataflowRunner: ["cluster", "playbook"]
    case .emrServerless, .emrOnEKS: []
    }
  }

  /// The names of all engines' documents, each once.
  package static var allDocuments: [String] {
    var names: [String] = []
    for name in allCases.flatMap(\.documents) where !names.contains(name) { names.append(name) }
    return names
  }
}

/// A file for an engine.
package struct TargetDocument: Equatable, Sendable {
  /// Its name for `--emit`; one of the target's `documents`.
  package var emit: String
  /// The file's name.
  package var name: String
  package var bytes: [UInt8]

  package init(emit: String, name: String, bytes: [UInt8]) {
    self.emit = emit
    self.name = name
    self.bytes = bytes
  }
}
