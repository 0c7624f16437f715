package import Documents
package import Diagnostics
package import SourceText
import Values

/// A step kind: its parameters, what they lower to, and what it does to data. A class, since all
/// steps of the kind share it.
package final class StepKindDecl: Sendable {
  /// One piece of the argument list.
  package enum Argument: Sendable {
    /// Text that may hold expressions.
    case text(NodeID)
    /// `FLAG VALUE` of one parameter; the flag is `--NAME` unless it is said.
    case option(String, flag: String)
    /// `FLAG VALUE` for each item of a parameter.
    case each(String, flag: String)
    /// The value of one parameter.
    case value(String)
    /// `FLAG KEY=VALUE` for each entry of a parameter.
    case pairs(String, flag: String)
    /// `PREFIX KEY VALUE` for each entry of a parameter; of all parameters where nil. With `join`, one
    /// argument that has it between key and value.
    case options(String?, prefix: String, join: String?)
  }

  /// A parameter whose data the step deletes: always, or if a named bool parameter is true.
  package struct Deletion: Sendable {
    package let parameter: String
    package let condition: String?
  }

  package let tree: Tree
  package let name: Spanned<String>
  package let parameters: NodeID?
  /// The names of the parameters that it declares.
  package let parameterNames: [String]
  /// Names of parameters whose value is a dataset's name or a location.
  package let data: [String]
  package let reads: [Spanned<String>]
  package let writes: [Spanned<String>]
  package let deletes: [Deletion]
  package let part: [String]
  /// Parameters (a map) that are added if the cluster's data is encrypted.
  package let encrypted: NodeID?
  package let applications: [String]
  package let retry: Bool
  /// Whether programs of this kind fail if a folder that they write already exists.
  package let needsFreshOutput: Bool
  package let jar: NodeID?
  package let mainClass: NodeID?
  package let arguments: [Argument]

  package init?(_ tree: Tree, into diagnostics: inout [Diagnostic]) {
    guard let root = tree.root else { return nil }
    let fields = Fields(tree, root)
    _ = fields.text("penstock", &diagnostics)
    guard let name = fields.text("step-kind", &diagnostics) else { return nil }
    self.tree = tree
    self.name = name
    parameters = fields["parameters"]
    let properties = fields.fields("parameters")?.entries("properties") ?? []
    parameterNames = properties.map { tree.string($0.key) }
    Self.checkNames(tree, root, known: parameterNames, &diagnostics)
    data = properties.filter { Fields(tree, $0.value).flag("x-data", &diagnostics) == true }
      .map { tree.string($0.key) }
    reads = fields.texts("reads", &diagnostics)
    writes = fields.texts("writes", &diagnostics)
    deletes = fields.items("deletes").compactMap { Self.deletion(tree, $0, &diagnostics) }
    part = fields.texts("part", &diagnostics).map(\.value)
    encrypted = fields["encrypted"]
    for entry in fields.entries("encrypted") {
      _ = tree.literal(entry.value, of: tree.string(entry.key), &diagnostics)
    }
    applications = fields.texts("applications", &diagnostics).map(\.value)
    retry = fields.flag("retry", &diagnostics) ?? false
    needsFreshOutput = fields.flag("fresh-output", &diagnostics) ?? false
    jar = fields["jar"]
    mainClass = fields["main-class"]
    arguments = fields.items("arguments").map {
      Self.argument(tree, $0, &diagnostics)
    }
  }

  private static func deletion(
    _ tree: Tree, _ node: NodeID, _ diagnostics: inout [Diagnostic]
  ) -> Deletion? {
    guard let node = tree.literal(node, of: "deletes", &diagnostics) else { return nil }
    let entry = Fields(tree, node)
    return Deletion(
      parameter: entry.text("parameter", &diagnostics)?.value ?? tree.string(node),
      condition: entry.text("if", &diagnostics)?.value)
  }

  private static func argument(
    _ tree: Tree, _ node: NodeID, _ diagnostics: inout [Diagnostic]
  ) -> Argument {
    let fields = Fields(tree, node)
    if let name = fields.text("option", &diagnostics)?.value {
      return .option(name, flag: fields.text("flag", &diagnostics)?.value ?? "--" + name)
    }
    if let name = fields.text("each", &diagnostics)?.value {
      return .each(name, flag: fields.text("flag", &diagnostics)?.value ?? "--" + name)
    }
    if let name = fields.text("value", &diagnostics)?.value { return .value(name) }
    if let name = fields.text("pairs", &diagnostics)?.value {
      return .pairs(name, flag: fields.text("flag", &diagnostics)?.value ?? "")
    }
    if let name = fields.text("options", &diagnostics)?.value {
      return .options(
        name == "parameters" ? nil : name,
        prefix: fields.text("prefix", &diagnostics)?.value ?? "--",
        join: fields.text("join", &diagnostics)?.value)
    }
    return .text(node)
  }
}
