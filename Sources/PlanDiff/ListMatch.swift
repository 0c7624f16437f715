/// Which items of two lists match, and which of those are out of order.
struct ListMatch {
  /// Pairs in the order of the first list.
  private(set) var pairs: [(old: Int, new: Int)] = []
  private(set) var removed: [Int] = []
  private(set) var added: [Int] = []
  /// The smallest set of pairs that are out of order with the others.
  private(set) var moved: Set<Int> = []

  /// Matches items with equal keys, in order of occurrence.
  init<Key: Hashable>(_ old: [Key?], _ new: [Key?], pairingRest: Bool) {
    var places: [Key: [Int]] = [:]
    for (index, key) in new.enumerated().reversed() {
      if let key { places[key, default: []].append(index) }
    }
    var isTaken = [Bool](repeating: false, count: new.count)
    var partner = [Int?](repeating: nil, count: old.count)
    for (index, key) in old.enumerated() {
      guard let key, let match = places[key]?.popLast() else { continue }
      partner[index] = match
      isTaken[match] = true
    }
    if pairingRest { Self.pairRest(&partner, &isTaken) }
    finish(partner, isTaken)
  }

  /// For partners that were found elsewhere.
  init(partners: [Int?], count: Int) {
    var isTaken = [Bool](repeating: false, count: count)
    for case let partner? in partners { isTaken[partner] = true }
    finish(partners, isTaken)
  }

  /// Pairs items without a partner that have the same role, in order.
  mutating func pairRest(_ old: [String?], _ new: [String?]) {
    let rest = ListMatch(removed.map { old[$0] }, added.map { new[$0] }, pairingRest: false)
    guard !rest.pairs.isEmpty else { return }
    var partner = [Int?](repeating: nil, count: old.count)
    for pair in pairs { partner[pair.old] = pair.new }
    for pair in rest.pairs { partner[removed[pair.old]] = added[pair.new] }
    self = ListMatch(partners: partner, count: new.count)
  }

  /// An unmatched item counts as changed if there is another unmatched one between the same
  /// neighbours.
  private static func pairRest(_ partner: inout [Int?], _ isTaken: inout [Bool]) {
    var rest = isTaken.indices.filter { !isTaken[$0] }[...]
    for index in partner.indices where partner[index] == nil {
      guard let next = rest.popFirst() else { return }
      partner[index] = next
      isTaken[next] = true
    }
  }

  private mutating func finish(_ partner: [Int?], _ isTaken: [Bool]) {
    for (index, match) in partner.enumerated() {
      if let match { pairs.append((index, match)) } else { removed.append(index) }
    }
    added = isTaken.indices.filter { !isTaken[$0] }
    let kept = Self.longestIncreasing(pairs.map(\.new))
    for (index, isKept) in kept.enumerated() where !isKept { moved.insert(index) }
  }

  /// Which elements are in a longest increasing subsequence; numbers must be distinct.
  static func longestIncreasing(_ numbers: [Int]) -> [Bool] {
    /// For each length, the index of the smallest last element of a subsequence.
    var tails: [Int] = []
    var previous = [Int](repeating: -1, count: numbers.count)
    for (index, number) in numbers.enumerated() {
      var (low, high) = (0, tails.count)
      if let last = tails.last, numbers[last] < number { low = tails.count }
      while low < high {
        let middle = (low + high) / 2
        if numbers[tails[middle]] < number { low = middle + 1 } else { high = middle }
      }
      if low > 0 { previous[index] = tails[low - 1] }
      if low == tails.count { tails.append(index) } else { tails[low] = index }
    }
    var isKept = [Bool](repeating: false, count: numbers.count)
    var at = tails.last ?? -1
    while at >= 0 {
      isKept[at] = true
      at = previous[at]
    }
    return isKept
  }
}
