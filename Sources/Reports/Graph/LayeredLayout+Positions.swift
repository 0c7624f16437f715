/// The vertical positions of the nodes, in the order of their columns.
extension LayeredLayout {
  /// The upper edge of each node: near its neighbours, without overlaps, lines as straight as
  /// possible.
  func positions() -> [Int] {
    var y = [Double](repeating: 0, count: nodes.count)
    for members in order {
      var at = 0.0
      for (index, node) in members.enumerated() {
        y[node] = at
        at += Double(nodes[node].height)
        if index + 1 < members.count { at += gap(node, members[index + 1]) }
      }
    }
    let rounds = nodes.count > 6000 ? 4 : 12
    for round in 0..<rounds {
      let isForward = round % 2 == 0
      for column in isForward ? Array(order.indices) : order.indices.reversed() {
        // First by one side only, so that all columns come near each other.
        let sides: [[[Segment]]] =
          round > 3 ? [before, after] : isForward ? [before] : [after]
        align(column, sides, &y)
      }
    }
    let top = y.min() ?? 0
    return y.map { Int(($0 - top).rounded()) + Self.margin }
  }

  private func gap(_ upper: Int, _ lower: Int) -> Double {
    switch (nodes[upper].isBend, nodes[lower].isBend) {
    case (true, true): 8
    case (false, false): 16
    default: 12
    }
  }

  /// Moves the nodes of a column as near to their neighbours as their order and sizes allow: least
  /// squares under constraints of order, by pooling neighbours that violate them.
  private func align(_ column: Int, _ sides: [[[Segment]]], _ y: inout [Double]) {
    struct Pool {
      var sum: Double
      var weight: Double
      var count: Int
      var mean: Double { sum / weight }
    }
    let members = order[column]
    var offset = 0.0
    var offsets: [Double] = []
    var pools: [Pool] = []
    for (index, node) in members.enumerated() {
      if index > 0 {
        offset += Double(nodes[members[index - 1]].height) + gap(members[index - 1], node)
      }
      offsets.append(offset)
      // A node without lines stays below the one before it.
      let (wanted, weight) =
        wanted(node, sides, y) ?? (pools.last.map { $0.mean + offset } ?? y[node], 0.001)
      pools.append(Pool(sum: (wanted - offset) * weight, weight: weight, count: 1))
      while pools.count > 1, pools[pools.count - 2].mean > pools[pools.count - 1].mean {
        let last = pools.removeLast()
        pools[pools.count - 1].sum += last.sum
        pools[pools.count - 1].weight += last.weight
        pools[pools.count - 1].count += last.count
      }
    }
    var at = 0
    for pool in pools {
      for _ in 0..<pool.count {
        y[members[at]] = pool.mean + offsets[at]
        at += 1
      }
    }
  }

  /// Where a node would be by its neighbours alone, and how much that matters; nil without any.
  private func wanted(
    _ node: Int, _ sides: [[[Segment]]], _ y: [Double]
  ) -> (y: Double, weight: Double)? {
    var sum = 0.0
    var weight = 0.0
    for side in sides {
      for line in side[node] {
        let isLeft = line.left == node
        let other = isLeft ? line.right : line.left
        let own = isLeft ? line.leftY : line.rightY
        let its = isLeft ? line.rightY : line.leftY
        // Long lines are to be straight before all; boxes are near those beside them.
        let heft =
          switch (nodes[node].isBend, nodes[other].isBend) {
          case (true, true): 8.0
          case (true, false): 2.0
          case (false, true): 0.2
          case (false, false): 1.0
          }
        sum += (y[other] + Double(its) - Double(own)) * heft
        weight += heft
      }
    }
    return weight > 0 ? (sum / weight, weight) : nil
  }
}
