import Text
import Values

extension Value {
  /// The value of a node with all its children. A number that Swift's types would change is kept as
  /// its text.
  ///
  /// The text of a bool is `true` or `false`; of an int, decimal digits; of a float, what
  /// `Double(_:)` reads: readers normalise other spellings. Work is bounded by the expanded size of
  /// the tree, which the readers bound.
  package init(_ tree: Tree, _ id: NodeID) {
    switch tree.kind(id) {
    case .null: self = .null
    case .bool: self = .bool(tree.withBytes(id) { $0.first == UInt8(ascii: "t") })
    case .int: self.init(wholeNumber: tree.string(id))
    case .float: self.init(fraction: tree.string(id))
    case .string: self = .string(tree.string(id))
    case .list: self = .list(tree.items(id).map { Value(tree, $0) })
    case .map:
      self = .map(
        ValueMap(
          tree.entries(id).map { entry in
            (key: .string(tree.string(entry.key)), value: Value(tree, entry.value))
          }))
    }
  }
}
