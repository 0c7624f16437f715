import Documents
import Diagnostics
import SourceText
import Values

/// How a storage target within a configuration becomes a file of its own.
struct TargetRules: Sendable {
  struct Field: Sendable {
    enum Form: String, Sendable {
      /// As it is.
      case text, integer, bool
      /// `verify-ca` becomes `VERIFY_CA`.
      case upperCase = "upper-case"
      /// What stands in front of the first dot.
      case beforeDot = "before-dot"
    }

    var to: String
    var from: String?
    var form: Form
    /// What is written where there is nothing to take.
    var value: Value?
  }

  struct Kind: Sendable {
    var name: String
    var schema: String
    var fields: [Field]
    /// Keys that today's form has no place for, and why.
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
  /// The key that says of which kind a target is.
  var kindKey: String
  var kinds: [Kind]

  init(_ tree: Tree, _ node: NodeID) {
    let reader = RuleReader(tree: tree)
    from = reader.texts(node, "from")
    kindKey = reader.text(node, "kindKey")
    kinds = reader.items(node, "kinds").map { Kind(tree, $0) }
  }
}
