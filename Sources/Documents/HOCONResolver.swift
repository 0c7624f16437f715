/// Replaces substitutions by the values of the file.
struct HOCONResolver {
  /// How many values are made; a file in which values refer to each other could ask for any number.
  private static var limit: Int { 100_000 }

  let root: HOCONNode
  private var made = 0

  init(root: HOCONNode) { self.root = root }

  /// A value without open parts; nil if it is absent.
  ///
  /// - Parameter inside: the substitutions that are being replaced.
  mutating func resolved(
    _ node: HOCONNode, inside: [[[UInt8]]]
  ) throws(HOCONFailure) -> HOCONNode? {
    made += 1
    guard made <= Self.limit, inside.count <= HOCONReader.depthLimit else {
      throw HOCONFailure("the substitutions make the document too large", node.range)
    }
    var result = node
    switch node.content {
    case .scalar: break
    case .list(let items):
      var kept: [HOCONNode] = []
      for item in items {
        if let item = try resolved(item, inside: inside) { kept.append(item) }
      }
      result.content = .list(kept)
    case .map(let map):
      var kept = HOCONMap()
      for entry in map.entries {
        if let value = try resolved(entry.node, inside: inside) {
          kept.set(entry.key, at: entry.keyRange, value)
        }
      }
      result.content = .map(kept)
    case .reference(let path, let isOptional):
      return try target(path, isOptional: isOptional, of: node, inside: inside)
    case .joined(let pieces): return try joined(pieces, node.range, inside: inside)
    case .overlay(let old, let new):
      guard let top = try resolved(new, inside: inside) else {
        return try resolved(old, inside: inside)
      }
      guard case .map(let added) = top.content,
        let base = try resolved(old, inside: inside), case .map(var merged) = base.content
      else { return top }
      merged.add(added)
      result.content = .map(merged)
    }
    return result
  }

  private mutating func target(
    _ path: [[UInt8]], isOptional: Bool, of node: HOCONNode, inside: [[[UInt8]]]
  ) throws(HOCONFailure) -> HOCONNode? {
    let name = path.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ".")
    guard !inside.contains(path) else {
      throw HOCONFailure("`${\(name)}` refers to itself", node.range)
    }
    var found = try find(path[...], in: root, inside: inside + [path])
    // The place of the reference is what the reader of a message has to change.
    found?.range = node.range
    guard found != nil || isOptional else {
      throw HOCONFailure(
        "the file doesn't set `\(name)`", node.range,
        hint: "write the value here: variables of the environment aren't filled in")
    }
    return found
  }

  private mutating func find(
    _ path: ArraySlice<[UInt8]>, in node: HOCONNode, inside: [[[UInt8]]]
  ) throws(HOCONFailure) -> HOCONNode? {
    guard let key = path.first else { return try resolved(node, inside: inside) }
    // Only an open value has to be made before its keys are known.
    let place = node.isOpen ? try resolved(node, inside: inside) : node
    guard case .map(let map)? = place?.content, let next = map[key] else { return nil }
    return try find(path.dropFirst(), in: next, inside: inside)
  }

  private mutating func joined(
    _ pieces: [HOCONNode.Piece], _ range: Range<Int>, inside: [[[UInt8]]]
  ) throws(HOCONFailure) -> HOCONNode? {
    var parts: [(blanks: [UInt8], node: HOCONNode)] = []
    for piece in pieces {
      if let node = try resolved(piece.node, inside: inside) { parts.append((piece.blanks, node)) }
    }
    guard let first = parts.first else { return nil }
    guard parts.count > 1 else { return first.node }
    switch first.node.content {
    case .map(var merged):
      for part in parts.dropFirst() {
        guard case .map(let map) = part.node.content else { throw Self.mixed(part.node) }
        merged.add(map)
      }
      return HOCONNode(range: range, content: .map(merged))
    case .list(var items):
      for part in parts.dropFirst() {
        guard case .list(let more) = part.node.content else { throw Self.mixed(part.node) }
        items += more
      }
      return HOCONNode(range: range, content: .list(items))
    default:
      var text: [UInt8] = []
      for (index, part) in parts.enumerated() {
        guard case .scalar(_, _, let bytes) = part.node.content else { throw Self.mixed(part.node) }
        text += (index == 0 ? [] : part.blanks) + bytes
      }
      return HOCONNode(range: range, content: .scalar(.string, .plain, text))
    }
  }

  private static func mixed(_ node: HOCONNode) -> HOCONFailure {
    HOCONFailure(
      "texts, lists and objects can't be joined", node.range,
      hint: "is a comma or a line end missing before this?")
  }
}
