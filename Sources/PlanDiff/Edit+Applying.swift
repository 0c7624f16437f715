package import Values

extension Value {
  /// The document with all edits applied.
  package func applying(_ edits: [Edit]) -> Value {
    var root = EditNode()
    for edit in edits { root.add(edit.path[...], edit.operation) }
    return root.apply(to: self)
  }
}

/// The edits of one node and of its children.
private struct EditNode {
  var value: Value?
  var isRemoved = false
  var target: Int?
  var inserted: [(at: Int, value: Value)] = []
  /// In the order of the edits, so that new members of a map keep an order.
  var children: [(part: Edit.Part, node: EditNode)] = []
  var childOfPart: [Edit.Part: Int] = [:]

  mutating func add(_ path: ArraySlice<Edit.Part>, _ operation: Edit.Operation) {
    guard let part = path.first else {
      switch operation {
      case .set(let new): value = new
      case .remove: isRemoved = true
      case .insert(let new, let at): inserted.append((at, new))
      case .move(let to): target = to
      }
      return
    }
    let at = childOfPart[part] ?? children.count
    if at == children.count {
      children.append((part, EditNode()))
      childOfPart[part] = at
    }
    children[at].node.add(path.dropFirst(), operation)
  }

  func apply(to old: Value) -> Value {
    if let value { return value }
    switch old {
    case .map(let map): return .map(applied(to: map))
    case .list(let items): return .list(applied(to: items))
    default: return old
    }
  }

  private func applied(to map: ValueMap) -> ValueMap {
    var result = map
    for (part, node) in children {
      guard case .key(let key) = part else { continue }
      if node.isRemoved {
        result[key] = nil
      } else {
        result[key] = node.apply(to: result[key] ?? .map(ValueMap()))
      }
    }
    return result
  }

  /// New and moved items have given positions; the others fill the rest in order.
  private func applied(to items: [Value]) -> [Value] {
    var placed: [Int: Value] = [:]
    var others: [Value] = []
    for (index, item) in items.enumerated() {
      guard let child = childOfPart[.index(index)] ?? childOfPart[.key(String(index))] else {
        others.append(item)
        continue
      }
      let node = children[child].node
      if node.isRemoved { continue }
      let new = node.apply(to: item)
      if let target = node.target { placed[target] = new } else { others.append(new) }
    }
    for (at, value) in inserted { placed[at] = value }
    var result: [Value] = []
    var rest = others.makeIterator()
    let count = others.count + placed.count
    result.reserveCapacity(count)
    while result.count < count {
      if let value = placed[result.count] ?? rest.next() {
        result.append(value)
      } else {
        // Positions beyond the end don't belong to this list.
        break
      }
    }
    return result
  }
}
