import Compiler
import Diagnostics
import Passes
import PipelineIR
import SourceText
import Testing
import Values

/// A small pipeline, and what one pass does to its program: the lines of the program's text that are
/// gone and that are new after it, and what it reports.
struct PassRow: Sendable, CustomTestStringConvertible {
  var testDescription: String
  /// A pipeline's text without its first two lines. Without a cluster it gets a plain one.
  var pipeline: String
  var inputs: [(role: String, text: String)] = []
  var facts: String?
  var options: @Sendable (inout CompilerOptions) -> Void = { _ in }
  var removes: [String] = []
  var adds: [String] = []
  var codes: [DiagnosticCode] = []
  var severity: Severity?
  var exit: Int32?

  init(
    _ title: String, _ pipeline: String, inputs: [(role: String, text: String)] = [],
    facts: String? = nil, options: @escaping @Sendable (inout CompilerOptions) -> Void = { _ in },
    removes: [String] = [], adds: [String] = [], codes: [DiagnosticCode] = [],
    severity: Severity? = nil, exit: Int32? = nil
  ) {
    testDescription = title
    self.pipeline = pipeline
    self.inputs = inputs
    self.facts = facts
    self.options = options
    self.removes = removes
    self.adds = adds
    self.codes = codes
    self.severity = severity
    self.exit = exit
  }

  /// Expects what the row says of a pass.
  func expect(
    _ pass: String, showing isShown: (String) -> Bool = { !$0.hasPrefix("  ") },
    sourceLocation: Testing.SourceLocation = #_sourceLocation
  ) throws {
    let run = try PassRun(self, pass)
    let change = LineChange(
      from: run.before.numberless.filter(isShown), to: run.after.numberless.filter(isShown))
    #expect(change.removed == removes, sourceLocation: sourceLocation)
    #expect(change.added == adds, sourceLocation: sourceLocation)
    #expect(
      run.diagnostics.map(\.code) == codes, "\(run.diagnostics.map(\.message))",
      sourceLocation: sourceLocation)
    if let severity {
      #expect(run.diagnostics.map(\.severity) == [severity], sourceLocation: sourceLocation)
    }
    #expect(run.exitStatus?.code == exit, sourceLocation: sourceLocation)
  }

  /// What the compiler is given.
  var input: CompilerInput {
    let cluster = """

      cluster:
        region: eu-west-1
        job-flow:
          Name: t
          ReleaseLabel: emr-6.15.0
          Instances: { InstanceCount: 1, MasterInstanceType: m5.xlarge }
      """
    let text =
      "penstock: v1\npipeline: t\n" + pipeline
      + (pipeline.contains("\ncluster:") ? "" : cluster) + "\n"
    var options = CompilerOptions(
      runTime: Value.Timestamp(seconds: 0, nanoseconds: 0), utcOffsetSeconds: 0)
    self.options(&options)
    return CompilerInput(
      pipeline: SourceFile(name: "p.yml", text: Array(text.utf8)),
      files: inputs.map { role, text in
        InputFile(role: role, file: SourceFile(name: "\(role).yml", text: Array(text.utf8)))
      }, schemas: ["any.json": SourceFile(name: "any.json", text: Array("{}".utf8))],
      environment: [:],
      facts: facts.map { SourceFile(name: "facts.json", text: Array($0.utf8)) }, options: options)
  }
}

/// What one pass did in a run that the real phases and the passes before it prepared.
struct PassRun {
  let before: Program
  private(set) var after: Program
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var explanations: [Explanation] = []
  private(set) var exitStatus: Diagnostics.ExitStatus?

  init(_ row: PassRow, _ name: String) throws {
    let context = try Self.context(row)
    var program = context.initialProgram()
    let index = try #require(
      Pass.standard.firstIndex { $0.name == name }, "`\(name)` is among the passes")
    for pass in Pass.standard[..<index] {
      var problems: [Diagnostic] = []
      var ignored: [Explanation] = []
      _ = [pass].run(on: &program, context, into: &problems, explanations: &ignored)
      try #require(!problems.hasErrors, "\(pass.name): \(problems.map(\.message))")
    }
    before = program
    exitStatus = [Pass.standard[index]].run(
      on: &program, context, into: &diagnostics, explanations: &explanations)
    after = program
  }

  /// What the phases before the passes give.
  static func context(_ row: PassRow) throws -> Context {
    let bound = Compiler.context(row.input)
    return try #require(bound.context, "\(bound.diagnostics.map(\.message))")
  }
}

/// Which lines are gone, and which are new.
struct LineChange {
  private(set) var removed: [String] = []
  private(set) var added: [String] = []
  /// All lines, in their order, each with `-`, `+` or a blank in front.
  private(set) var merged: [String] = []

  init(from old: [String], to new: [String]) {
    let difference = new.difference(from: old)
    var gone: Set<Int> = []
    var fresh: Set<Int> = []
    for change in difference {
      switch change {
      case .remove(let offset, let line, _):
        gone.insert(offset)
        removed.append(line)
      case .insert(let offset, let line, _):
        fresh.insert(offset)
        added.append(line)
      }
    }
    // A difference gives what is removed backwards.
    removed = old.indices.filter(gone.contains).map { old[$0] }
    var at = 0
    for (index, line) in new.enumerated() {
      while at < old.count, gone.contains(at) {
        merged.append("-" + old[at])
        at += 1
      }
      merged.append((fresh.contains(index) ? "+" : " ") + line)
      if !fresh.contains(index) { at += 1 }
    }
    while at < old.count {
      merged.append("-" + old[at])
      at += 1
    }
  }
}

extension Program {
  var lines: [String] { dump().split(separator: "\n").map(String.init) }

  /// Its lines, with steps without their numbers, which change when a step is put before others.
  fileprivate var numberless: [String] {
    lines.map { line in
      line.hasPrefix("step ") ? "step" + line.dropFirst(5).drop { $0.isNumber } : line
    }
  }
}
