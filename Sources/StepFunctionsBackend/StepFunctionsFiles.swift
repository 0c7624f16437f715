package import Diagnostics
import Documents
import PlanFormat
import SourceText
package import Targets
import Values

/// The files of Step Functions: a state machine, and what its role may do.
package enum StepFunctionsFiles {
  /// The most bytes that a state machine may have.
  static let maximumSize = 1_048_576
  /// The most events that an execution's history may have.
  static let maximumEvents = 25_000
  /// The most steps that may wait or run on a cluster.
  static let maximumActiveSteps = 256

  package static func documents(
    of deployment: Deployment, _ options: TargetOptions, into diagnostics: inout [Diagnostic]
  ) -> [TargetDocument] {
    guard let settings = MachineSettings(options, into: &diagnostics) else { return [] }
    guard deployment.plan.steps.count * Events.task <= maximumEvents else {
      diagnostics.append(
        .tooManyEvents(
          deployment.plan.steps.count * Events.task, at: deployment.jobFlow?.span))
      return []
    }
    var writer = MachineWriter(deployment, settings, madeBy: options.madeBy)
    let machine = writer.machine()
    diagnostics += writer.diagnostics
    guard !writer.diagnostics.hasErrors else { return [] }
    if writer.events > maximumEvents {
      diagnostics.append(.tooManyEvents(writer.events, at: deployment.jobFlow?.span))
    }
    var bytes = json(machine, pretty: true)
    if bytes.count > maximumSize { bytes = json(machine, pretty: false) }
    if bytes.count > maximumSize {
      diagnostics.append(.machineTooLarge(bytes.count, at: deployment.jobFlow?.span))
    }
    guard !diagnostics.hasErrors else { return [] }
    let policy = AccessPolicy(
      deployment, settings, usesPollingForCluster: writer.usesPollingForCluster)
    return [
      TargetDocument(emit: "state-machine", name: "state-machine.json", bytes: bytes),
      TargetDocument(
        emit: "policy", name: "policy.json", bytes: json(policy.document, pretty: true)),
    ]
  }

  private static func json(_ value: Value, pretty: Bool) -> [UInt8] {
    var writer = CanonicalJSONWriter(pretty: pretty)
    writer.value(value, revealingSecrets: false)
    writer.newline()
    return writer.bytes
  }
}
