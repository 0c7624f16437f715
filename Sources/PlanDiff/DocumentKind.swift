package import Diagnostics
package import Documents
package import SourceText
import Text

/// What a file is, as its members say.
package enum DocumentKind: Hashable, Sendable {
  case plan
  /// The body of RunJobFlow or AddJobFlowSteps, or what `aws emr list-steps` prints.
  case request
  /// What `aws emr describe-cluster` prints.
  case cluster
  case pipeline
  /// What a pipeline takes as an input: a YAML or HOCON file that is nothing else.
  case configuration
  case stepKind
  case facts
  /// A written comparison.
  case comparison
  /// The calls of `compile --emit requests`.
  case requests
  /// Self-describing JSON: a resolver configuration, an enrichment, a target; with its schema.
  case selfDescribing(String)
  /// Nothing but white space.
  case empty
  /// JSON that is none of those, or that can't be read.
  case unknown

  /// Whether it describes a job flow by itself.
  package var isJobFlow: Bool { self == .plan || self == .request || self == .cluster }

  /// Recognises a file by its contents, and where these don't say it by its name.
  package init(of bytes: [UInt8], name: String) {
    if name.hasSuffix(".hocon") || name.hasSuffix(".conf") {
      self = .configuration
      return
    }
    guard let start = bytes.first(where: { !ASCII.isSpace($0) }) else {
      self = .empty
      return
    }
    guard start == UInt8(ascii: "{") || start == .openBracket else {
      self = Self.yaml(Self.topLevelKeys(of: bytes))
      return
    }
    var ignored: [Diagnostic] = []
    let tree = JSONReader.read(bytes, source: SourceID(index: 0), into: &ignored)
    self = tree.map { Self.init(of: $0) } ?? (name.isYAML ? .configuration : .unknown)
  }

  /// Recognises a JSON document.
  package init(of tree: Tree) {
    guard let root = tree.root else {
      self = .unknown
      return
    }
    if tree.kind(root) == .list, let first = Array(tree.items(root)).first,
      tree.kind(first) == .map,
      tree.value(first, "operation") != nil
    {
      self = .requests
      return
    }
    guard tree.kind(root) == .map else {
      self = .unknown
      return
    }
    func has(_ key: String) -> Bool { tree.value(root, key) != nil }
    if has("formatVersion") {
      self = has("before") && has("changes") ? .comparison : .plan
    } else if let cluster = tree.value(root, "Cluster"), tree.kind(cluster) == .map {
      self = .cluster
    } else if has("Steps") || has("Instances") {
      self = .request
    } else if has("penstock") {
      self = has("step-kind") ? .stepKind : .pipeline
    } else if let schema = tree.value(root, "schema"), tree.kind(schema) == .string, has("data") {
      self = .selfDescribing(tree.string(schema))
    } else if has("s3") || has("clusters") {
      self = .facts
    } else {
      self = .unknown
    }
  }

  private static func yaml(_ keys: Set<String>) -> DocumentKind {
    guard keys.contains("penstock") else { return .configuration }
    return keys.contains("step-kind") ? .stepKind : .pipeline
  }

  /// The keys at the start of lines: also those of a file with mistakes, or with templates.
  private static func topLevelKeys(of bytes: [UInt8]) -> Set<String> {
    var keys: Set<String> = []
    for line in bytes.split(separator: .newline) {
      guard let colon = line.firstIndex(of: .colon) else { continue }
      var key = line[line.startIndex..<colon]
      if let quote = key.first, quote == .apostrophe || quote == .quote {
        key = key.dropFirst().dropLast()
      }
      keys.insert(String(decoding: key, as: UTF8.self))
    }
    return keys
  }

  /// What it is, in words; nil if there is nothing to say.
  package var words: String? {
    switch self {
    case .plan: "a plan"
    case .request: "the body of a request"
    case .cluster: "the description of a cluster"
    case .pipeline: "a pipeline"
    case .configuration: "a configuration"
    case .stepKind: "a step kind"
    case .facts: "a facts file"
    case .comparison: "a written comparison"
    case .requests: "a list of requests"
    case .selfDescribing(let schema): "self-describing JSON (`\(schema)`)"
    case .empty: "empty"
    case .unknown: nil
    }
  }

  /// How `diff` can use it, if not as a side.
  fileprivate var use: String? {
    switch self {
    case .plan, .request, .cluster, .pipeline, .configuration, .empty, .unknown: nil
    case .stepKind, .selfDescribing: "name the folder that it is in, or the configuration"
    case .facts: "`--facts` takes it"
    case .comparison: "compare the two sides again"
    case .requests: "write it with `penstock compile --emit plan`, or without `--emit`"
    }
  }
}

extension String {
  fileprivate var isYAML: Bool { hasSuffix(".yml") || hasSuffix(".yaml") }
}

extension Diagnostic {
  /// A file that is no side of a comparison.
  package static func sideUnknown(_ name: String, _ kind: DocumentKind, at span: Span?)
    -> Diagnostic
  {
    let isKnown = kind.words != nil
    return Diagnostic(
      .diffSide,
      "`\(name)` is "
        + (kind.words.map { "\($0), which isn't a job flow" }
          ?? "neither a plan nor a job flow"),
      at: span,
      notes: isKnown
        ? []
        : [
          Note(
            "`diff` compares plans, bodies of RunJobFlow or AddJobFlowSteps, the output of `aws "
              + "emr describe-cluster` and `aws emr list-steps`, pipelines, configurations, and "
              + "folders of these")
        ],
      hint: kind.use)
  }
}
