import Diagnostics
package import PlanFormat
package import SourceText
package import Values

/// A file that a pipeline takes from beside it.
package enum FileRequest: Hashable, Sendable {
  /// The files of the folder `step-kinds` beside the pipeline, if there is one.
  case stepKinds
  /// A schema, by its path from the pipeline's folder; there need not be a file of that path.
  case schema(path: String)
}

/// Reads a pipeline, and asks for the files that it takes from beside it, as it finds out which: a
/// schema may refer to another one.
package struct Parsing: Sendable {
  /// What comes next.
  package enum Round: Sendable {
    /// These are to be read, and `learn` told what was found.
    case needs([FileRequest])
    case done(Parsed)
  }

  private var compilation: Compilation
  private var asked: Set<FileRequest> = []

  package init(_ input: CompilerInput, isChecking: Bool = false) {
    compilation = Compilation(input, isChecking: isChecking)
    compilation.readTree()
  }

  package mutating func next() -> Round {
    let open = compilation.filesNeeded().filter { !asked.contains($0) }
    guard open.isEmpty else {
      asked.formUnion(open)
      return .needs(open)
    }
    compilation.readBesides()
    return .done(Parsed(compilation))
  }

  /// What was found of one request: no file, one, or of `stepKinds` several.
  package mutating func learn(_ request: FileRequest, _ files: [SourceFile]) {
    switch request {
    case .stepKinds: compilation.input.stepKinds = files
    case .schema(let path):
      compilation.input.schemas[path] = files.first
      compilation.library.learn(path, files.first)
    }
  }
}

/// A pipeline as it was read, with all that it takes from beside it, and the inputs of a run that
/// were not looked into yet.
package struct Parsed: Sendable {
  var compilation: Compilation

  init(_ compilation: Compilation) { self.compilation = compilation }

  package var input: CompilerInput { compilation.input }

  /// See `CompilerInput`.
  package var refusesOnAssumption: Bool {
    get { compilation.input.refusesOnAssumption }
    set { compilation.input.refusesOnAssumption = newValue }
  }

  package var options: CompilerOptions {
    get { compilation.input.options }
    set { compilation.input.options = newValue }
  }

  package var answers: [FactQuestion: Value] {
    get { compilation.input.answers }
    set { compilation.input.answers = newValue }
  }
}
