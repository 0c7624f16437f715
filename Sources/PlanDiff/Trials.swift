/// Finds out which edits of the inputs a change comes from, by making some of them only.
///
/// Each edit is made alone, and the job flow that comes of it is compared with the first side: what
/// differs comes from that edit. So the causes of several edits are those of each. Edits that can't be
/// made alone, because the compiler refuses the result, are left out alone instead; what differs
/// without them comes from them.
///
/// Many edits are made in groups, so that the number of compilations has a limit.
struct Trials {
  /// Compiles the first side's inputs with other files; nil if they are refused.
  typealias Trial = ([TrialFile]) -> Side?

  /// The places of changes, to find those of a trial among all.
  struct Key: Hashable {
    /// The part or the step, by what it is on the first side.
    var subject: String
    var label: [String]
  }

  private let inputs: InputComparer
  private let before: Side
  private let after: Side
  private let rules: ChangeRules
  private let trial: Trial
  private var groups: [Range<Int>] = []
  /// The groups that each place's change comes from.
  private var found: [Key: [Int]] = [:]
  /// The same for any place of a step or a part, and for moves.
  private var ofSubject: [String: [Int]] = [:]
  private var moves: [String: [Int]] = [:]
  /// Groups of which nothing could be found out alone: some of them only go together.
  private(set) var open: [Range<Int>] = []
  /// The places of the changes that come of all of these together; nil if they are refused.
  private var ofOpen: Set<Key>?

  /// How many compilations there may be, and how many steps all of them may have.
  private static var most: Int { 48 }
  private static var mostSteps: Int { 6000 }
  private static var mostWithout: Int { 16 }

  init(
    _ inputs: InputComparer, _ before: Side, _ after: Side, _ rules: ChangeRules,
    _ trial: @escaping Trial
  ) {
    self.inputs = inputs
    self.before = before
    self.after = after
    self.rules = rules
    self.trial = trial
    group()
    guard groups.count > 1 else {
      // Everything comes from the only edit.
      return
    }
    run()
  }

  /// The edits that a change comes from, or may come from; empty if that isn't known.
  func sources(of change: Change) -> [Range<Int>] {
    guard groups.count > 1 else { return groups }
    let key = Key(change)
    var numbers = found[key] ?? []
    if numbers.isEmpty, change.isMove { numbers = moves[key.subject] ?? moves["steps"] ?? [] }
    if numbers.isEmpty, ofOpen?.contains(key) ?? !open.isEmpty { return [] }
    if numbers.isEmpty { numbers = ofSubject[key.subject] ?? [] }
    return numbers.map { groups[$0] }
  }

  /// Whether a change comes of edits that only go together.
  func isOfOpen(_ change: Change) -> Bool { ofOpen?.contains(Key(change)) ?? false }

  private mutating func group() {
    let count = inputs.changes.count
    let steps = max(before.stepCount, after.stepCount, 1)
    let most = max(2, min(Self.most, Self.mostSteps / steps))
    let size = max(1, (count + most - 1) / most)
    groups = stride(from: 0, to: count, by: size).map { $0..<min(count, $0 + size) }
  }

  private mutating func run() {
    var refused: [Int] = []
    for (number, group) in groups.enumerated() {
      guard let side = compiled(Set(group)) else {
        refused.append(number)
        continue
      }
      note(Comparison(trial: before, side, rules: rules), number)
    }
    let all = Set(inputs.changes.indices)
    // What an edit does can need another one.
    let effective = Set(found.values.joined())
    let silent = groups.indices.filter { !effective.contains($0) && !refused.contains($0) }
    for number in silent.prefix(Self.mostWithout) {
      guard let side = compiled(all.subtracting(groups[number])) else { continue }
      note(Comparison(trial: side, after, rules: rules), number, isBack: true)
    }
    for number in refused.prefix(Self.mostWithout) {
      guard refused.count < groups.count, let side = compiled(all.subtracting(groups[number]))
      else {
        open.append(groups[number])
        continue
      }
      note(Comparison(trial: side, after, rules: rules), number, isBack: true)
    }
    open += refused.dropFirst(Self.mostWithout).map { groups[$0] }
    if open.count > 1, let side = compiled(Set(open.joined())) {
      ofOpen = Set(Comparison(trial: before, side, rules: rules).changes.map { Key($0) })
    }
  }

  /// What a pipeline may need of files that only the second side has is always there.
  private func compiled(_ made: Set<Int>) -> Side? {
    trial(
      inputs.documents.compactMap { document in
        let isBeside = document.old == nil && ["schema", "step-kind"].contains(document.new?.role)
        return document.file(isBeside ? made.union(document.edits) : made)
      })
  }

  /// `isBack`: the trial is the first side of the comparison, whose steps are known by their names.
  private mutating func note(_ comparison: Comparison, _ number: Int, isBack: Bool = false) {
    for change in comparison.changes {
      let key = Key(change, in: isBack ? comparison.before : nil, as: before)
      if found[key]?.last != number { found[key, default: []].append(number) }
      if ofSubject[key.subject]?.last != number {
        ofSubject[key.subject, default: []].append(number)
      }
      guard change.isMove else { continue }
      for subject in [key.subject, key.subject.hasPrefix("step") ? "steps" : key.subject]
      where moves[subject]?.last != number {
        moves[subject, default: []].append(number)
      }
    }
  }
}

extension Change {
  fileprivate var isMove: Bool { kind == .moved || kind == .reordered }
}

extension Trials.Key {
  /// - Parameters:
  ///   - side: the side that the change's steps are numbered by; nil if it is the first of the two
  ///     that are compared.
  ///   - first: the first side.
  fileprivate init(_ change: Change, in side: Side? = nil, as first: Side? = nil) {
    label = change.label
    switch change.subject {
    case .run: subject = "run"
    case .cluster: subject = "cluster"
    case .settings: subject = "settings"
    case .input(let name): subject = "input " + name
    case .check(let name): subject = "check " + name
    case .stage(let name): subject = "stage " + name
    case .step(let old?, _):
      guard let side, let first else {
        subject = "step \(old)"
        return
      }
      let name = side.stepName(old)
      let index = (0..<first.stepCount).first { first.stepName($0) == name }
      subject = index.map { "step \($0)" } ?? "new step \(name.name)"
    case .step(nil, _):
      subject = "new step " + (change.after?.member("name")?.plainText ?? "")
    }
  }
}
