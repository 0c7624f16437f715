extension Tree {
  /// Whether two nodes are equal, with entries of maps in the same order.
  ///
  /// A cheap test without making values; nodes that differ only in the order of entries fail it.
  package func isSame(_ node: NodeID, as other: Tree, _ otherNode: NodeID) -> Bool {
    var pairs = [(resolved(node), other.resolved(otherNode))]
    while let (left, right) = pairs.popLast() {
      let one = nodes[Int(left.index)]
      let two = other.nodes[Int(right.index)]
      guard one.kind == two.kind, one.count == two.count else { return false }
      guard one.kind == .list || one.kind == .map else {
        if withBytes(left, { left in other.withBytes(right) { left.elementsEqual($0) } }) {
          continue
        }
        return false
      }
      var (nextLeft, nextRight) = (one.first, two.first)
      while nextLeft != 0, nextRight != 0 {
        let child = NodeID(index: nextLeft)
        let otherChild = NodeID(index: nextRight)
        let kind = nodes[Int(nextLeft)].kind
        if kind == .list || kind == .map || isAlias(child) || other.isAlias(otherChild) {
          pairs.append((resolved(child), other.resolved(otherChild)))
        } else if !isSameScalar(nodes[Int(nextLeft)], other, other.nodes[Int(nextRight)]) {
          return false
        }
        nextLeft = nodes[Int(nextLeft)].next
        nextRight = other.nodes[Int(nextRight)].next
      }
    }
    return true
  }

  private func isSameScalar(_ one: Node, _ other: Tree, _ two: Node) -> Bool {
    guard one.kind == two.kind, one.count == two.count else { return false }
    let left = Int(one.first)..<(Int(one.first) + Int(one.count))
    let right = Int(two.first)..<(Int(two.first) + Int(two.count))
    let home = one.flags & Flag.pooled != 0 ? pool : text
    let otherHome = two.flags & Flag.pooled != 0 ? other.pool : other.text
    return home.withUnsafeBufferPointer { home in
      otherHome.withUnsafeBufferPointer { otherHome in
        zip(home[left], otherHome[right]).allSatisfy { $0 == $1 }
      }
    }
  }
}
