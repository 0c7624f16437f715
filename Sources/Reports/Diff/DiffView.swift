import PlanDiff
import Values

/// A comparison as all formats show it: the most important first, the same change in many steps
/// once, and, if that is asked for, the many places of one edit as one.
struct DiffView {
  /// One line: what changed, and its values before and after.
  struct Row {
    var kind: Change.Kind
    var label: String
    var before: Value?
    var after: Value?
    var classes: [ChangeClass]
    var price: Change.Price?
    var causes: [SourceLine]
    /// Whether it takes protection away, or may lose data.
    var isDangerous = false
    /// Other places of the same edit, in words.
    var also: [String] = []

    var isCosmetic: Bool { classes == [.cosmetic] }
  }

  struct Section {
    var title: String
    var rows: [Row]
  }

  struct StepEntry {
    var kind: Change.Kind
    var name: String
    var stage: String
    /// The old name of a renamed step.
    var oldName: String?
    /// The old and new position of a moved step.
    var move: (from: Int64, to: Int64)?
    var rows: [Row]
    var classes: [ChangeClass]
    var causes: [SourceLine]
    var after: Int?
  }

  /// A change that several steps have in common.
  struct Shared {
    var row: Row
    var steps: [String]
  }

  let comparison: Comparison
  private(set) var sections: [Section] = []
  private(set) var shared: [Shared] = []
  private(set) var steps: [StepEntry] = []
  private(set) var cosmetic: [Shared] = []
  /// The number of edits of each class, most serious first; an edit counts for each of its
  /// classes.
  private(set) var counts: [(class: ChangeClass, count: Int)] = []
  /// The number of edits, and of the places that they change; cosmetic ones don't count.
  private(set) var total = 0
  private(set) var places = 0
  private var folds: DiffFolds

  /// - Parameter folding: whether an edit with many places is shown at one of them.
  init(_ comparison: Comparison, folding: Bool = false) {
    self.comparison = comparison
    let groups = comparison.groups
    folds = DiffFolds(comparison, groups, isOn: folding)
    addSections()
    addSteps()
    count(groups)
  }

  var isEmpty: Bool { comparison.changes.isEmpty }

  var isWithoutSubstance: Bool { comparison.substantial.isEmpty }

  /// The changes to show, by their index.
  private var shown: [(index: Int, change: Change)] {
    comparison.changes.enumerated().compactMap { index, change in
      folds.isHidden(index) ? nil : (index, change)
    }
  }

  // MARK: Sections

  private mutating func addSections() {
    let titles = ["Run", "Cluster", "Before it starts", "Stages", "Around the run", "Inputs"]
    for title in titles {
      let rows = shown.filter { Self.title($0.change.subject) == title && !$0.change.isCosmetic }
        .map { row($0.change, $0.index) }
      if !rows.isEmpty { sections.append(Section(title: title, rows: rows)) }
    }
  }

  private static func title(_ subject: Change.Subject) -> String? {
    switch subject {
    case .run: "Run"
    case .cluster: "Cluster"
    case .check: "Before it starts"
    case .stage: "Stages"
    case .settings: "Around the run"
    case .input: "Inputs"
    case .step: nil
    }
  }

  private func row(_ change: Change, _ index: Int) -> Row {
    var row = Row(
      kind: change.kind, label: Self.label(change), before: change.before, after: change.after,
      classes: folds.classes(of: index, in: comparison), price: change.price,
      causes: change.causes)
    row.isDangerous = change.isForTheWorse
    row.also = folds.others(of: index).map { place(comparison.changes[$0]) }
    return row
  }

  /// Where a change is, in words.
  private func place(_ change: Change) -> String {
    let label = Self.label(change)
    let subject =
      switch change.subject {
      case .step: name(change.subject)
      case .check: "before it starts"
      case .settings: "around the run"
      case .run, .cluster, .stage, .input: ""
      }
    return subject.isEmpty ? label : label.isEmpty ? subject : "\(subject) › \(label)"
  }

  static func label(_ change: Change) -> String {
    switch change.subject {
    case .check(let name):
      change.label == ["question"] ? "requires" : name
    case .stage(let name): name
    case .cluster where change.label.first == "Instances":
      change.label.dropFirst().joined(separator: " › ")
    default: names(change).joined(separator: " › ")
    }
  }

  /// The names of a place; an item of a list that is named by its own value has that once.
  private static func names(_ change: Change) -> [String] {
    let values = [change.before, change.after].compactMap { $0.map { ValueText.told($0) } }
    guard change.label.count > 1, let last = change.label.last, values.contains(last) else {
      return change.label
    }
    return Array(change.label.dropLast())
  }

  // MARK: Steps

  private struct Key: Hashable {
    var label: String
    var before: String
    var after: String
  }

  private mutating func addSteps() {
    var order: [Change.Subject] = []
    var changes: [Change.Subject: [(index: Int, change: Change)]] = [:]
    var users: [Key: [Change.Subject]] = [:]
    var examples: [Key: (index: Int, change: Change)] = [:]
    for (index, change) in shown {
      guard case .step = change.subject else { continue }
      if change.isCosmetic && change.kind != .renamed || change.isConsequence { continue }
      if changes[change.subject] == nil { order.append(change.subject) }
      changes[change.subject, default: []].append((index, change))
      guard change.kind == .changed || !change.label.isEmpty, change.kind != .renamed else {
        continue
      }
      let key = key(change)
      users[key, default: []].append(change.subject)
      examples[key] = examples[key] ?? (index, change)
    }
    func isShared(_ change: Change) -> Bool { (users[key(change)]?.count ?? 0) > 1 }
    var told: Set<Key> = []
    for subject in order {
      for (_, change) in changes[subject] ?? [] where isShared(change) {
        let key = key(change)
        guard told.insert(key).inserted, let example = examples[key] else { continue }
        let names = (users[key] ?? []).map { name($0) }
        shared.append(Shared(row: row(example.change, example.index), steps: names))
      }
    }
    // In the order of the run; removed steps stay where they were.
    steps = order.compactMap { subject in
      entry(subject, (changes[subject] ?? []).filter { !isShared($0.change) })
    }.sorted { left, right in left.after ?? Int.max < right.after ?? Int.max }
  }

  private func key(_ change: Change) -> Key {
    Key(
      label: change.kind.rawValue + change.label.joined(separator: "\u{0}"),
      before: change.before.map { ValueText.compact($0) } ?? "",
      after: change.after.map { ValueText.compact($0) } ?? "")
  }

  private func name(_ subject: Change.Subject) -> String {
    switch subject {
    case .step(_, let new?): comparison.after.stepName(new).name
    case .step(let old?, nil): comparison.before.stepName(old).name
    case .step, .run, .cluster, .settings, .check, .stage, .input: ""
    }
  }

  private func entry(
    _ subject: Change.Subject, _ changes: [(index: Int, change: Change)]
  ) -> StepEntry? {
    guard case .step(let old, let new) = subject, !changes.isEmpty else { return nil }
    let step =
      new.map { comparison.after.stepName($0) } ?? old.map { comparison.before.stepName($0) }
    guard let step else { return nil }
    var entry = StepEntry(
      kind: .changed, name: step.name, stage: step.stage, oldName: nil, move: nil, rows: [],
      classes: [], causes: [], after: new)
    for (index, change) in changes {
      switch change.kind {
      case .added where change.label.isEmpty, .removed where change.label.isEmpty:
        entry.kind = change.kind
        entry.classes = change.classes
        entry.causes = change.causes
        let value = change.after ?? change.before
        entry.rows = Self.stepRows(value, kind: change.kind)
      case .renamed: entry.oldName = change.before?.plainText
      case .moved where change.label.isEmpty:
        guard case .int(let from)? = change.before, case .int(let to)? = change.after else {
          continue
        }
        entry.move = (from, to)
        entry.classes = change.classes
        entry.causes = change.causes
      case .added, .removed, .changed, .moved, .reordered:
        entry.rows.append(row(change, index))
      }
    }
    return entry
  }

  // MARK: Counts

  private mutating func count(_ groups: ChangeGroups) {
    var found: [Int: Set<ChangeClass>] = [:]
    for (index, change) in comparison.changes.enumerated() where !change.isConsequence {
      if !change.isCosmetic { places += 1 }
      found[groups.numbers[index], default: []].formUnion(change.classes)
    }
    var numbers: [ChangeClass: Int] = [:]
    for classes in found.values {
      if classes != [.cosmetic] { total += 1 }
      // An edit with substance isn't cosmetic, whatever else it does.
      for name in classes where name != .cosmetic || classes.count == 1 {
        numbers[name, default: 0] += 1
      }
    }
    counts = ChangeClass.allCases.compactMap { name in numbers[name].map { (name, $0) } }
    var at: [Key: Int] = [:]
    for (index, change) in comparison.changes.enumerated()
    where change.isCosmetic && !change.isConsequence {
      if change.kind == .renamed { continue }
      let key = key(change)
      if let index = at[key] {
        cosmetic[index].steps.append(name(change.subject))
      } else {
        at[key] = cosmetic.count
        cosmetic.append(Shared(row: row(change, index), steps: [name(change.subject)]))
      }
    }
  }
}
