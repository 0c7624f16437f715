import Compiler
import Diagnostics
import Host
import PipelineIR
import PlanDiff
import PlanFormat
import SourceText
import Values

/// A side of a comparison as it was read: a job flow, or inputs to compile.
struct DiffPart {
  var name: String
  var side: Side?
  var parsed: Parsed?
  /// The paths of inputs that have other names in the compilation.
  var paths: [String: String] = [:]
  /// The revision that its files are from, to name them in messages; nil for files on disk.
  var revision: String?

  var isNothing: Bool { side?.kind == .nothing }
}

/// Makes the sides of a comparison from inputs. The state of S3 and EMR is no obstacle: both sides
/// see the same one, and the normal case is assumed where a run would be refused.
struct DiffCompilation {
  private var parts: [DiffPart]
  /// Each side with its own facts alone, as a run has them.
  private let asRuns: [DiffPart]
  private let secretsKey: [UInt8]?
  /// Compiles the first side's inputs with other files; nil if one of the sides isn't inputs.
  private(set) var trial: (([TrialFile]) -> Side?)?
  /// Why there are no sides, for each that can't be compiled.
  private(set) var refused: [(diagnostics: [Diagnostic], sources: SourceSet)] = []

  init(_ parts: [DiffPart], secretsKey: [UInt8]?) {
    self.parts = parts
    asRuns = parts
    self.secretsKey = secretsKey
    let facts = parts.map { $0.parsed?.input.facts }
    for index in parts.indices {
      let other = facts.indices.first { $0 != index }.flatMap { facts[$0] }
      self.parts[index].parsed?.compare(with: facts[index], and: other)
      self.parts[index].parsed?.refusesOnAssumption = false
    }
  }

  /// Nil if a side has mistakes: see `refused`.
  mutating func sides() -> [Side]? {
    // What runs depends on inputs; without any, the pipelines themselves are compared.
    let lacksInputs = parts.contains { $0.parsed?.lacksInputs ?? false }
    if lacksInputs, parts.allSatisfy({ $0.parsed != nil || $0.isNothing }) { return declared() }
    let (made, compiled, note) = compiled()
    var sides: [Side] = []
    for (part, made) in zip(parts, made) {
      guard var side = made.side(of: part) else {
        refused.append((made.diagnostics, part.naming(made.sources)))
        continue
      }
      if let note { side.notes.append(note) }
      sides.append(side)
    }
    let inputs = compiled.compactMap { $0.parsed?.input }
    if inputs.count == 2 { trial = { DiffTrial.side(inputs[0], inputs[1], $0) } }
    return refused.isEmpty ? sides : nil
  }

  /// The sides in the world that they share; if a run would be refused there, each with its own facts;
  /// then in the normal one, with a note about that.
  private func compiled() -> (made: [Made], parts: [DiffPart], note: String?) {
    let shared = parts.map { Made($0, secretsKey) }
    guard shared.contains(where: \.hasFailed) else { return (shared, parts, nil) }
    let runs = asRuns.map { Made($0, secretsKey) }
    if !runs.contains(where: \.hasFailed) { return (runs, asRuns, nil) }
    if let refusal = shared.compactMap(\.refusalByFacts).first {
      let normal = parts.map(\.withoutFacts)
      let again = normal.map { Made($0, secretsKey) }
      if !again.contains(where: \.hasFailed) {
        let note =
          "a run would be refused because of the facts (\(refusal)): the normal case is assumed "
          + "instead"
        return (again, normal, note)
      }
    }
    return (shared, parts, nil)
  }

  private mutating func declared() -> [Side]? {
    var sides: [Side] = []
    for part in parts {
      guard let parsed = part.parsed else {
        sides.append(part.side ?? .nothing(name: part.name))
        continue
      }
      let result = Compiler.declare(parsed)
      guard result.exitStatus == .success else {
        refused.append((result.diagnostics, part.naming(result.sources)))
        continue
      }
      var side = Side(
        declaring: result.documents.first.map(Self.input), kinds: parsed.input.stepKinds,
        name: part.name)
      side.hidden = result.documents.flatMap(\.secretTexts)
      side.own = parsed.input.ownFiles
      side.paths = part.paths
      side.notes = [
        "no inputs are given, so the pipelines are compared as they are written: what runs depends "
          + "on the inputs (`--config`, `--input`)"
      ]
      sides.append(side)
    }
    return refused.isEmpty ? sides : nil
  }

  fileprivate static func input(_ document: BoundDocument) -> Side.Input {
    var input = Side.Input(
      role: document.role, schema: "schemas/" + document.schema, file: document.file,
      tree: document.tree, value: document.value)
    input.layers = document.layers
    return input
  }

  /// A side's compilation.
  private struct Made {
    let result: CompilerResult?
    let plan: Plan?
    let diagnostics: [Diagnostic]
    let sources: SourceSet
    let factFiles: Set<String>

    init(_ part: DiffPart, _ secretsKey: [UInt8]?) {
      guard let parsed = part.parsed else {
        (result, plan, diagnostics, sources, factFiles) = (nil, nil, [], SourceSet(), [])
        return
      }
      let compiled = Compiler.compile(parsed)
      var errors: [Diagnostic] = []
      // The same command line for both sides: the location of files isn't a difference.
      var details = PlanDetails(madeBy: "penstock \(Version.text)", arguments: [])
      details.secretsKey = secretsKey
      plan = compiled.plan(details, into: &errors)
      result = compiled
      diagnostics = compiled.diagnostics + errors
      sources = compiled.sources
      factFiles = Set(
        [parsed.input.facts, parsed.input.otherFacts].compactMap { $0?.name })
    }

    var hasFailed: Bool { result != nil && plan == nil }

    /// Why it failed, if that may be because of facts, which have no mistakes themselves.
    var refusalByFacts: String? {
      guard hasFailed, !factFiles.isEmpty else { return nil }
      let errors = diagnostics.filter { $0.severity == .error }
      let isInFacts = errors.contains { error in
        error.span.flatMap { sources[$0.source] }.map { factFiles.contains($0.name) } ?? false
      }
      return isInFacts ? nil : errors.first?.message
    }

    func side(of part: DiffPart) -> Side? {
      guard let result else { return part.side }
      guard let plan else { return nil }
      var side = Side(plan, name: part.name)
      side.secrets = result.secretTexts()
      side.hidden = result.documents.flatMap(\.secretTexts)
      side.inputs = result.documents.map(DiffCompilation.input)
      if let input = part.parsed?.input {
        side.own = input.ownFiles
        side.inputs += input.besides
      }
      side.paths = part.paths
      side.assumed = result.facts.filter(\.isAssumed).map { $0.question.statement($0.answer) }
      return side
    }
  }
}

extension DiffPart {
  fileprivate var withoutFacts: DiffPart {
    var part = self
    part.parsed?.compare(with: nil, and: nil)
    return part
  }

  /// The sources with their files' paths, as `REVISION:PATH` for those of a commit.
  fileprivate func naming(_ sources: SourceSet) -> SourceSet {
    var named = sources
    for (index, file) in sources.files.enumerated() where !file.name.hasPrefix("<") {
      let path = paths[file.name] ?? file.name
      let name = revision.map { "\($0):\(path)" } ?? path
      named.replace(SourceID(index: UInt32(index)), with: file.named(name))
    }
    return named
  }
}
