import Values

/// Which steps of two sides are the same steps.
///
/// By name first; the rest by what they do: the same jar and arguments under another name is a
/// renamed step.
struct StepMatch {
  private(set) var match: ListMatch
  /// Indices on the first side of pairs whose names differ.
  private(set) var renamed: Set<Int> = []

  /// Up to this many unmatched steps, all pairs are compared.
  private static var pairLimit: Int { 400 }
  /// How similar two steps must be (0 to 1) to count as one renamed step.
  private static var likeness: Double { 0.6 }

  init(_ old: Side, _ new: Side) {
    let oldNames = (0..<old.stepCount).map { old.stepName($0).name }
    let newNames = (0..<new.stepCount).map { new.stepName($0).name }
    let byName = ListMatch(oldNames, newNames, pairingRest: false)
    var partner = [Int?](repeating: nil, count: old.stepCount)
    for pair in byName.pairs { partner[pair.old] = pair.new }
    guard !byName.removed.isEmpty, !byName.added.isEmpty else {
      match = byName
      return
    }
    var finder = RenameFinder(old, new, byName.removed, byName.added)
    for pair in finder.pairs(limit: Self.pairLimit, likeness: Self.likeness) {
      partner[pair.old] = pair.new
      renamed.insert(pair.old)
    }
    match = ListMatch(partners: partner, count: new.stepCount)
  }
}

/// Finds renamed steps.
private struct RenameFinder {
  private let old: Side
  private let new: Side
  private var removed: [Int]
  private var added: [Int]
  private var found: [(old: Int, new: Int)] = []

  init(_ old: Side, _ new: Side, _ removed: [Int], _ added: [Int]) {
    self.old = old
    self.new = new
    self.removed = removed
    self.added = added
  }

  mutating func pairs(limit: Int, likeness: Double) -> [(old: Int, new: Int)] {
    pairEqual()
    if removed.count * added.count <= limit * limit {
      pairAlike(likeness)
    } else {
      pairInOrder(likeness)
    }
    return found
  }

  /// Pairs steps with identical jar and arguments.
  private mutating func pairEqual() {
    let match = ListMatch(
      removed.map { Self.work(old, $0) }, added.map { Self.work(new, $0) }, pairingRest: false)
    found += match.pairs.map { (removed[$0.old], added[$0.new]) }
    removed = match.removed.map { removed[$0] }
    added = match.added.map { added[$0] }
  }

  /// Pairs the most similar steps first; ties go to the first ones.
  private mutating func pairAlike(_ least: Double) {
    let oldWords = removed.map { Self.words(old, $0) }
    let newWords = added.map { Self.words(new, $0) }
    var candidates: [(likeness: Double, old: Int, new: Int)] = []
    for (left, words) in oldWords.enumerated() {
      for (right, others) in newWords.enumerated() {
        let likeness = Self.likeness(words, others)
        if likeness >= least { candidates.append((likeness, left, right)) }
      }
    }
    candidates.sort { left, right in
      if left.likeness != right.likeness { return left.likeness > right.likeness }
      return (left.old, left.new) < (right.old, right.new)
    }
    var takenOld: Set<Int> = []
    var takenNew: Set<Int> = []
    for candidate in candidates
    where !takenOld.contains(candidate.old) && !takenNew.contains(candidate.new) {
      takenOld.insert(candidate.old)
      takenNew.insert(candidate.new)
      found.append((removed[candidate.old], added[candidate.new]))
    }
  }

  /// If there are too many: pairs the first with the first, and so on.
  private mutating func pairInOrder(_ least: Double) {
    for (left, right) in zip(removed, added)
    where Self.likeness(Self.words(old, left), Self.words(new, right)) >= least {
      found.append((left, right))
    }
  }

  private static func work(_ side: Side, _ index: Int) -> String {
    words(side, index).joined(separator: "\u{0}")
  }

  /// The stage, the jar and the arguments. The stage counts like an argument, since it can change.
  private static func words(_ side: Side, _ index: Int) -> [String] {
    var mask = SecretMask()
    guard case .map(let step) = side.step(index, &mask, opening: SecretOpener()) else { return [] }
    var words = ["jar", "mainClass"].compactMap { step[$0]?.plainText }
    words.append("in " + (step["stage"]?.plainText ?? ""))
    guard case .list(let arguments)? = step["arguments"] else { return words }
    return words + arguments.map(\.canonicalText)
  }

  /// The share of words that two lists have in common, in any order.
  private static func likeness(_ left: [String], _ right: [String]) -> Double {
    var counts: [String: Int] = [:]
    for word in left { counts[word, default: 0] += 1 }
    var shared = 0
    for word in right {
      if let count = counts[word], count > 0 {
        counts[word] = count - 1
        shared += 1
      }
    }
    let all = left.count + right.count
    return all == 0 ? 0 : 2 * Double(shared) / Double(all)
  }
}
