import Documents
import Text
import SourceText
import Values

/// A node of an input's document, with its value.
struct InputNode {
  var input: Side.Input
  var id: NodeID
  /// The value, with secrets marked.
  var value: Value
  var isBefore: Bool

  init(_ input: Side.Input, _ id: NodeID, _ value: Value, _ isBefore: Bool) {
    self.input = input
    self.id = id
    self.value = value
    self.isBefore = isBefore
  }

  func member(_ key: String) -> InputNode? {
    guard let id = input.tree.value(id, key), case .map(let map) = value.revealed,
      let value = map[key]
    else { return nil }
    return InputNode(input, id, value, isBefore)
  }

  var items: [InputNode] {
    guard case .list(let values) = value.revealed else { return [] }
    return zip(input.tree.items(id), values).map { InputNode(input, $0, $1, isBefore) }
  }

  var keys: [String] { input.tree.entries(id).map { input.tree.string($0.key) } }

  var kind: Tree.Kind { input.tree.kind(id) }
}

/// A document of the inputs in which each edit between the two sides can be made alone.
struct MergedInput {
  /// Nil if the side doesn't have the file.
  var old: Side.Input?
  var new: Side.Input?
  var root: MergedNode
  /// The numbers of its edits.
  var edits: Range<Int>

  /// The file with only these edits made.
  func file(_ made: Set<Int>) -> TrialFile? {
    guard let input = old ?? new else { return nil }
    let count = edits.count { made.contains($0) }
    let isOneFile = old?.layers.isEmpty ?? true && new?.layers.isEmpty ?? true
    if count == 0, isOneFile { return old.map { TrialFile($0, text: $0.file.text) } }
    // A file beside the pipeline has the name of its own side.
    if count == edits.count, isOneFile {
      return new.map { TrialFile(old ?? $0, text: $0.file.text) }
    }
    var writer = CanonicalJSONWriter(pretty: false)
    guard root.write(to: &writer, made) else { return nil }
    return TrialFile(input, text: writer.take())
  }
}

/// A file of inputs for a trial.
package struct TrialFile: Sendable {
  package var role: String
  /// As in the side's inputs.
  package var name: String
  package var text: [UInt8]

  init(_ input: Side.Input, text: [UInt8]) {
    role = input.role
    name = input.file.name
    self.text = text
  }
}

indirect enum MergedNode {
  struct Item {
    /// Its position on each side; nil if it isn't there.
    var old: Int?
    var new: Int?
    var value: MergedNode
  }

  case absent
  case same(InputNode)
  /// What an edit, by its number, changes.
  case either(Int, InputNode?, InputNode?)
  /// The entries in the new order; `was` has the keys in the old one, and `order` is the edit that
  /// changes it.
  case map([(key: String, value: MergedNode)], was: [String], order: Int?)
  case list([Item], order: Int?)

  /// Writes it with some of the edits made; false if nothing is there then.
  func write(to writer: inout CanonicalJSONWriter, _ made: Set<Int>) -> Bool {
    guard isThere(made) else { return false }
    switch self {
    case .absent: return false
    case .same(let node): node.input.tree.write(node.id, to: &writer)
    case .either(let edit, let old, let new):
      if let node = made.contains(edit) ? new : old {
        node.input.tree.write(node.id, to: &writer)
      }
    case .map(let entries, let was, let order):
      writer.beginObject()
      for entry in Self.ordered(entries, was, order, made) where entry.value.isThere(made) {
        writer.key(entry.key)
        _ = entry.value.write(to: &writer, made)
      }
      writer.endObject()
    case .list(let items, let order):
      writer.beginArray()
      let isNew = order.map { made.contains($0) } ?? true
      for index in Self.sequence(items, isNew: isNew) {
        _ = items[index].value.write(to: &writer, made)
      }
      writer.endArray()
    }
    return true
  }

  private func isThere(_ made: Set<Int>) -> Bool {
    switch self {
    case .absent: false
    case .same, .map, .list: true
    case .either(let edit, let old, let new): (made.contains(edit) ? new : old) != nil
    }
  }

  private static func ordered(
    _ entries: [(key: String, value: MergedNode)], _ was: [String], _ order: Int?, _ made: Set<Int>
  ) -> [(key: String, value: MergedNode)] {
    guard let order, !made.contains(order) else { return entries }
    var places: [String: Int] = [:]
    for (index, key) in was.enumerated() { places[key] = index }
    // New keys come last.
    return entries.enumerated().sorted { left, right in
      let one = places[left.element.key] ?? was.count
      let two = places[right.element.key] ?? was.count
      return (one, left.offset) < (two, right.offset)
    }.map(\.element)
  }

  /// The items in the order of one side; those that only the other side has, each after the item
  /// that it comes after there.
  private static func sequence(_ items: [Item], isNew: Bool) -> [Int] {
    func position(_ item: Item, _ isNew: Bool) -> Int? { isNew ? item.new : item.old }
    func ordered(_ isNew: Bool) -> [Int] {
      items.indices.filter { position(items[$0], isNew) != nil }.sorted {
        (position(items[$0], isNew) ?? 0) < (position(items[$1], isNew) ?? 0)
      }
    }
    var followers: [Int: [Int]] = [:]
    var last = -1
    for index in ordered(!isNew) {
      if position(items[index], isNew) == nil {
        followers[last, default: []].append(index)
      } else {
        last = index
      }
    }
    return (followers[-1] ?? []) + ordered(isNew).flatMap { [$0] + (followers[$0] ?? []) }
  }
}

extension Tree {
  /// Writes a node as JSON.
  fileprivate func write(_ node: NodeID, to writer: inout CanonicalJSONWriter) {
    switch kind(node) {
    case .null: writer.null()
    case .bool: writer.bool(string(node) == "true")
    case .int, .float: writer.number(string(node))
    case .string: writer.string(string(node))
    case .list:
      writer.beginArray()
      for item in items(node) { write(item, to: &writer) }
      writer.endArray()
    case .map:
      writer.beginObject()
      for entry in entries(node) {
        writer.key(string(entry.key))
        write(entry.value, to: &writer)
      }
      writer.endObject()
    }
  }
}
