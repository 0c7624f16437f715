/// Compiles a pipeline and its inputs to a program that back ends write.
///
/// Pure: the same input gives the same result, on every machine.
package enum Compiler {
  /// All static checks; without inputs, of the pipeline alone.
  package static func check(_ parsed: Parsed) -> CompilerResult {
    // A built-in pipeline is read again, as one of the user's own would be.
    var compilation =
      parsed.compilation.isVerified
      ? parse(parsed.input, isChecking: true).compilation : parsed.compilation
    compilation.startRun()
    compilation.checkTypes()
    if !parsed.input.files.isEmpty { compilation.compileRun() }
    return compilation.result
  }

  package static func compile(_ parsed: Parsed) -> CompilerResult {
    var compilation = parsed.compilation
    compilation.startRun()
    compilation.checkTypes()
    compilation.compileRun()
    return compilation.result
  }

  /// Of an input that has all files already.
  package static func compile(_ input: CompilerInput) -> CompilerResult { compile(parse(input)) }

  /// Reads a pipeline with the files beside it that the input has already.
  package static func parse(_ input: CompilerInput, isChecking: Bool = false) -> Parsed {
    var parsing = Parsing(input, isChecking: isChecking)
    while true {
      switch parsing.next() {
      case .done(let parsed): return parsed
      case .needs(let requests):
        for request in requests {
          switch request {
          case .stepKinds: parsing.learn(request, input.stepKinds)
          case .schema(let path): parsing.learn(request, input.schemas[path].map { [$0] } ?? [])
          }
        }
      }
    }
  }
}
