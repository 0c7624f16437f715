import Text
import Documents
import Diagnostics
import EMRBackend
import Expressions
import Locations
import Migration
import Passes
import PipelineIR
import PipelineSyntax
import PlanFormat
import Schemas
import SourceText
import Values
import YAMLSyntax

/// An input as read: one document, or several for a folder.
struct BoundInput {
  var documents: [(tree: Tree, value: Value)]
}

/// The inputs of a run, parsed, validated and turned into values with secrets marked; and what is
/// known about S3 and EMR.
struct BoundInputs: Sendable, CheckSubject {
  var work: Work
  let pipeline: PipelineDecl
  let kinds: [StepKind]
  private(set) var bound: [String: BoundInput] = [:]
  /// The files as far as they could be read, to find what must be hidden.
  var readFiles: [(source: SourceID, tree: Tree?, declaration: InputDecl)] = []
  /// Copies of templates as written, for places that the rendered text can't tell apart.
  var unrendered: [SourceID: SourceID] = [:]
  private(set) var facts: FactOracle
  /// The values of the pipeline's parameters, and the document of those that are given.
  var parameters: (document: Tree, values: ValueMap)?
  /// Files that are of another kind than the one they were given as.
  var misplaced: [Misplaced] = []

  init(_ checked: Checked) {
    work = checked.work
    pipeline = checked.pipeline
    kinds = checked.kinds
    facts = Self.oracle(Facts(answers: work.input.answers), work.input)
    Check.run(on: &self) { if case .inputs(let body) = $0 { body } else { nil } }
    if let facts = work.input.facts { readFacts(facts) }
    for index in work.input.standInParameters where pipeline.parameters.indices.contains(index) {
      let name = pipeline.parameters[index].name.value
      parameters?.values[name] = .string(StandIn.parameter(index).text)
    }
  }

  var diagnostics: [Diagnostic] { work.diagnostics }
  var canGoOn: Bool { work.canGoOn }

  // MARK: Checks

  mutating func checkGiven() {
    // Of a file that isn't a pipeline nothing else is said.
    if work.diagnostics.contains(where: { $0.code == .schemaWrongDocument }) { return }
    let (inputs, files) = (pipeline.inputs, work.input.files)
    for declaration in inputs where !declaration.isOptional && !declaration.isMany {
      let name = declaration.name
      if !files.contains(where: { $0.role == name.value }) {
        work.diagnostics.append(.inputMissing(name.value, at: name.span))
      }
    }
    for file in files where !inputs.contains(where: { $0.name.value == file.role }) {
      work.diagnostics.append(
        .inputUnknown(file.role, among: inputs.map(\.name.value), at: file.place))
    }
  }

  mutating func read() {
    var found: [Diagnostic] = []
    let settings = InputSettings(work.input.settings, inputs: pipeline.inputs, into: &found)
    work.diagnostics += found
    for declaration in pipeline.inputs {
      let name = declaration.name.value
      let files = work.input.files.filter { $0.role == name }
      guard checkLayers(files, of: declaration) else { continue }
      var bound = BoundInput(documents: [])
      if !declaration.isMany, files.count > 1 || !settings[name].isEmpty {
        if let document = bindLayers(files, settings[name], as: declaration) {
          bound.documents.append(document)
        }
      } else {
        for file in files {
          if let document = bind(file, as: declaration) { bound.documents.append(document) }
        }
      }
      self.bound[name] = bound
    }
    reportMisplaced()
  }

  private mutating func bind(
    _ file: InputFile, as declaration: InputDecl
  ) -> (tree: Tree, value: Value)? {
    guard let (source, tree) = parse(file, as: declaration) else { return nil }
    return check(tree, [(source, file)], as: declaration)
  }

  /// A file's document, if nothing in it is unknown.
  mutating func parse(
    _ file: InputFile, as declaration: InputDecl
  ) -> (source: SourceID, tree: Tree)? {
    let source = work.sources.add(file.file)
    let read = read(file.file, source, declaration.format)
    readFiles.append((source, read, declaration))
    guard let tree = read else {
      noteMisplaced(file, source, declaration)
      return nil
    }
    let holes = holes(in: tree, work.sources[source] ?? file.file)
    work.diagnostics += holes
    // What the value would be isn't known, so nothing else is said of it.
    return holes.hasErrors ? nil : (source, tree)
  }

  /// The value of a document, if its schema allows it.
  ///
  /// - Parameter files: those that it is of, at least one.
  mutating func check(
    _ tree: Tree, _ files: [(source: SourceID, file: InputFile)], as declaration: InputDecl
  ) -> (tree: Tree, value: Value)? {
    let name = files.first?.file.file.name ?? declaration.name.value
    guard let path = declaration.schema?.value else {
      return (tree, Value(markingSecretsOf: tree, tree.rootOrFirst, at: "\(name)#"))
    }
    let names = names(of: tree)
    if let schema = work.library.compiledBefore(path),
      schema.diagnose(tree, assertingFormats: true).isEmpty
    {
      work.diagnostics += TemplateMarks.scan(tree)
      return (
        tree, schema.value(of: tree, file: name, secrets: declaration.secrets, names: names)
      )
    }
    guard let schema = work.schema(path) else {
      return nil
    }
    if let description = work.library.trees[path],
      let layout = LegacyLayout.detect(tree, schema: description)
    {
      work.diagnostics.append(.legacyLayout(layout))
      return nil
    }
    let violations = schema.diagnose(tree, assertingFormats: true)
    if violations.hasErrors, files.count == 1, let (source, file) = files.first, tree.parts == nil,
      noteMisplaced(file, source, declaration)
    {
      return nil
    }
    if violations.first?.code == .schemaWrongDocument {
      work.diagnostics.removeAll { diagnostic in
        files.contains { diagnostic.span?.source == $0.source }
      }
    }
    let marks =
      violations.first?.code == .schemaWrongDocument ? [] : TemplateMarks.scan(tree)
    var others = violations
    for (source, file) in files {
      others = explainEmptyMarks(others, in: work.sources[source] ?? file.file, of: source)
    }
    work.diagnostics += Self.explainMarks(marks, others)
    if violations.hasErrors { return nil }
    return (tree, schema.value(of: tree, file: name, secrets: declaration.secrets, names: names))
  }

  /// Placeholders, and the violations that aren't theirs: a placeholder's value isn't known, so
  /// nothing else is said of it. One that isn't valid as it is can't be meant for another program.
  private static func explainMarks(
    _ marks: [Diagnostic], _ violations: [Diagnostic]
  ) -> [Diagnostic] {
    func isOf(_ mark: Diagnostic, _ violation: Diagnostic) -> Bool {
      mark.span.map { violation.span?.contains($0) ?? false } ?? false
    }
    let certain = marks.map { mark in
      var mark = mark
      if violations.contains(where: { $0.severity == .error && isOf(mark, $0) }) {
        mark.severity = .error
      }
      return mark
    }
    return certain
      + violations.filter { violation in
        !certain.contains { $0.severity == .error && isOf($0, violation) }
      }
  }

  private mutating func read(
    _ file: SourceFile, _ source: SourceID, _ format: InputDecl.Format
  ) -> Tree? {
    switch format {
    case .json: return JSONReader.read(file.parsed, source: source, into: &work.diagnostics)
    case .hocon: return HOCONReader.read(file.parsed, source: source, into: &work.diagnostics)
    case .yaml: return YAMLReader.read(file, source: source, rules: .core, into: &work.diagnostics)
    case .rubyYAML:
      let environment = work.input.environment
      guard
        let rendered = TemplateRenderer.render(
          file.text, name: file.name, environment: { environment[$0] }, source: source,
          into: &work.diagnostics)
      else { return nil }
      work.sources.replace(source, with: rendered)
      return YAMLReader.read(rendered, source: source, rules: .ruby, into: &work.diagnostics)
    }
  }

  private mutating func readFacts(_ file: SourceFile) {
    guard var facts = facts(of: file) else { return }
    if work.input.isComparing {
      facts.areBucketsKnown = false
      if let others = work.input.otherFacts.flatMap({ self.facts(of: $0) }) { facts.fill(others) }
    }
    facts.answers = work.input.answers
    facts.emptied = work.input.options.emptiedFirst.compactMap(Location.init(folderInBucket:))
    self.facts = Self.oracle(facts, work.input)
  }

  private mutating func facts(of file: SourceFile) -> Facts? {
    let source = work.sources.add(file)
    return JSONReader.read(file.parsed, source: source, into: &work.diagnostics).map {
      Facts($0, into: &work.diagnostics)
    }
  }

  private static func oracle(_ facts: Facts, _ input: CompilerInput) -> FactOracle {
    FactOracle(
      facts: facts,
      // Which folder is the last one isn't known before a run.
      runID: input.standIns != nil ? "latest" : input.options.ofRun.effectiveRunID,
      refusesOnAssumption: input.refusesOnAssumption, timeZones: input.timeZones,
      standIns: input.standIns, coverage: input.coverage)
  }

  var trees: [String: [Tree]] {
    var trees = bound.mapValues { $0.documents.map(\.tree) }
    if let parameters { trees["params"] = [parameters.document] }
    return trees
  }
}

extension Span {
  /// Whether it contains another span, with nothing but quotes around it.
  fileprivate func contains(_ other: Span) -> Bool {
    source == other.source && start <= other.start && other.end <= end
      && (start == other.start && end == other.end || end - start == other.end - other.start + 2)
  }
}

extension Tree {
  /// The root; a tree from a reader always has one.
  var rootOrFirst: NodeID { root ?? NodeID(index: 0) }
}
