import PlanFormat
import Values

/// Which changes of a comparison are the places of one edit: those that come from the same lines of
/// inputs, or, where no lines are known, the same change in several steps.
package struct ChangeGroups: Sendable {
  /// The number of each change's group, from 0, in the order of the changes.
  package let numbers: [Int]
  package let count: Int

  private enum Key: Hashable {
    case lines([SourceLine])
    case same(label: [String], before: String, after: String)
    case alone(Int)
  }

  package init(_ comparison: Comparison) {
    let edited = Set(comparison.inputChanges)
    var keys = comparison.changes.enumerated().map { Self.key($1, at: $0, edited) }
    // What comes from several lines belongs to the first, if that has places of its own.
    let single = Set(keys)
    for (index, key) in keys.enumerated() {
      guard case .lines(let lines) = key, lines.count > 1, let first = lines.first,
        single.contains(.lines([first]))
      else { continue }
      keys[index] = .lines([first])
    }
    var known: [Key: Int] = [:]
    numbers = keys.map { key in
      let number = known[key] ?? known.count
      known[key] = number
      return number
    }
    count = known.count
  }

  private static func key(_ change: Change, at index: Int, _ edited: Set<SourceLine>) -> Key {
    if !change.causes.isEmpty, change.causes.allSatisfy(edited.contains) {
      return .lines(change.causes.map(\.withoutExcerpt))
    }
    guard case .step = change.subject, change.kind != .moved, !change.label.isEmpty else {
      return .alone(index)
    }
    return .same(
      label: [change.kind.rawValue] + change.label, before: change.before?.canonicalText ?? "",
      after: change.after?.canonicalText ?? "")
  }
}

extension SourceLine {
  /// Two edits of one line are one.
  fileprivate var withoutExcerpt: SourceLine {
    var line = self
    line.excerpt = ""
    return line
  }
}

extension Comparison {
  /// Which changes are the places of one edit.
  package var groups: ChangeGroups { ChangeGroups(self) }

  /// The number of edits that aren't only cosmetic.
  package var editCount: Int {
    let numbers = groups.numbers
    return Set(
      changes.indices.filter { !changes[$0].isConsequence && !changes[$0].isCosmetic }.map {
        numbers[$0]
      }
    ).count
  }

  /// Whether a cluster of the two sides lives longer than a run: only then does a change that can't
  /// be made on a running cluster need another one.
  package var clusterLasts: Bool { before.clusterLasts || after.clusterLasts }
}

extension Change {
  /// Whether it takes protection away, or may lose data.
  package var isForTheWorse: Bool { meaning.weakens || meaning.loses }
}

extension Side {
  fileprivate var clusterLasts: Bool {
    if case .bool(true)? = head["run"]?.member("persistent") { return true }
    // For `retries` a run keeps its cluster, and ends it.
    if planSteps.contains(where: { !$0.retryWaits.isEmpty }) { return false }
    let instances = head["cluster"]?.member("Instances")
    if case .bool(let lasts)? = instances?.member("KeepJobFlowAliveWhenNoSteps") { return lasts }
    return kind == .cluster
  }
}
