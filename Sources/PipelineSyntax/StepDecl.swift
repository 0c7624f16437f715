package import Documents
import Values

/// A step as written.
package struct StepDecl: Sendable {
  package let node: NodeID
  package var name: NodeID?
  package var when: NodeID?
  package var each: NodeID?
  package var reads: NodeID?
  package var writes: NodeID?
  package var deletes: NodeID?
  package var retry: NodeID?
  /// How often it is tried again after a failure, and when.
  package var retries: NodeID?
  package var onFailure: NodeID?
  package var timeout: NodeID?
  /// Whether its program fails if a folder that it writes already exists; nil: as its kind says.
  package var freshOutput: NodeID?
  /// How many folders below a place its program reads files; nil: as many as there are.
  package var readDepth: NodeID?
  /// The object in which its program leaves its own log.
  package var log: NodeID?
  /// The steps that the pipeline puts before it.
  package var after: NodeID?
  /// Java properties that EMR sets for the step.
  package var properties: NodeID?
  /// Where EMR writes the step's logs, if not where the cluster's go.
  package var monitoring: NodeID?
  /// The stage that a step of the cluster, or a release, comes before.
  package var before: NodeID?
  /// The small values that its program leaves for later steps: a map.
  package var outputs: NodeID?
  /// The condition on which the run ends after it, as there is no data.
  package var noDataIf: NodeID?
  /// The key that names the step kind, and its parameters.
  package var kind: NodeID?
  package var parameters: NodeID?
  /// Further keys that aren't members.
  package var others: [NodeID] = []

  package init(_ tree: Tree, _ node: NodeID) {
    self.node = node
    for entry in tree.entries(node) {
      switch Self.member(tree, entry.key) {
      case .name: name = entry.value
      case .when: when = entry.value
      case .each: each = entry.value
      case .reads: reads = entry.value
      case .writes: writes = entry.value
      case .deletes: deletes = entry.value
      case .retry: retry = entry.value
      case .retries: retries = entry.value
      case .onFailure: onFailure = entry.value
      case .before: before = entry.value
      case .timeout: timeout = entry.value
      case .log: log = entry.value
      case .after: after = entry.value
      case .properties: properties = entry.value
      case .monitoring: monitoring = entry.value
      case .freshOutput: freshOutput = entry.value
      case .readDepth: readDepth = entry.value
      case .outputs: outputs = entry.value
      case .noDataIf: noDataIf = entry.value
      case .summary: break
      case nil:
        if kind == nil {
          kind = entry.key
          parameters = entry.value
        } else {
          others.append(entry.key)
        }
      }
    }
  }

  /// The keys of a step that don't name a kind.
  package enum Member: String, CaseIterable, Sendable {
    case name, when, each, reads, writes, deletes, retry, retries
    case onFailure = "on-failure"
    case after, before, summary, timeout, log, properties, monitoring
    case freshOutput = "fresh-output"
    case readDepth = "read-depth"
    case outputs
    case noDataIf = "no-data-if"
  }

  /// What other tools call a step's members.
  package static let otherNames: [String: String] = [
    "max-retries": "retries", "max_retries": "retries", "retriable": "retry", "if": "when",
    "condition": "when", "foreach": "each", "for-each": "each", "for_each": "each",
    "for": "each", "matrix": "each", "with_items": "each", "depends-on": "after",
    "depends_on": "after", "needs": "after", "input": "reads", "inputs": "reads",
    "output": "writes", "actiononfailure": "on-failure",
    "action-on-failure": "on-failure", "action_on_failure": "on-failure",
    "on_failure": "on-failure", "description": "summary", "max-time": "timeout",
    "no-data": "no-data-if", "decides": "no-data-if", "produces": "outputs",
  ]

  private static func member(_ tree: Tree, _ key: NodeID) -> Member? {
    Member(rawValue: tree.string(key))
  }
}
