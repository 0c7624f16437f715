/// Compiles a pipeline and its inputs to a program that back ends write.
///
/// Pure: the same input gives the same result, on every machine.
package enum Compiler {
  /// All checks: of a run where its inputs are there, or where it takes none; else all that can be
  /// said of the pipeline without them.
  package static func check(_ input: CompilerInput) -> CompilerResult {
    var compilation = Compilation(input, isChecking: true)
    compilation.readPipeline()
    compilation.checkTypes()
    if !input.files.isEmpty || !compilation.needsInputs {
      compilation.compileRun()
    } else {
      compilation.checkConstants()
    }
    return compilation.result
  }

  /// The pipeline as it is declared, with all static checks.
  package static func declare(_ input: CompilerInput) -> CompilerResult {
    var compilation = Compilation(input, isChecking: true)
    compilation.readPipeline()
    compilation.checkTypes()
    return compilation.result
  }

  package static func compile(_ input: CompilerInput) -> CompilerResult {
    var compilation = Compilation(input)
    compilation.readPipeline()
    compilation.checkTypes()
    compilation.compileRun()
    return compilation.result
  }
}
