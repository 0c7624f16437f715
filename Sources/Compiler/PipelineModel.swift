import Documents
package import Diagnostics
package import Expressions
package import Passes
package import PipelineSyntax
import PlanFormat
package import Schemas
package import SourceText
import Values
import YAMLSyntax

/// What editors ask of a pipeline: its declarations, what expressions see at each place, and the
/// schemas of its inputs. It exists also for a pipeline with mistakes, as far as they allow.
package struct PipelineModel {
  package let pipeline: PipelineDecl
  /// The step kinds that its steps name.
  package let kinds: [StepKind]
  /// What expressions see at each place.
  package let places: TypedPlaces
  /// What they see outside of all that is noted there.
  package let environment: TypeEnvironment
  /// By the inputs' names.
  package let inputSchemas: [String: Schema]
  /// The files that spans of the above refer to.
  package let sources: SourceSet
}

extension Compiler {
  /// Nil if the pipeline's text can't be parsed.
  package static func model(of parsed: Parsed) -> PipelineModel? {
    guard let content = parsed.content else { return nil }
    var work = parsed.work
    // A built-in pipeline's kinds have no types for a run.
    let parsed = work.isVerified ? parse(parsed.input, isChecking: true) : parsed
    let kinds = parsed.content?.kinds ?? content.kinds
    let pipeline = content.pipeline
    var schemas: [String: Schema] = [:]
    let types = pipeline.inputs.map { input -> ValueType in
      guard let path = input.schema, let schema = work.schema(path.value) else { return .dyn }
      schemas[input.name.value] = schema
      return work.type(schema, path.value, named: input.name.value)
    }
    let base = functionEnvironment
    let places = TypedPlaces()
    var ignored: [Diagnostic] = []
    let parameters = ParameterSchema(pipeline, into: &ignored).type
    var checker = TypeChecker(
      pipeline: pipeline, kinds: kinds, inputs: types, parameters: parameters, base: base,
      places: places)
    checker.check(jobFlow: .dyn, into: &ignored)
    let environment = pipeline.tree.root.flatMap { places[$0] } ?? base
    return PipelineModel(
      pipeline: pipeline, kinds: kinds, places: places, environment: environment,
      inputSchemas: schemas, sources: work.sources)
  }

  /// The functions that every pipeline has, and no names.
  package static var functionEnvironment: TypeEnvironment {
    TypeEnvironment().declaring(FactOracle(facts: Facts(), runID: "").functions)
  }

  /// One of the compiler's own schemas, by its path: `pipeline.schema.json`.
  package static func schema(_ path: String) -> Schema? {
    var library = SchemaLibrary(asking: false)
    var sources = SourceSet()
    var ignored: [Diagnostic] = []
    return library.schema(path, sources: &sources, into: &ignored)
  }

  /// The path of the schema of `cluster.job-flow`.
  package static var jobFlowSchema: String { Checked.jobFlowSchema }

  /// The step kinds in files; of none, the built-in ones.
  package static func stepKinds(_ own: [SourceFile]) -> [StepKind] {
    var kinds: [StepKind] = []
    let builtin = Builtins.paths.filter { $0.hasPrefix("step-kinds/") }.compactMap { path in
      Builtins.file(path).map { SourceFile(name: "<builtin>/\(path)", text: $0) }
    }
    for (at, file) in (own.isEmpty ? builtin : own).enumerated() {
      var ignored: [Diagnostic] = []
      let source = SourceID(index: UInt32(clamping: at))
      guard
        let tree = YAMLReader.read(file, source: source, rules: .core, into: &ignored),
        let decl = StepKindDecl(tree, into: &ignored),
        !kinds.contains(where: { $0.decl.name.value == decl.name.value })
      else { continue }
      let schema = decl.parameters.flatMap {
        SchemaLibrary.parameters(decl, $0, into: &ignored)
      }
      kinds.append(StepKind(decl: decl, schema: schema, drawingType: true))
    }
    return kinds
  }

  /// The mistakes in a step kind by itself: where no pipeline uses it, nothing else finds them.
  package static func check(stepKind file: SourceFile) -> (
    diagnostics: [Diagnostic], sources: SourceSet
  ) {
    var work = Work(
      CompilerInput(
        pipeline: SourceFile(name: "<none>", text: []), files: [], environment: [:], facts: nil,
        options: CompilerOptions(
          runTime: Value.Timestamp(seconds: 0, nanoseconds: 0), utcOffsetSeconds: 0)),
      isChecking: true)
    let source = work.sources.add(file)
    guard let tree = YAMLReader.read(file, source: source, rules: .core, into: &work.diagnostics)
    else { return (work.diagnostics.sortedAndUnique(), work.sources) }
    if let schema = work.ourSchema("step-kind.schema.json") {
      work.diagnostics += schema.diagnose(tree, deferringExpressions: true)
    }
    if let decl = StepKindDecl(tree, into: &work.diagnostics) {
      _ = SchemaLibrary.kind(decl, builtin: nil, drawingType: true, into: &work.diagnostics)
    }
    return (work.diagnostics.sortedAndUnique(), work.sources)
  }
}

extension CompilerResult {
  /// What evaluates expressions of the run as far as it got; nil if its inputs weren't read.
  /// Questions about S3 and EMR are answered as for the run: by facts, or else by assumption.
  package var evaluation: Binder? {
    guard let inputs = reached.inputs else { return nil }
    // A pipeline with mistakes has values where there are none.
    let context =
      reached.bound?.context
      ?? Context(
        pipeline: inputs.pipeline, kinds: inputs.kinds, options: inputs.work.input.options.ofRun,
        facts: inputs.facts, base: Bound.scope(inputs), inputTrees: inputs.trees)
    let program = reached.passed?.program ?? context.initialProgram()
    let binder = context.binder(context.scope(for: program))
    var ignored: [Diagnostic] = []
    for item in context.pipeline.lets where binder.scope.variables[item.name.value] == nil {
      binder.bind(item.name.value, binder.value(item.value, into: &ignored))
    }
    return binder
  }

  /// Whether stages and datasets have values: the passes were made.
  package var hasProgram: Bool { reached.passed != nil }
}

/// An input of a built-in pipeline, for recognising files.
package struct BuiltinInput: Sendable {
  package let pipeline: String
  package let name: String
  package let schema: Schema
  package let format: InputDecl.Format
  package let isMany: Bool

  /// Those of all built-in pipelines, in the order of the pipelines' names.
  package static var all: [BuiltinInput] {
    BuiltinPipelines.names.flatMap { name -> [BuiltinInput] in
      var ignored: [Diagnostic] = []
      let file = BuiltinPipelines.text(of: name).map {
        SourceFile(name: "<builtin>/\(BuiltinPipelines.path(of: name))", text: $0)
      }
      guard let file,
        let tree = YAMLReader.read(
          file, source: SourceID(index: 0), rules: .core, into: &ignored)
      else { return [] }
      return PipelineDecl(tree, into: &ignored).inputs.compactMap { input in
        guard let schema = input.schema.flatMap({ Compiler.schema($0.value) }) else { return nil }
        return BuiltinInput(
          pipeline: name, name: input.name.value, schema: schema, format: input.format,
          isMany: input.isMany)
      }
    }
  }
}
