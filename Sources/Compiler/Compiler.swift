/// Compiles a pipeline and its inputs to a program that back ends write.
///
/// Pure: the same input gives the same result, on every machine.
package enum Compiler {
  /// All static checks; without inputs, of the pipeline alone.
  package static func check(_ input: CompilerInput) -> CompilerResult {
    var compilation = Compilation(input, isChecking: true)
    compilation.readPipeline()
    compilation.checkTypes()
    if !input.files.isEmpty { compilation.compileRun() }
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
