import Compiler
import Diagnostics
import Documents
import PlanDiff
import SourceText
import Values

/// What was written, compiled, beside what was imported.
struct Proof {
  let result: CompilerResult
  /// The body of the request that the pipeline makes; nil if it doesn't compile.
  let body: Value?

  init(
    pipeline: SourceFile, config: SourceFile, schema: SourceFile, stepKinds: [SourceFile],
    facts: SourceFile, moment: Value.Timestamp, isForExisting: Bool
  ) {
    var options = CompilerOptions(runTime: moment, utcOffsetSeconds: 0)
    // What was imported is in the clear too; the comparison shows no secret.
    options.revealSecrets = true
    options.persistent = isForExisting
    var input = CompilerInput(
      pipeline: pipeline, files: [InputFile(role: "config", file: config)], stepKinds: stepKinds,
      schemas: ["./config.schema.json": schema], environment: [:],
      facts: isForExisting ? facts : nil, options: options)
    input.refusesOnAssumption = false
    result = Compiler.compile(input)
    guard result.program != nil else {
      body = nil
      return
    }
    var bytes: [UInt8] = []
    result.write(.jobFlow, pretty: false) { bytes += $0 }
    var ignored: [Diagnostic] = []
    let tree = JSONReader.read(bytes, source: SourceID(index: 0), into: &ignored)
    body = tree.flatMap { tree in tree.root.map { Value(tree, $0) } }
  }

  private static let rules = ChangeRules(
    own: [], paths: Builtins.paths, file: { Builtins.file($0) })

  /// The same comparison as `diff` makes of two job flows.
  static func comparison(of source: Value, _ made: Value) -> Comparison? {
    guard let before = side(source, name: "the source"),
      let after = side(made, name: "the pipeline")
    else { return nil }
    return Comparison(before, after, rules: rules)
  }

  private static func side(_ body: Value, name: String) -> Side? {
    var writer = CanonicalJSONWriter(pretty: false)
    writer.value(body, revealingSecrets: true)
    var ignored: [Diagnostic] = []
    let tree = JSONReader.read(writer.bytes, source: SourceID(index: 0), into: &ignored)
    return tree.flatMap { SideReader.read($0, name: name, into: &ignored) }
  }

  /// Whether two steps ask for the same, apart from their action on failure and their names.
  static func isSameStep(_ left: Value, _ right: Value) -> Bool {
    if left == right { return true }
    func alone(_ step: Value) -> Value {
      guard case .map(var map) = step else { return step }
      map["Name"] = .string("step")
      map["ActionOnFailure"] = nil
      return .map(ValueMap(["Steps": .list([.map(map)])]))
    }
    return comparison(of: alone(left), alone(right))?.substantial.isEmpty ?? false
  }
}
