import Documents
import Diagnostics
import Passes
import PipelineSyntax
import Schemas
package import SourceText
import Values
import YAMLSyntax

/// A file beside a pipeline that it uses.
package enum FileRequest: Hashable, Sendable {
  /// The files in the folder `step-kinds` beside the pipeline, if there is one.
  case stepKinds
  /// A file that the pipeline, or one that it uses, names under `use`, by its path from the
  /// pipeline's folder; the file may not exist.
  case used(path: String)
  /// A schema, by its path from the pipeline's folder; the file may not exist.
  case schema(path: String)
}

/// Parses a pipeline, and asks for the files beside it as it finds out which it needs: a schema may
/// refer to another one.
package struct Parsing: Sendable {
  /// What to do next.
  package enum Round: Sendable {
    /// Read these, and pass what was found to `learn`.
    case needs([FileRequest])
    case done(Parsed)
  }

  private var work: Work
  /// Nil if the text can't be parsed.
  private var pipeline: PipelineDecl?
  private var asked: Set<FileRequest> = []
  /// The pipeline's document, while files that it uses are read.
  private var expanding: Tree?

  package init(_ input: CompilerInput, isChecking: Bool = false) {
    work = Work(input, isChecking: isChecking)
    let source = work.sources.add(input.pipeline)
    guard let tree = work.tree(input.pipeline, source) else { return }
    if !work.isVerified, Uses.hasAny(tree) {
      expanding = tree
    } else {
      declare(tree)
    }
  }

  private mutating func declare(_ tree: Tree) {
    validate(tree)
    // Of a module that is given as a pipeline nothing else is said.
    if work.diagnostics.contains(where: { $0.code == .schemaWrongDocument }),
      tree.root.flatMap({ tree.value($0, "module") }) != nil
    {
      return
    }
    let declaration = PipelineDecl(tree, into: &work.diagnostics)
    if !work.isVerified {
      work.diagnostics += PipelineMarks.scan(tree, input: declaration.inputs.first?.name.value)
    }
    pipeline = declaration
  }

  package mutating func next() -> Round {
    if let tree = expanding {
      let requests = usedFiles(of: tree).filter { !asked.contains($0) }
      guard requests.isEmpty else {
        asked.formUnion(requests)
        return .needs(requests)
      }
      expanding = nil
      if let whole = Uses.expand(tree, &work) { declare(whole) }
    }
    let open = filesNeeded().filter { !asked.contains($0) }
    guard open.isEmpty else {
      asked.formUnion(open)
      return .needs(open)
    }
    guard let pipeline else { return .done(Parsed(work: work, content: nil)) }
    let kinds = readKinds(pipeline)
    return .done(Parsed(work: work, content: Parsed.Content(pipeline: pipeline, kinds: kinds)))
  }

  /// What was found for one request: no file, one, or several for `stepKinds`.
  package mutating func learn(_ request: FileRequest, _ files: [SourceFile]) {
    switch request {
    case .stepKinds: work.input.stepKinds = files
    case .used(let path): work.input.used[path] = files.first
    case .schema(let path):
      work.input.schemas[path] = files.first
      work.library.learn(path, files.first)
    }
  }

  // MARK: Reading

  /// The files that a pipeline uses, also through others, as far as they are known; and the step
  /// kinds, which say what names data.
  private func usedFiles(of tree: Tree) -> [FileRequest] {
    guard Work.takesFiles(work.input.pipeline) else { return [] }
    var paths = Uses.paths(in: tree, from: "")
    var at = 0
    while at < paths.count, at < Uses.limit {
      if let file = work.input.used[paths[at]] {
        var ignored: [Diagnostic] = []
        let inner = YAMLReader.read(
          file, source: SourceID(index: 0), rules: .core, into: &ignored)
        for path in inner.map({ Uses.paths(in: $0, from: paths[at]) }) ?? []
        where !paths.contains(path) {
          paths.append(path)
        }
      }
      at += 1
    }
    return [.stepKinds] + paths.map { .used(path: $0) }
  }

  private mutating func validate(_ tree: Tree) {
    let path = "pipeline.schema.json"
    if work.isVerified { return }
    if let schema = work.ours.compiledBefore(path),
      schema.diagnose(tree, deferringExpressions: true).isEmpty
    {
      return
    }
    guard
      let schema = work.ourSchema(path)
    else { return }
    let found = schema.diagnose(tree, deferringExpressions: true)
    let isOther = found.contains { $0.code == .schemaWrongDocument || $0.code == .schemaMissingKey }
    if isOther {
      var kinds = DocumentKinds(work)
      if let (kind, _) = kinds.identify(work.input.pipeline, given: nil, among: []) {
        let place = tree.root.flatMap { tree.entries($0).first { _ in true } }.map {
          tree.span($0.key)
        }
        work.diagnostics = [.otherDocument(kind, instead: nil, at: place)]
        return
      }
    }
    work.diagnostics += found
  }

  /// The files beside the pipeline that it needs and that haven't been looked for yet.
  private mutating func filesNeeded() -> [FileRequest] {
    guard let pipeline, Work.takesFiles(work.input.pipeline) else { return [] }
    // A schema that refers to a missing one is compiled again once that is found.
    var trial = work
    for declaration in pipeline.inputs {
      guard let path = declaration.schema?.value else { continue }
      _ = trial.library.schema(path, sources: &trial.sources, into: &trial.diagnostics)
    }
    guard trial.library.wanted.isEmpty else {
      return [.stepKinds] + trial.library.wanted.map { .schema(path: $0) }
    }
    work = trial
    return [.stepKinds]
  }

  /// The step kinds that the pipeline's steps name.
  private mutating func readKinds(_ pipeline: PipelineDecl) -> [StepKind] {
    StepKindLibrary.used(by: pipeline).compactMap { name in
      guard let file = StepKindLibrary.file(name, work.input) else { return nil }
      if Work.builtinPath(of: file) != nil, let known = work.input.prepared?.kinds[name] {
        return known
      }
      let source = work.sources.add(file)
      guard let tree = work.tree(file, source),
        let decl = StepKindDecl(tree, into: &work.diagnostics)
      else { return nil }
      let path = Work.builtinPath(of: file)
      if path == nil,
        let schema = work.ourSchema("step-kind.schema.json")
      {
        work.diagnostics += schema.diagnose(tree, deferringExpressions: true)
      }
      return SchemaLibrary.kind(
        decl, builtin: path, drawingType: !work.isVerified, into: &work.diagnostics)
    }
  }
}
