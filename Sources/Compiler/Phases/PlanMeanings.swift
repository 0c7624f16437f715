import Diagnostics
import Documents
import PipelineSyntax
import SourceText
import Values
import YAMLSyntax

/// What a plan says of its pipeline for comparisons only: what it guards, and what changes of its own
/// inputs and steps mean.
struct PlanMeanings {
  /// The rules, and the data that must be read, in sentences.
  private(set) var guards: [String] = []
  /// Its own schemas and step kinds, with what comparisons read of them, by path.
  private(set) var files = ValueMap()

  init(_ inputs: BoundInputs) {
    let pipeline = inputs.pipeline
    let tree = pipeline.tree
    func text(_ node: NodeID) -> String {
      let text = tree.string(node)
      return text.hasPrefix("${") && text.hasSuffix("}")
        ? String(text.dropFirst(2).dropLast()) : text
    }
    for check in pipeline.checks {
      if let require = check.require { guards.append("`\(text(require))` holds") }
    }
    for stage in pipeline.stages {
      for requirement in stage.requires {
        guard case .require(let require) = requirement.rule else { continue }
        guards.append("`\(text(require))` holds before `\(stage.name.value)`")
      }
    }
    for dataset in pipeline.datasets {
      guard let flag = dataset.mustBeRead, tree.string(flag) != "false" else { continue }
      guards.append("`\(dataset.name.value)` is read before it is moved or deleted")
    }
    var seen: Set<String> = []
    guards = guards.filter { seen.insert($0).inserted }
    readFiles(inputs.work.input)
  }

  private mutating func readFiles(_ input: CompilerInput) {
    for (path, file) in input.schemas.sorted(by: { $0.key < $1.key }) {
      add("schemas/" + path, file, JSONReader.read, Self.schema)
    }
    for file in input.stepKinds {
      let name = file.name.split(separator: "/").last ?? ""
      add("step-kinds/" + name, file, Self.yaml, Self.stepKind)
    }
  }

  private static func yaml(
    _ text: [UInt8], source: SourceID, into diagnostics: inout [Diagnostic]
  ) -> Tree? {
    YAMLReader.read(
      SourceFile(name: "", text: text), source: source, rules: .core, into: &diagnostics)
  }

  private mutating func add(
    _ path: String, _ file: SourceFile,
    _ read: ([UInt8], SourceID, inout [Diagnostic]) -> Tree?, _ part: (Value) -> Value
  ) {
    var ignored: [Diagnostic] = []
    guard let tree = read(file.parsed, SourceID(index: 0), &ignored), let root = tree.root else {
      return
    }
    let value = Value(markingSecretsOf: tree, root, at: file.name + "#").asWritten
    files[path] = part(value)
  }

  /// The keywords that describe places and say what changes there mean.
  private static func schema(_ value: Value) -> Value {
    let kept: Set<String> = [
      "$ref", "required", "const", "enum", "pattern", "default", "x-change", "x-change-of",
    ]
    let named: Set<String> = ["properties", "patternProperties", "$defs", "definitions"]
    let inner: Set<String> = [
      "items", "prefixItems", "additionalProperties", "allOf", "anyOf", "oneOf", "if", "then",
      "else",
    ]
    switch value {
    case .list(let items): return .list(items.map(schema))
    case .map(let map):
      return .map(
        ValueMap(
          map.entries.compactMap { entry in
            let key = entry.key.text
            if kept.contains(key) { return (entry.key, entry.value) }
            if inner.contains(key) { return (entry.key, schema(entry.value)) }
            guard named.contains(key), case .map(let members) = entry.value else { return nil }
            return (
              entry.key, .map(ValueMap(members.entries.map { ($0.key, schema($0.value)) }))
            )
          }))
    default: return value
    }
  }

  private static func stepKind(_ value: Value) -> Value {
    guard case .map(let map) = value else { return value }
    var kept = ValueMap()
    for key in ["step-kind", "jar", "arguments"] { kept[key] = map[key] }
    kept["parameters"] = map["parameters"].map(schema)
    return .map(kept)
  }
}

extension Value {
  fileprivate var text: String {
    if case .string(let text) = self { text } else { "" }
  }
}
