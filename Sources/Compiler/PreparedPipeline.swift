package import Diagnostics
package import Documents
package import Expressions
package import PipelineSyntax
package import SourceText
import Passes
import Schemas
import Values

/// A pipeline whose static checks are made once, to compile many runs of it.
package struct PreparedPipeline: Sendable {
  /// What differs from run to run.
  package struct Run: Sendable {
    package var files: [InputFile]
    package var facts: SourceFile?
    /// For templates.
    package var environment: [String: String]
    package var options: CompilerOptions
    /// Where it is noted what the run comes across.
    package var coverage: CoverageRecord?

    package init(
      files: [InputFile], facts: SourceFile?, environment: [String: String],
      options: CompilerOptions
    ) {
      self.files = files
      self.facts = facts
      self.environment = environment
      self.options = options
    }
  }

  private let parsed: Parsed
  /// Nil if the pipeline couldn't be parsed.
  private let checked: Checked?

  package init(_ parsed: Parsed) {
    self.parsed = parsed
    checked = Checked(parsed)
  }

  /// Nil if it couldn't be parsed.
  package var pipeline: PipelineDecl? { checked?.pipeline }

  package func compile(_ run: Run) -> CompilerResult {
    guard var checked else {
      var parsed = parsed
      parsed.options = run.options
      return CompilerResult(.parsed(parsed))
    }
    checked.work.input.files = run.files
    checked.work.input.facts = run.facts
    checked.work.input.environment = run.environment
    checked.work.input.options = run.options
    checked.work.input.coverage = run.coverage
    return Compiler.compile(checked)
  }

  /// What is wrong with the pipeline itself, whatever the inputs.
  package var diagnostics: [Diagnostic] {
    let found = checked?.work.diagnostics ?? parsed.work.diagnostics
    return found.sortedAndUnique().withOneOfEachCause()
  }

  // MARK: Coverage

  /// What tests can cover of the pipeline and of the step kinds beside it, in the order of the files;
  /// nothing of what can't be parsed.
  package var coveragePoints: [CoveragePoint] {
    guard let checked else { return [] }
    var points = CoveragePoints(checked.pipeline)
    for kind in checked.kinds where !isBuiltin(kind.decl.tree) { points.add(kind.decl) }
    return points.found
  }

  private func isBuiltin(_ tree: Tree) -> Bool {
    checked?.work.sources[tree.source]?.name.hasPrefix("<builtin>/") ?? true
  }

  /// The files of the points' places.
  package var sources: SourceSet { checked?.work.sources ?? parsed.work.sources }
}

extension Compiler {
  /// Mistakes of a document by one of the built-in schemas, named by its path.
  package static func validate(
    _ tree: Tree, against path: String, sources: inout SourceSet,
    into diagnostics: inout [Diagnostic]
  ) {
    var library = SchemaLibrary(asking: false)
    if let schema = library.compiledBefore(path), schema.diagnose(tree).isEmpty { return }
    let schema = library.schema(path, sources: &sources, into: &diagnostics)
    diagnostics += schema?.diagnose(tree) ?? []
  }
}
