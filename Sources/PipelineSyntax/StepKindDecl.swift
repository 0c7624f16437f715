package import SourceText
package import Values

/// A step kind: what its parameters are, what they lower to, and what it does to data. One object,
/// since each step asks for its own.
package final class StepKindDecl: Sendable {
  /// One piece of the argument list.
  package enum Argument: Sendable {
    /// Text that may hold expressions.
    case text(NodeID)
    /// `--NAME VALUE` of one parameter.
    case option(String)
    /// The value of one parameter.
    case value(String)
    /// `FLAG KEY=VALUE` for each entry of a parameter.
    case pairs(String, flag: String)
    /// `PREFIX KEY VALUE` for each entry of a parameter; of all parameters where nil.
    case options(String?, prefix: String)
  }

  /// A parameter whose data the step deletes, where a bool parameter (if one is named) is true.
  package struct Deletion: Sendable {
    package let parameter: String
    package let condition: String?
  }

  package let tree: Tree
  package let name: Marked<String>
  package let parameters: NodeID?
  /// Names of parameters that hold a dataset's name or a location.
  package let data: [String]
  /// Whether the schema has nothing to say of what a location's text is.
  package let takesAnyLocation: Bool
  package let reads: [Marked<String>]
  package let writes: [Marked<String>]
  package let deletes: [Deletion]
  package let part: [String]
  /// Parameters (as a map) that are added where the cluster's data is encrypted.
  package let encrypted: NodeID?
  package let applications: [String]
  package let retry: Bool
  /// Whether programs of this kind fail where a folder that they write is there.
  package let needsFreshOutput: Bool
  package let jar: NodeID?
  package let mainClass: NodeID?
  package let arguments: [Argument]

  package init?(_ tree: Tree) {
    guard let root = tree.root else { return nil }
    let fields = Fields(tree, root)
    guard let name = fields.string("step-kind") else { return nil }
    self.tree = tree
    self.name = name
    parameters = fields["parameters"]
    let properties = fields.fields("parameters")?.entries("properties") ?? []
    data = properties.filter { Fields(tree, $0.value).bool("x-data") == true }
      .map { tree.string($0.key) }
    takesAnyLocation = Self.takesAnyLocation(tree, parameters, properties)
    reads = fields.items("reads").map { Marked(tree.string($0), tree.span($0)) }
    writes = fields.items("writes").map { Marked(tree.string($0), tree.span($0)) }
    deletes = fields.items("deletes").map { item in
      let entry = Fields(tree, item)
      return Deletion(
        parameter: entry.string("parameter")?.value ?? tree.string(item),
        condition: entry.string("if")?.value)
    }
    part = fields.items("part").map { tree.string($0) }
    encrypted = fields["encrypted"]
    applications = fields.items("applications").map { tree.string($0) }
    retry = fields.bool("retry") ?? false
    needsFreshOutput = fields.bool("fresh-output") ?? false
    jar = fields["jar"]
    mainClass = fields["main-class"]
    arguments = fields.items("arguments").map { Self.argument(tree, $0) }
  }

  private static func takesAnyLocation(
    _ tree: Tree, _ parameters: NodeID?, _ properties: [(key: NodeID, value: NodeID)]
  ) -> Bool {
    guard let parameters else { return true }
    let ofAll: Set = ["type", "required", "additionalProperties", "properties", "description"]
    let ofOne: Set = ["type", "description", "x-data"]
    return tree.entries(parameters).allSatisfy { ofAll.contains(tree.string($0.key)) }
      && properties.allSatisfy { property in
        Fields(tree, property.value).bool("x-data") != true
          || tree.entries(property.value).allSatisfy { ofOne.contains(tree.string($0.key)) }
      }
  }

  private static func argument(_ tree: Tree, _ node: NodeID) -> Argument {
    let fields = Fields(tree, node)
    if let name = fields.string("option")?.value { return .option(name) }
    if let name = fields.string("value")?.value { return .value(name) }
    if let name = fields.string("pairs")?.value {
      return .pairs(name, flag: fields.string("flag")?.value ?? "")
    }
    if let name = fields.string("options")?.value {
      return .options(
        name == "parameters" ? nil : name, prefix: fields.string("prefix")?.value ?? "--")
    }
    return .text(node)
  }
}
