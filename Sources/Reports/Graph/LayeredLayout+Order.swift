/// The order of the nodes of each column.
extension LayeredLayout {
  /// Orders each column by the mean positions of its nodes' neighbours, to and fro, and keeps the
  /// order with the fewest crossings.
  mutating func sortColumns() {
    guard order.count > 1 else { return }
    var best = order
    var fewest = crossings
    var idle = 0
    let rounds = nodes.count > 6000 ? 3 : 16
    for round in 0..<rounds where fewest > 0 && idle < 4 {
      let isForward = round % 2 == 0
      for column in isForward ? Array(order.indices) : order.indices.reversed() {
        sort(column, by: isForward ? before : after)
      }
      let count = crossings
      idle += 1
      if count < fewest { (best, fewest, idle) = (order, count, 0) }
    }
    order = best
  }

  private mutating func sort(_ column: Int, by neighbours: [[Segment]]) {
    let at = ranks
    let members = order[column]
    var keys: [Int: Double] = [:]
    for (index, node) in members.enumerated() {
      let lines = neighbours[node]
      guard !lines.isEmpty else {
        keys[node] = Double(index)
        continue
      }
      let sum = lines.reduce(0.0) { sum, line in
        let (other, y) = line.left == node ? (line.right, line.rightY) : (line.left, line.leftY)
        return sum + at[other] + Double(y) / Double(nodes[other].height + 1)
      }
      keys[node] = sum / Double(lines.count)
    }
    let rank = Dictionary(uniqueKeysWithValues: members.enumerated().map { ($1, $0) })
    var sorted = members.sorted {
      (keys[$0] ?? 0, rank[$0] ?? 0) < (keys[$1] ?? 0, rank[$1] ?? 0)
    }
    // Pinned nodes share their positions among them in their own order.
    let slots = sorted.indices.filter { nodes[sorted[$0]].isPinned }
    for (slot, node) in zip(slots, slots.map { sorted[$0] }.sorted()) { sorted[slot] = node }
    order[column] = sorted
  }

  /// Each node's position in its column.
  private var ranks: [Double] {
    var ranks = [Double](repeating: 0, count: nodes.count)
    for members in order {
      for (rank, node) in members.enumerated() { ranks[node] = Double(rank) }
    }
    return ranks
  }

  /// How many pairs of lines between neighbouring columns cross.
  var crossings: Int {
    let at = ranks
    var sum = 0
    for lines in segments where lines.count > 1 {
      let ends = lines.map { line in
        (
          left: at[line.left] + Double(line.leftY) / Double(nodes[line.left].height + 1),
          right: at[line.right] + Double(line.rightY) / Double(nodes[line.right].height + 1)
        )
      }
      sum += Self.inversions(ends.sorted { ($0.left, $0.right) < ($1.left, $1.right) }.map(\.right))
    }
    return sum
  }

  /// How many pairs are in the wrong order, by merging.
  private static func inversions(_ values: [Double]) -> Int {
    var (from, to) = (values, values)
    var count = 0
    var size = 1
    while size < from.count {
      for start in stride(from: 0, to: from.count, by: 2 * size) {
        let middle = min(start + size, from.count)
        let end = min(start + 2 * size, from.count)
        var (left, right) = (start, middle)
        for at in start..<end {
          if left < middle, right >= end || from[left] <= from[right] {
            to[at] = from[left]
            left += 1
          } else {
            to[at] = from[right]
            count += middle - left
            right += 1
          }
        }
      }
      swap(&from, &to)
      size *= 2
    }
    return count
  }
}
