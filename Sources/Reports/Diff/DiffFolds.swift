import PlanDiff
import Values

/// Which changes are shown at another place of the same edit.
struct DiffFolds {
  /// The other places, by the change at which an edit is shown.
  private var places: [Int: [Int]] = [:]
  private var hidden: Set<Int> = []

  /// Two places take as many lines as one and what it says of the other.
  private static var least: Int { 3 }

  init(_ comparison: Comparison, _ groups: ChangeGroups, isOn: Bool) {
    guard isOn else { return }
    var members: [Key: [Int]] = [:]
    for (index, change) in comparison.changes.enumerated() where Self.mayFold(change) {
      let key = Key(group: groups.numbers[index], what: Self.what(change))
      members[key, default: []].append(index)
    }
    for indices in members.values where indices.count >= Self.least {
      let ranks = indices.map { (rank: Self.rank(comparison.changes[$0]), index: $0) }
      guard let first = ranks.min(by: { ($0.rank, $0.index) < ($1.rank, $1.index) })?.index,
        !comparison.changes[first].causes.isEmpty
      else { continue }
      places[first] = indices.filter { $0 != first }
      hidden.formUnion(places[first] ?? [])
    }
  }

  private struct Key: Hashable {
    var group: Int
    var what: [String]
  }

  /// What happens at a place: an edit may lead to changes of different kinds, which are all shown.
  private static func what(_ change: Change) -> [String] {
    guard let before = change.before?.plainText, let after = change.after?.plainText else {
      return [change.kind.rawValue, change.label.last ?? ""]
    }
    // A part of a location that is in many of them.
    let (left, right) = (Array(before), Array(after))
    let (head, tail) = ValueText.common(left, right)
    return [
      "", String(left[head..<(left.count - tail)]), String(right[head..<(right.count - tail)]),
    ]
  }

  func isHidden(_ index: Int) -> Bool { hidden.contains(index) }

  func others(of index: Int) -> [Int] { places[index] ?? [] }

  /// The classes at all places of the edit.
  func classes(of index: Int, in comparison: Comparison) -> [ChangeClass] {
    let own = comparison.changes[index].classes
    let all = others(of: index).flatMap { comparison.changes[$0].classes }
    let classes = Set(own + all)
    return all.isEmpty ? own : classes.subtracting([.cosmetic]).sorted()
  }

  /// Whole steps that come, go or move are always listed.
  private static func mayFold(_ change: Change) -> Bool {
    if change.isConsequence || change.isCosmetic { return false }
    if case .step = change.subject {
      return !change.label.isEmpty && change.kind != .renamed
    }
    return true
  }

  /// The place that says most comes first.
  private static func rank(_ change: Change) -> Int {
    if change.isInDocument { return 4 }
    return switch change.subject {
    case .cluster, .run: 0
    case .step: 1
    case .settings: 2
    case .check, .stage: 3
    case .input: 5
    }
  }
}
