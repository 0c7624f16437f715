/// A value as it is in the file, substitutions included.
struct HOCONNode {
  indirect enum Content {
    /// The decoded text. Bools, numbers and null have no quotes.
    case scalar(Tree.Kind, Tree.Style, [UInt8])
    case list([HOCONNode])
    case map(HOCONMap)
    /// `${a.b}`: the keys, and whether it may be absent (`${?a.b}`).
    case reference([[UInt8]], isOptional: Bool)
    /// Values next to each other: texts are joined, maps merged, lists appended.
    case joined([Piece])
    /// The second value for one key. Maps are merged, and an absent one changes nothing.
    case overlay(HOCONNode, HOCONNode)
  }

  /// A value in a row of values, with the blanks before it.
  struct Piece {
    var blanks: [UInt8]
    var node: HOCONNode
  }

  var range: Range<Int>
  var content: Content

  /// Whether it depends on another value of the file.
  var isOpen: Bool {
    switch content {
    case .reference, .joined, .overlay: true
    case .scalar, .list, .map: false
    }
  }

  /// The value with references to its own key replaced by what that key was before.
  func replacing(_ path: [[UInt8]], with former: HOCONNode?) -> HOCONNode {
    var result = self
    switch content {
    case .reference(let target, let isOptional) where target == path:
      if let former {
        result.content = former.content
      } else if !isOptional {
        return self
      } else {
        result.content = .joined([])
      }
    case .joined(let pieces):
      result.content = .joined(
        pieces.map { Piece(blanks: $0.blanks, node: $0.node.replacing(path, with: former)) })
    case .list(let items):
      result.content = .list(items.map { $0.replacing(path, with: former) })
    case .scalar, .map, .reference, .overlay: break
    }
    return result
  }
}

/// A map's entries, in the order of their first occurrence.
struct HOCONMap {
  struct Entry {
    var key: [UInt8]
    var keyRange: Range<Int>
    var node: HOCONNode
  }

  private(set) var entries: [Entry] = []
  private var numbers: [[UInt8]: Int] = [:]

  subscript(key: [UInt8]) -> HOCONNode? { numbers[key].map { entries[$0].node } }

  /// Gives a key a value; of two maps the second one's entries are added to the first's.
  mutating func set(_ key: [UInt8], at range: Range<Int>, _ node: HOCONNode) {
    guard let number = numbers[key] else {
      numbers[key] = entries.count
      entries.append(Entry(key: key, keyRange: range, node: node))
      return
    }
    let old = entries[number].node
    entries[number].keyRange = range
    switch (old.content, node.content) {
    case (.map(var merged), .map(let added)):
      merged.add(added)
      entries[number].node = HOCONNode(range: node.range, content: .map(merged))
    case (.scalar, .map), (.list, .map), (_, .scalar), (_, .list):
      entries[number].node = node
    default:
      entries[number].node = HOCONNode(range: node.range, content: .overlay(old, node))
    }
  }

  mutating func add(_ other: HOCONMap) {
    for entry in other.entries { set(entry.key, at: entry.keyRange, entry.node) }
  }
}

extension HOCONNode {
  /// Writes a value without open parts.
  func write(to builder: inout TreeBuilder) {
    switch content {
    case .scalar(let kind, let style, let text):
      builder.scalar(kind, style: style, span: range, decoded: text)
    case .list(let items):
      builder.begin(.list, start: range.lowerBound, isFlow: true)
      for item in items { item.write(to: &builder) }
      builder.end(at: range.upperBound)
    case .map(let map):
      builder.begin(.map, start: range.lowerBound, isFlow: true)
      for entry in map.entries {
        builder.scalar(.string, style: .doubleQuoted, span: entry.keyRange, decoded: entry.key)
        entry.node.write(to: &builder)
      }
      builder.end(at: range.upperBound)
    case .reference, .joined, .overlay:
      preconditionFailure("a resolved value has no open parts")
    }
  }
}
