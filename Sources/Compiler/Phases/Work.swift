import Text
import Documents
import Diagnostics
import Passes
import PlanFormat
import Schemas
import SourceText
import Values
import YAMLSyntax

/// What every phase adds to: the sources, the diagnostics, and the compiled schemas.
struct Work: Sendable {
  var input: CompilerInput
  var sources = SourceSet()
  var diagnostics: [Diagnostic] = []
  /// The compiler's own schemas.
  var ours = SchemaLibrary(asking: false)
  /// The schemas that the pipeline names.
  var library: SchemaLibrary
  /// Where a file is used, by the source of this use of it.
  var uses: [SourceID: Span] = [:]
  /// The parameters of used files whose values are expressions.
  var arguments: [UseArgument] = []
  /// Whether the pipeline is a built-in one, byte for byte.
  let isBuiltin: Bool
  /// Whether its static checks are skipped: our tests make those of the built-in pipelines, and
  /// `check` makes them anyway.
  let isVerified: Bool

  init(_ input: CompilerInput, isChecking: Bool) {
    self.input = input
    isBuiltin = Self.isBuiltin(input.pipeline)
    isVerified = !isChecking && isBuiltin
    library = SchemaLibrary(asking: Self.takesFiles(input.pipeline))
    if let prepared = input.prepared, input.commandLine == nil {
      sources = prepared.sources
      ours = prepared.ours
      library = prepared.library
    }
    // Its spans are in the first source.
    if let commandLine = input.commandLine { sources.add(commandLine) }
  }

  /// Whether there are no errors so far, by the user's choice of severities.
  var canGoOn: Bool { !input.options.effective(diagnostics).hasErrors }

  /// Whether a pipeline can have files beside it: not if it is built in, or read from standard
  /// input.
  static func takesFiles(_ pipeline: SourceFile) -> Bool { !pipeline.name.hasPrefix("<") }

  private static func isBuiltin(_ file: SourceFile) -> Bool {
    guard let path = builtinPath(of: file), let known = Builtins.bytes(path) else { return false }
    return file.text.withUnsafeBufferPointer { known.isSame(as: $0) }
  }

  /// The path of a built-in file within its kind; nil for a user's file.
  static func builtinPath(of file: SourceFile) -> String? {
    let prefix = "<builtin>/"
    return file.name.hasPrefix(prefix) ? String(file.name.dropFirst(prefix.count)) : nil
  }

  /// The tree of a pipeline or a step kind; built-in ones are already parsed.
  mutating func tree(_ file: SourceFile, _ source: SourceID) -> Tree? {
    if let path = Self.builtinPath(of: file),
      let known = Builtins.tree(path, text: file.text, source: source)
    {
      return known
    }
    return YAMLReader.read(file, source: source, rules: .core, into: &diagnostics)
  }

  /// The type that a schema describes.
  func type(_ schema: Schema, _ path: String, named name: String) -> ValueType {
    input.prepared?.types.type(path, name) { schema.type(named: name) } ?? schema.type(named: name)
  }

  /// One of the compiler's own schemas.
  mutating func ourSchema(_ path: String) -> Schema? {
    ours.schema(path, sources: &sources, into: &diagnostics)
  }

  /// A schema that the pipeline names.
  mutating func schema(_ path: String) -> Schema? {
    library.schema(path, sources: &sources, into: &diagnostics)
  }
}
