import Diagnostics
import EMRBackend
import Expressions
import Passes
import PipelineIR
import PipelineSyntax
import PlanFormat
import Schemas
import SourceText
import Values
import YAMLSyntax

/// One compilation under way: what its phases have made so far.
///
/// A phase does nothing once an earlier one found errors, except where what it checks is
/// independent of them.
struct Compilation {
  let input: CompilerInput
  var sources = SourceSet()
  var diagnostics: [Diagnostic] = []
  var library: SchemaLibrary
  var pipeline: PipelineDecl?
  var kinds: [StepKind] = []
  var bound: [String: BoundInput] = [:]
  /// The inputs' files as far as they could be read, for what must not be shown of them.
  var readFiles: [(source: SourceID, tree: Tree?, declaration: InputDecl)] = []
  var base = Scope()
  var facts: FactOracle
  var program: Program?
  /// What the passes ran with.
  var context: Context?
  var explanations: [Explanation] = []
  var requestedStatus: Int32?

  init(_ input: CompilerInput, isChecking: Bool = false) {
    self.input = input
    isVerified = !isChecking && Self.isBuiltin(input.pipeline)
    library = SchemaLibrary(own: input.schemas)
    facts = Self.oracle(Facts(answers: input.answers), input)
  }

  static func oracle(_ facts: Facts, _ input: CompilerInput) -> FactOracle {
    FactOracle(
      facts: facts, runID: input.options.ofRun.effectiveRunID,
      refusesOnAssumption: input.refusesOnAssumption, timeZones: input.timeZones)
  }

  /// Whether the pipeline is a built-in one, byte for byte. Its static checks are a test of ours
  /// and need not be made again at each start; `check` makes them all the same.
  let isVerified: Bool

  private static func isBuiltin(_ file: SourceFile) -> Bool {
    guard file.name.hasPrefix(builtinPrefix) else { return false }
    guard let known = Builtins.bytes(String(file.name.dropFirst(builtinPrefix.count))) else {
      return false
    }
    return file.text.withUnsafeBufferPointer { known.isSame(as: $0) }
  }

  private static let builtinPrefix = "<builtin>/"

  var canGoOn: Bool { !input.options.effective(diagnostics).hasErrors }

  var result: CompilerResult {
    let final = input.options.effective(diagnostics).sortedAndUnique()
    let failed = final.hasErrors
    let sources = final.isEmpty ? self.sources : sourcesWithHiddenSecrets(final)
    return CompilerResult(
      diagnostics: final, sources: sources, exitStatus: failed ? requestedStatus ?? 1 : 0,
      explanations: explanations, pipeline: pipeline,
      program: failed ? nil : program, revealsSecrets: input.options.revealSecrets,
      compilation: self)
  }

  /// Whether a run takes a file that may not be left out.
  var needsInputs: Bool {
    pipeline?.inputs.contains { !$0.isOptional && !$0.isMany } ?? true
  }

  mutating func checkConstants() {
    guard canGoOn, let pipeline else { return }
    ConstantRules.check(pipeline, facts: facts, into: &diagnostics, exit: &requestedStatus)
  }

  mutating func compileRun() {
    bindInputs()
    bindScope()
    runPasses()
    lower()
  }

  // MARK: The pipeline

  mutating func readPipeline() {
    // Its places are those of the first source.
    if let commandLine = input.commandLine { sources.add(commandLine) }
    let source = sources.add(input.pipeline)
    guard let tree = tree(input.pipeline, source) else { return }
    validatePipeline(tree)
    let pipeline = PipelineDecl(tree, into: &diagnostics)
    self.pipeline = pipeline
    loadKinds(pipeline)
    if !isVerified {
      NameResolution.check(
        pipeline, kinds: kinds.map(\.decl), knownKinds: StepKindLibrary.names(input),
        into: &diagnostics)
    }
  }

  /// The tree of a pipeline or a step kind; a built-in one was parsed before.
  private mutating func tree(_ file: SourceFile, _ source: SourceID) -> Tree? {
    if file.name.hasPrefix(Self.builtinPrefix) {
      let path = String(file.name.dropFirst(Self.builtinPrefix.count))
      if let known = Builtins.tree(path, text: file.text, source: source) { return known }
    }
    return YAMLReader.read(file, source: source, rules: .core, into: &diagnostics)
  }

  private mutating func validatePipeline(_ tree: Tree) {
    let path = "pipeline.schema.json"
    if isVerified { return }
    if let schema = library.compiledBefore(path),
      schema.diagnose(tree, deferringExpressions: true).isEmpty
    {
      return
    }
    guard let schema = library.schema(path, sources: &sources, into: &diagnostics) else { return }
    diagnostics += schema.diagnose(tree, deferringExpressions: true)
  }

  /// The step kinds that the pipeline's steps name.
  private mutating func loadKinds(_ pipeline: PipelineDecl) {
    for name in StepKindLibrary.used(by: pipeline) {
      guard let file = StepKindLibrary.file(name, input) else { continue }
      let source = sources.add(file)
      guard let tree = tree(file, source), let decl = StepKindDecl(tree, into: &diagnostics)
      else { continue }
      if !file.name.hasPrefix(Self.builtinPrefix),
        let schema = library.schema(
          "step-kind.schema.json", sources: &sources, into: &diagnostics)
      {
        diagnostics += schema.diagnose(tree, deferringExpressions: true)
      }
      let path =
        file.name.hasPrefix(Self.builtinPrefix)
        ? String(file.name.dropFirst(Self.builtinPrefix.count)) : nil
      kinds.append(
        SchemaLibrary.kind(
          decl, builtin: path, drawingType: !isVerified, into: &diagnostics))
    }
  }
}
