package import Documents
package import Diagnostics
package import SourceText
import Values

/// A pipeline document as written: typed handles into its tree.
///
/// The document was validated against the pipeline schema before; a declaration reads what fits and
/// skips what doesn't, since that has been reported. An expression in place of a literal is
/// reported here. A class, so that copies are cheap.
package final class PipelineDecl: Sendable {
  package let tree: Tree
  package let name: Spanned<String>?
  package let inputs: [InputDecl]
  package let parameters: [ParameterDecl]
  package let includes: [Spanned<String>]
  package let lets: [LetDecl]
  package let checks: [CheckDecl]
  package let versions: VersionsDecl?
  package let datasets: [DatasetDecl]
  package let stages: [StageDecl]
  /// What the steps of the stages hand to later ones, in their order.
  package let outputs: [OutputDecl]
  package let cluster: ClusterDecl?
  package let run: RunDecl?
  /// The datasets by name.
  private let datasetNumbers: [String: Int]

  package init(_ tree: Tree, into diagnostics: inout [Diagnostic]) {
    self.tree = tree
    let top = tree.root.map { Fields(tree, $0) }
    _ = top?.text("penstock", &diagnostics)
    name = top?.text("pipeline", &diagnostics)
    inputs = (top?.entries("inputs") ?? []).map {
      InputDecl(tree, name: $0.key, node: $0.value, &diagnostics)
    }
    parameters = top?["params"].map { ParameterDecl.all(tree, $0, &diagnostics) } ?? []
    includes = top?.fields("options")?.texts("include", &diagnostics) ?? []
    lets = (top?.entries("let") ?? []).map {
      LetDecl(name: Spanned(tree.string($0.key), tree.span($0.key)), value: $0.value)
    }
    checks = (top?.items("checks") ?? []).map { CheckDecl(tree, $0, &diagnostics) }
    versions = top?["versions"].map { VersionsDecl(tree, $0, &diagnostics) }
    datasets = (top?.entries("datasets") ?? []).map {
      DatasetDecl(tree, name: $0.key, node: $0.value, &diagnostics)
    }
    datasetNumbers = Dictionary(
      datasets.enumerated().map { ($0.element.name.value, $0.offset) }
    ) { first, _ in first }
    stages = (top?.items("stages") ?? []).compactMap { StageDecl(tree, $0, &diagnostics) }
    outputs = OutputDecl.all(tree, stages, &diagnostics)
    cluster = top?["cluster"].map { ClusterDecl(tree, $0) }
    run = top?["run"].map { RunDecl(tree, $0) }
  }

  /// Whether a run has a required input or parameter.
  package var needsInputs: Bool {
    inputs.contains(where: \.isRequired) || parameters.contains(where: \.isRequired)
  }

  /// The index of a dataset by its name; the first, if two have the name.
  package func dataset(named name: String) -> Int? { datasetNumbers[name] }
}

/// An input of a run: a file, or a folder of files.
package struct InputDecl: Sendable {
  package enum Format: String, Sendable {
    case yaml
    /// YAML 1.1 as Ruby reads it, with ERB templates.
    case rubyYAML = "ruby-yaml"
    case json
    /// The JSON superset of Typesafe Config, with substitutions resolved within the file.
    case hocon
  }

  package let name: Spanned<String>
  package let schema: Spanned<String>?
  package let format: Format
  package let isMany: Bool
  package let isOptional: Bool
  /// Whether a run has to have it.
  package var isRequired: Bool { !isOptional && !isMany }
  /// JSON pointers to secrets that the schema doesn't mark; `*` matches any key or index.
  package let secrets: [String]

  init(_ tree: Tree, name: NodeID, node: NodeID, _ diagnostics: inout [Diagnostic]) {
    let fields = Fields(tree, node)
    self.name = Spanned(tree.string(name), tree.span(name))
    schema = fields.text("schema", &diagnostics)
    format = fields.text("format", &diagnostics).flatMap { Format(rawValue: $0.value) } ?? .yaml
    isMany = fields.flag("many", &diagnostics) ?? false
    isOptional = fields.flag("optional", &diagnostics) ?? false
    secrets = fields.texts("secrets", &diagnostics).map(\.value)
  }
}

/// A named expression.
package struct LetDecl: Sendable {
  package let name: Spanned<String>
  package let value: NodeID
}

/// A rule that must hold, with the place to blame if it doesn't.
package struct CheckDecl: Sendable {
  package let node: NodeID
  package let require: NodeID?
  package let when: NodeID?
  package let message: NodeID?
  /// A path into an input: `config.collectors.format`.
  package let at: Spanned<String>?
  package let hint: NodeID?
  package let severity: NodeID?
  package let exit: NodeID?

  init(_ tree: Tree, _ node: NodeID, _ diagnostics: inout [Diagnostic]) {
    let fields = Fields(tree, node)
    self.node = node
    require = fields["require"]
    when = fields["when"]
    message = fields["message"]
    at = fields.text("at", &diagnostics)
    hint = fields["hint"]
    severity = fields["severity"]
    exit = fields["exit"]
  }
}

/// A place where data lives.
package struct DatasetDecl: Sendable {
  package let name: Spanned<String>
  package let when: NodeID?
  package let at: NodeID?
  package let mustBeRead: NodeID?
  /// The dataset that this one is meant to be inside.
  package let within: Spanned<String>?
  /// The step that restores the data if its producer isn't in the run.
  package let restore: NodeID?
  package let release: ReleaseDecl?

  init(_ tree: Tree, name: NodeID, node: NodeID, _ diagnostics: inout [Diagnostic]) {
    let fields = Fields(tree, node)
    self.name = Spanned(tree.string(name), tree.span(name))
    when = fields["when"]
    at = fields["at"] ?? (tree.kind(node) == .string ? node : nil)
    mustBeRead = fields["must-be-read"]
    within = fields.text("within", &diagnostics)
    restore = fields["restore"]
    release = fields["release"].map {
      ReleaseDecl(step: $0, before: Fields(tree, $0).text("before", &diagnostics))
    }
  }
}

/// How an ephemeral dataset is freed: a step, and the stage that it comes before. A class, since
/// few datasets have one.
package final class ReleaseDecl: Sendable {
  package let step: NodeID
  package let before: Spanned<String>?

  init(step: NodeID, before: Spanned<String>?) {
    self.step = step
    self.before = before
  }
}

/// A stage: the unit that is selected, skipped and resumed.
package struct StageDecl: Sendable {
  package let name: Spanned<String>
  package let node: NodeID
  package let when: NodeID?
  package let partOf: Spanned<String>?
  /// The `retries` of its steps that say none.
  package let retries: NodeID?
  package let requires: [RequirementDecl]
  /// The list of steps.
  package let steps: NodeID?

  init?(_ tree: Tree, _ node: NodeID, _ diagnostics: inout [Diagnostic]) {
    let fields = Fields(tree, node)
    guard let name = fields.text("stage", &diagnostics) else { return nil }
    self.name = name
    self.node = node
    when = fields["when"]
    partOf = fields.text("part-of", &diagnostics)
    retries = fields["retries"]
    requires = fields.items("requires").map { RequirementDecl(tree, $0, &diagnostics) }
    steps = fields["steps"]
  }
}

/// What must be true of S3 and EMR before a stage runs.
package struct RequirementDecl: Sendable {
  package enum Rule: Sendable {
    case empty(Spanned<String>)
    case data(Spanned<String>, pattern: NodeID?)
    case depth(Spanned<String>, folders: NodeID?, pattern: NodeID?)
    case require(NodeID)
    case none
  }

  package let node: NodeID
  package let rule: Rule
  package let when: NodeID?
  package let message: NodeID?
  package let hint: NodeID?
  package let severity: NodeID?
  package let exit: NodeID?

  /// The dataset that has to be empty.
  package var emptyDataset: Spanned<String>? {
    if case .empty(let dataset) = rule { dataset } else { nil }
  }

  init(_ tree: Tree, _ node: NodeID, _ diagnostics: inout [Diagnostic]) {
    let fields = Fields(tree, node)
    self.node = node
    rule =
      if let dataset = fields.text("empty", &diagnostics) {
        .empty(dataset)
      } else if let dataset = fields.text("data", &diagnostics) {
        .data(dataset, pattern: fields["pattern"])
      } else if let dataset = fields.text("depth", &diagnostics) {
        .depth(dataset, folders: fields["folders"], pattern: fields["pattern"])
      } else if let require = fields["require"] {
        .require(require)
      } else {
        .none
      }
    when = fields["when"]
    message = fields["message"]
    hint = fields["hint"]
    severity = fields["severity"]
    exit = fields["exit"]
  }
}

/// The cluster that the steps run on.
package struct ClusterDecl: Sendable {
  package let node: NodeID
  package let region: NodeID?
  package let encrypted: NodeID?
  /// The name of the waiting cluster that a persistent run reuses.
  package let reuseName: NodeID?
  /// The id of the cluster that each run uses.
  package let reuseID: NodeID?
  /// Members of the request that may differ on a cluster that is reused.
  package let accepts: [String]
  /// How often a cluster is launched in all if its bootstrap fails.
  package let bootstrapTries: NodeID?
  /// Lists of steps.
  package let onCreate: NodeID?
  package let onReuse: NodeID?
  package let jobFlow: NodeID?

  init(_ tree: Tree, _ node: NodeID) {
    let fields = Fields(tree, node)
    self.node = node
    region = fields["region"]
    encrypted = fields["encrypted"]
    let reuse = fields.fields("reuse")
    reuseName = reuse?["name"]
    reuseID = reuse?["id"]
    accepts = (reuse?["accept"]).map { tree.items($0).map { tree.string($0) } } ?? []
    bootstrapTries = fields["bootstrap-tries"]
    onCreate = fields["on-create"]
    onReuse = fields["on-reuse"]
    jobFlow = fields["job-flow"]
  }
}

/// What is done before and after the steps of a run.
package struct RunDecl: Sendable {
  package let timeout: NodeID?
  /// The `retries` of the steps whose stage says none either.
  package let retries: NodeID?
  /// The others, by the name of the feature that reads them.
  package let settings: [(key: NodeID, value: NodeID)]

  init(_ tree: Tree, _ node: NodeID) {
    let fields = Fields(tree, node)
    timeout = fields["timeout"]
    retries = fields["retries"]
    let own = ["timeout", "retries"]
    settings = tree.entries(node).filter { !own.contains(tree.string($0.key)) }
  }
}
