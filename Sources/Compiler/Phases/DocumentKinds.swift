import Documents
import Diagnostics
import PipelineSyntax
import Schemas
import SourceText
import Values
import YAMLSyntax

/// What a file is that isn't what it was given as: told by the keys of its root, and by the schemas
/// of inputs. For mistakes only.
struct DocumentKinds {
  struct Kind {
    /// With its article: `a step kind`, `the input `resolver``.
    var what: String
    /// What to do with it.
    var hint: String?
    /// The input that it is for, if the pipeline has it.
    var input: String?
  }

  private var work: Work

  init(_ work: Work) { self.work = work }

  /// - Parameters:
  ///   - given: the input that it was given as; nil for the pipeline.
  mutating func identify(
    _ file: SourceFile, given: InputDecl?, among inputs: [InputDecl]
  ) -> (kind: Kind, tree: Tree)? {
    for other in inputs where other.name.value != given?.name.value {
      guard let path = other.schema?.value, let tree = read(file, other.format),
        let schema = work.schema(path), fits(tree, schema)
      else { continue }
      let name = other.name.value
      return (
        Kind(what: "for the input `\(name)`", hint: "give it with `--\(name)`", input: name), tree
      )
    }
    guard let tree = read(file, .yaml), let root = tree.root, tree.kind(root) == .map else {
      return nil
    }
    if given == nil, let found = ofBuiltinPipeline(file) { return found }
    return Self.kind(tree, root, file.name, isPipeline: given == nil).map { ($0, tree) }
  }

  /// A document is of a kind if it breaks none of its rules, of which there is at least one key that
  /// must be there.
  private func fits(_ tree: Tree, _ schema: Schema) -> Bool {
    schema.requiresKeys && !schema.diagnose(tree, assertingFormats: true).hasErrors
  }

  private func read(_ file: SourceFile, _ format: InputDecl.Format) -> Tree? {
    var ignored: [Diagnostic] = []
    let source = SourceID(index: 0)
    let tree: Tree?
    switch format {
    case .json: tree = JSONReader.read(file.parsed, source: source, into: &ignored)
    case .hocon: tree = HOCONReader.read(file.parsed, source: source, into: &ignored)
    case .yaml: tree = YAMLReader.read(file, source: source, rules: .core, into: &ignored)
    case .rubyYAML:
      let environment = work.input.environment
      let rendered = TemplateRenderer.render(
        file.text, name: file.name, environment: { environment[$0] ?? "x" }, source: source,
        into: &ignored)
      tree = rendered.flatMap {
        YAMLReader.read($0, source: source, rules: .ruby, into: &ignored)
      }
    }
    return ignored.hasErrors ? nil : tree
  }

  /// Files that are written for Penstock or made by it, and EMR's requests.
  private static func kind(
    _ tree: Tree, _ root: NodeID, _ name: String, isPipeline: Bool
  ) -> Kind? {
    func has(_ keys: String...) -> Bool { keys.allSatisfy { tree.value(root, $0) != nil } }
    if has("penstock", "step-kind") {
      return Kind(
        what: "a step kind",
        hint: "step kinds are read from a folder `step-kinds` beside the pipeline")
    }
    if has("penstock", "module") {
      return Kind(
        what: "a module, which pipelines use",
        hint: "check a pipeline that names it under `use`")
    }
    if !isPipeline, has("penstock", "pipeline") {
      return Kind(what: "a pipeline", hint: "name it as the pipeline: `penstock check \(name)`")
    }
    if has("formatVersion", "madeBy", "requests") {
      return Kind(what: "a plan", hint: "`penstock apply` takes plans")
    }
    if has("Instances"), has("Name") || has("ReleaseLabel") {
      return Kind(
        what: "a request to EMR",
        hint: isPipeline ? "a pipeline has it under `cluster.job-flow`, without `Steps`" : nil)
    }
    if has("$schema"), has("properties") || has("type") {
      return Kind(what: "a JSON Schema", hint: nil)
    }
    if has("s3"), tree.count(root) == 1 || has("clusters") {
      return Kind(what: "a file of facts", hint: "give it with `--facts`")
    }
    if isPipeline, !has("penstock"), !has("pipeline"), !has("stages"), tree.count(root) > 1 {
      return Kind(what: "a configuration, it seems", hint: "give it with `-c \(name)`")
    }
    return nil
  }

  /// Whether a file is an input of one of the built-in pipelines.
  private mutating func ofBuiltinPipeline(_ file: SourceFile) -> (kind: Kind, tree: Tree)? {
    for name in BuiltinPipelines.names {
      guard let text = BuiltinPipelines.text(of: name),
        let tree = work.tree(
          SourceFile(name: "<builtin>/\(BuiltinPipelines.path(of: name))", text: text),
          SourceID(index: 0))
      else { continue }
      var ignored: [Diagnostic] = []
      for input in PipelineDecl(tree, into: &ignored).inputs {
        guard let path = input.schema?.value, let document = read(file, input.format),
          let schema = work.ourSchema(path), fits(document, schema)
        else { continue }
        let option = input.name.value == "config" ? "-c" : "--\(input.name.value)"
        return (
          Kind(
            what: "for the input `\(input.name.value)` of the pipeline `\(name)`",
            hint: "give it with `\(option) \(file.name)`"), document
        )
      }
    }
    return nil
  }
}

extension Diagnostic {
  /// - Parameter more: how many other files of the same folder are of that kind.
  static func otherDocument(
    _ kind: DocumentKinds.Kind, instead given: String?, more: Int = 0, at span: Span?
  ) -> Diagnostic {
    let wanted = given.map { ", not for the input `\($0)`" } ?? ", not a pipeline"
    let others = more == 0 ? "" : "\(more) other file\(more == 1 ? " here is" : "s here are") too"
    return Diagnostic(
      .schemaWrongDocument, "this file is \(kind.what)\(wanted)", at: span,
      notes: others.isEmpty ? [] : [Note(others)], hint: kind.hint)
  }

  static func inputsSwapped(_ first: String, _ second: String, at span: Span?, _ other: Span?)
    -> Diagnostic
  {
    Diagnostic(
      .schemaWrongDocument,
      "\(option(first)) and \(option(second)) are swapped: each has what the other should have",
      at: span, notes: other.map { [Note("the other one is here", at: $0)] } ?? [],
      hint: "swap the two options' values")
  }

  /// The option for an input: four have their own.
  private static func option(_ input: String) -> String {
    ["config", "resolver", "targets", "enrichments"].contains(input)
      ? "`-\(input == "enrichments" ? "n" : String(input.prefix(1)))` (`--\(input)`)"
      : "`--input \(input)=…`"
  }
}
