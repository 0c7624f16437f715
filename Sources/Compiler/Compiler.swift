package import Diagnostics
package import Passes
package import PipelineIR

/// Compiles a pipeline and its inputs to a program that back ends write: parsed, checked, bound, passed
/// and lowered, each phase a function of the one before. One that finds errors ends the compilation.
///
/// Pure: the same input gives the same result, on every machine.
package enum Compiler {
  /// Makes all checks: of a run if its inputs are given or it has none, or else those that are
  /// possible without them.
  package static func check(_ parsed: Parsed) -> CompilerResult {
    // A built-in pipeline is parsed again, like a user's.
    let parsed = parsed.work.isVerified ? parse(parsed.input, isChecking: true) : parsed
    guard var checked = Checked(parsed) else { return CompilerResult(.parsed(parsed)) }
    guard parsed.input.hasNoInputs, checked.needsInputs else { return compile(checked) }
    checked.checkConstants()
    return CompilerResult(.checked(checked))
  }

  /// The pipeline as declared, with all static checks.
  package static func declare(_ parsed: Parsed) -> CompilerResult {
    let parsed = parsed.work.isVerified ? parse(parsed.input, isChecking: true) : parsed
    return CompilerResult(Checked(parsed).map { .checked($0) } ?? .parsed(parsed))
  }

  package static func compile(_ parsed: Parsed) -> CompilerResult {
    guard let checked = Checked(parsed) else { return CompilerResult(.parsed(parsed)) }
    return compile(checked)
  }

  static func compile(_ checked: Checked) -> CompilerResult {
    let inputs = BoundInputs(checked)
    guard let bound = Bound(inputs) else { return CompilerResult(.inputs(inputs)) }
    guard let passed = Passed(bound) else { return CompilerResult(.bound(bound)) }
    guard let lowered = Lowered(passed) else { return CompilerResult(.passed(passed)) }
    return CompilerResult(.lowered(lowered))
  }

  /// Compiles an input that has all its files.
  package static func compile(_ input: CompilerInput) -> CompilerResult { compile(parse(input)) }

  /// What the passes of a run read, to run them one at a time; nil if there are errors before them.
  package static func context(
    _ input: CompilerInput
  ) -> (context: Context?, diagnostics: [Diagnostic]) {
    let parsed = parse(input)
    guard let checked = Checked(parsed) else { return (nil, parsed.work.diagnostics) }
    let inputs = BoundInputs(checked)
    guard let bound = Bound(inputs) else { return (nil, inputs.work.diagnostics) }
    let work = bound.inputs.work
    return (work.canGoOn ? bound.context : nil, work.diagnostics)
  }

  /// Shows the program after each pass, with the pass's report.
  package static func observePasses(
    of input: CompilerInput, _ observe: (_ pass: Pass, _ program: Program, _ report: Report) -> Void
  ) {
    guard let checked = Checked(parse(input)), let bound = Bound(BoundInputs(checked)) else {
      return
    }
    withoutActuallyEscaping(observe) { _ = Passed(bound, observe: $0) }
  }

  /// Parses a pipeline, with the files beside it that the input already has.
  package static func parse(_ input: CompilerInput, isChecking: Bool = false) -> Parsed {
    var parsing = Parsing(input, isChecking: isChecking)
    while true {
      switch parsing.next() {
      case .done(let parsed): return parsed
      case .needs(let requests):
        for request in requests {
          switch request {
          case .stepKinds: parsing.learn(request, input.stepKinds)
          case .used(let path): parsing.learn(request, input.used[path].map { [$0] } ?? [])
          case .schema(let path): parsing.learn(request, input.schemas[path].map { [$0] } ?? [])
          }
        }
      }
    }
  }
}
