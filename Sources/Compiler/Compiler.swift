/// Compiles a pipeline and its inputs to a program that back ends write: parsed, checked, bound, passed
/// and lowered, each phase a function of the one before. One that finds errors ends the compilation.
///
/// Pure: the same input gives the same result, on every machine.
package enum Compiler {
  /// All checks: of a run where its inputs are there, or where it takes none; else all that can be
  /// said of the pipeline without them.
  package static func check(_ parsed: Parsed) -> CompilerResult {
    // A built-in pipeline is read again, as one of the user's own would be.
    let parsed = parsed.work.isVerified ? parse(parsed.input, isChecking: true) : parsed
    guard var checked = Checked(parsed) else { return CompilerResult(.parsed(parsed)) }
    guard parsed.input.files.isEmpty, checked.needsInputs else { return compile(checked) }
    checked.checkConstants()
    return CompilerResult(.checked(checked))
  }

  /// The pipeline as it is declared, with all static checks.
  package static func declare(_ parsed: Parsed) -> CompilerResult {
    let parsed = parsed.work.isVerified ? parse(parsed.input, isChecking: true) : parsed
    return CompilerResult(Checked(parsed).map { .checked($0) } ?? .parsed(parsed))
  }

  package static func compile(_ parsed: Parsed) -> CompilerResult {
    guard let checked = Checked(parsed) else { return CompilerResult(.parsed(parsed)) }
    return compile(checked)
  }

  private static func compile(_ checked: Checked) -> CompilerResult {
    let inputs = BoundInputs(checked)
    guard let bound = Bound(inputs) else { return CompilerResult(.inputs(inputs)) }
    guard let passed = Passed(bound) else { return CompilerResult(.bound(bound)) }
    guard let lowered = Lowered(passed) else { return CompilerResult(.passed(passed)) }
    return CompilerResult(.lowered(lowered))
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
