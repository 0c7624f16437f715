import Documents
import Diagnostics
import Expressions
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
      /// The part before the first dot. What is after it has no place, and must be `rest`.
      case beforeDot = "before-dot"
      /// A UUID made of the values of `parts`, and of the file's path.
      case uuid
      /// One of `values`, by the text in lower case.
      case choice
    }

    var to: String
    var from: String?
    var form: Form
    /// The value to write if there is none to take.
    var value: Value?
    var values: [String: Value]
    var parts: [String]
    /// What must be after the first dot.
    var rest: String?
  }

  struct Kind: Sendable {
    var name: String
    /// The version of a job that reads it, in the configuration.
    var reader: (path: String, range: VersionRange)?
    var schema: String
    var fields: [Field]
    /// Keys that no longer exist, and why.
    var dropped: [MigrationRules.Dropped]
    var note: String

    init(_ tree: Tree, _ node: NodeID) {
      let reader = RuleReader(tree: tree)
      name = reader.text(node, "name")
      schema = reader.text(node, "schema")
      self.reader = tree.value(node, "reader").flatMap { node in
        VersionRange(reader.text(node, "range")).map { (reader.text(node, "of"), $0) }
      }
      fields = reader.items(node, "fields").map { field in
        Field(
          to: reader.text(field, "to"),
          from: tree.value(field, "from").map { tree.string($0) },
          form: Field.Form(rawValue: reader.text(field, "form")) ?? .text,
          value: tree.value(field, "value").map { Value(tree, $0) },
          values: Dictionary(
            (tree.value(field, "values").map { Array(tree.entries($0)) } ?? []).map {
              (tree.string($0.key), Value(tree, $0.value))
            }, uniquingKeysWith: { first, _ in first }),
          parts: reader.texts(field, "parts"),
          rest: tree.value(field, "rest").map { tree.string($0) })
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

  /// The kinds' names, once each.
  var names: [String] {
    kinds.reduce(into: []) { if !$0.contains($1.name) { $0.append($1.name) } }
  }

  /// The kind of a name that the jobs of the configuration read; the first of the name, if none
  /// is.
  /// - Parameter version: the version of a job, by its path in the configuration.
  func kind(named name: String, version: (String) -> String?) -> Kind? {
    let named = kinds.filter { $0.name == name }
    return named.first { kind in
      kind.reader.map { reader in version(reader.path).map(reader.range.contains) ?? false } ?? true
    } ?? named.first
  }

  init(_ tree: Tree, _ node: NodeID) {
    let reader = RuleReader(tree: tree)
    from = reader.texts(node, "from")
    kindKey = reader.text(node, "kindKey")
    kinds = reader.items(node, "kinds").map { Kind(tree, $0) }
  }
}
