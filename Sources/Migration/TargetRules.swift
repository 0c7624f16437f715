import Documents
import Diagnostics
import SourceText
import Values

/// How a storage target in a configuration becomes a separate file.
struct TargetRules: Sendable {
  struct Field: Sendable {
    enum Form: String, Sendable {
      /// Unchanged.
      case text, integer, bool
      /// `verify-ca` becomes `VERIFY_CA`.
      case upperCase = "upper-case"
      /// The part before the first dot.
      case beforeDot = "before-dot"
    }

    var to: String
    var from: String?
    var form: Form
    /// The value to write if there is none to take.
    var value: Value?
  }

  struct Kind: Sendable {
    var name: String
    var schema: String
    var fields: [Field]
    /// Keys that no longer exist, and why.
    var dropped: [MigrationRules.Dropped]
    var note: String

    init(_ tree: Tree, _ node: NodeID) {
      let reader = RuleReader(tree: tree)
      name = reader.text(node, "name")
      schema = reader.text(node, "schema")
      fields = reader.items(node, "fields").map { field in
        Field(
          to: reader.text(field, "to"),
          from: tree.value(field, "from").map { tree.string($0) },
          form: Field.Form(rawValue: reader.text(field, "form")) ?? .text,
          value: tree.value(field, "value").map { Value(tree, $0) })
      }
      dropped = reader.items(node, "dropped").map {
        .init(from: reader.text($0, "from"), why: reader.text($0, "why"))
      }
      note = reader.text(node, "note")
    }
  }

  var from: [String]
  /// The key that holds a target's kind.
  var kindKey: String
  var kinds: [Kind]

  init(_ tree: Tree, _ node: NodeID) {
    let reader = RuleReader(tree: tree)
    from = reader.texts(node, "from")
    kindKey = reader.text(node, "kindKey")
    kinds = reader.items(node, "kinds").map { Kind(tree, $0) }
  }
}
