import Documents
import Compiler
import DiagnosticRendering
import Diagnostics
import PlanFormat
import SourceText
import Values

/// A pipeline and what it takes, through the whole compiler.
///
/// The files of an input, a zero between two: the pipeline (or a built-in one's name), `config`,
/// `resolver`, `targets`, `enrichments`, facts, the schema `own.schema.json`, the step kind `own`,
/// and the stages to skip. What is empty or missing is not given.
enum WholeCompilation {
  private static let roles = ["config", "resolver", "targets", "enrichments"]
  private static let own = "own.yml"

  static func run(_ bytes: [UInt8]) {
    let parts = Parts.cut(bytes, most: 9)
    let input = input(parts)
    // A built-in pipeline's own checks would take most of the time.
    if input.pipeline.name == own { render(Compiler.check(Compiler.parse(input))) }
    let compiled = Compiler.compile(input)
    render(compiled)
    precondition((compiled.exitStatus == .success) == !compiled.diagnostics.hasErrors)
    precondition((compiled.exitStatus == .success) == (compiled.program != nil))
    for emit in Emit.allCases {
      let text = text(compiled, emit)
      if compiled.program != nil, emit != .ir { expectJSON(text) }
    }
    _ = compiled.secretTexts()
  }

  private static func expectJSON(_ text: [UInt8]) {
    var diagnostics: [Diagnostic] = []
    let tree = JSONReader.read(text, source: SourceID(index: 0), into: &diagnostics)
    precondition(tree != nil && !diagnostics.hasErrors, "what is written is no JSON")
  }

  /// A plan that is read says what was written.
  private static func expectReadable(_ plan: [UInt8]) {
    var diagnostics: [Diagnostic] = []
    var bytes: [UInt8] = []
    guard
      let tree = JSONReader.read(plan, source: SourceID(index: 0), into: &diagnostics),
      let read = PlanReader.read(tree, into: &diagnostics)
    else { preconditionFailure("the plan cannot be read: \(diagnostics.map(\.message))") }
    PlanWriter.write(read, pretty: false) { bytes.append(contentsOf: $0) }
    precondition(bytes == plan, "a plan that was read is another one")
  }

  private static func input(_ parts: [[UInt8]]) -> CompilerInput {
    func part(_ index: Int) -> [UInt8]? {
      index < parts.count && !parts[index].isEmpty ? parts[index] : nil
    }
    func file(_ index: Int, _ name: String) -> SourceFile? {
      part(index).map { SourceFile(name: name, text: $0) }
    }
    var options = CompilerOptions(
      runTime: Value.Timestamp(seconds: 1_768_446_000, nanoseconds: 0), utcOffsetSeconds: 3600)
    if let text = part(8) {
      options.skip = text.split(separator: UInt8(ascii: ","))
        .map { String(decoding: $0, as: UTF8.self) }
      // The rest of the flags follows from the text, so that mutations reach them.
      options.persistent = text.count % 3 == 1
      options.debug = text.count % 5 == 1
      if text.count % 7 == 1 { options.resumeFrom = options.skip.popLast() }
    }
    return CompilerInput(
      pipeline: pipeline(part(0) ?? []),
      files: roles.indices.compactMap { index in
        file(index + 1, roles[index]).map { InputFile(role: roles[index], file: $0) }
      },
      stepKinds: [file(7, "step-kinds/own.yml")].compactMap { $0 },
      schemas: file(6, "own.schema.json").map { ["own.schema.json": $0] } ?? [:],
      environment: ["AWS_SNOWPLOW_ACCESS_KEY": "AKIA", "AWS_SNOWPLOW_SECRET_KEY": "secret"],
      facts: file(5, "facts.json"), options: options)
  }

  private static func pipeline(_ text: [UInt8]) -> SourceFile {
    let path = "pipelines/\(String(decoding: text.prefix(40), as: UTF8.self)).yml"
    if text.count < 40, let known = Builtins.file(path) {
      return SourceFile(name: "<builtin>/\(path)", text: known)
    }
    return SourceFile(name: own, text: text)
  }

  private static func text(_ result: CompilerResult, _ emit: Emit) -> [UInt8] {
    var bytes: [UInt8] = []
    guard emit == .plan else {
      result.write(emit, pretty: false) { bytes.append(contentsOf: $0) }
      return bytes
    }
    var diagnostics: [Diagnostic] = []
    let details = PlanDetails(madeBy: "fuzz", arguments: ["-c", "config.yml"])
    if let plan = result.plan(details, into: &diagnostics) {
      PlanWriter.write(plan, pretty: false) { bytes.append(contentsOf: $0) }
      expectReadable(bytes)
    } else {
      // Errors in what is done around the run; there is no plan to read.
      precondition(result.program == nil || diagnostics.hasErrors)
      return Array("null".utf8)
    }
    return bytes
  }

  private static func render(_ result: CompilerResult) {
    for format in DiagnosticRenderer.Format.allCases {
      _ = DiagnosticRenderer.render(
        Array(result.diagnostics.prefix(20)), sources: result.sources, format: format)
    }
  }
}
