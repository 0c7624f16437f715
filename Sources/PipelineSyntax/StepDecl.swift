package import Values

/// One step as it was written.
///
/// Steps are taken out of the tree one at a time, when they are wanted, so that a pipeline of
/// 100,000 of them costs no more memory than its tree.
package struct StepDecl: Sendable {
  package let node: NodeID
  package var name: NodeID?
  package var when: NodeID?
  package var each: NodeID?
  package var reads: NodeID?
  package var writes: NodeID?
  package var deletes: NodeID?
  package var retry: NodeID?
  package var onFailure: NodeID?
  package var timeout: NodeID?
  /// Whether its program fails where a folder that it writes is there, unless its kind says.
  package var freshOutput: NodeID?
  /// The object that its program leaves a log of its own in.
  package var log: NodeID?
  /// The stage that a step of the cluster, or a release, stands in front of.
  package var before: NodeID?
  /// The key that names the step kind, and its parameters.
  package var kind: NodeID?
  package var parameters: NodeID?
  /// Further keys that are no members.
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
      case .onFailure: onFailure = entry.value
      case .before: before = entry.value
      case .timeout: timeout = entry.value
      case .log: log = entry.value
      case .freshOutput: freshOutput = entry.value
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

  /// The keys of a step that are not the name of a kind.
  package enum Member: String, CaseIterable, Sendable {
    case name, when, each, reads, writes, deletes, retry
    case onFailure = "on-failure"
    case before, summary, timeout, log
    case freshOutput = "fresh-output"
  }

  private static func member(_ tree: Tree, _ key: NodeID) -> Member? {
    tree.withBytes(key) { bytes in
      guard let first = bytes.first, bytes.count <= 12 else { return nil }
      switch first {
      case UInt8(ascii: "n"): return bytes.isSame(as: "name") ? .name : nil
      case UInt8(ascii: "w"):
        return bytes.isSame(as: "when") ? .when : bytes.isSame(as: "writes") ? .writes : nil
      case UInt8(ascii: "e"): return bytes.isSame(as: "each") ? .each : nil
      case UInt8(ascii: "r"):
        return bytes.isSame(as: "reads") ? .reads : bytes.isSame(as: "retry") ? .retry : nil
      case UInt8(ascii: "d"): return bytes.isSame(as: "deletes") ? .deletes : nil
      case UInt8(ascii: "o"): return bytes.isSame(as: "on-failure") ? .onFailure : nil
      case UInt8(ascii: "b"): return bytes.isSame(as: "before") ? .before : nil
      case UInt8(ascii: "s"): return bytes.isSame(as: "summary") ? .summary : nil
      case UInt8(ascii: "t"): return bytes.isSame(as: "timeout") ? .timeout : nil
      case UInt8(ascii: "l"): return bytes.isSame(as: "log") ? .log : nil
      case UInt8(ascii: "f"): return bytes.isSame(as: "fresh-output") ? .freshOutput : nil
      default: return nil
      }
    }
  }
}
