import Compiler
import Diagnostics
package import Expressions
import Passes
import PipelineSyntax
import SourceText
import Text
package import Values

/// What the server needs of the machine besides files.
package struct Surroundings: Sendable {
  package var environment: [String: String]
  /// The time of a run and its offset from UTC, in seconds: as given (RFC 3339), or now.
  package var runTime: @Sendable (String?) -> (moment: Value.Timestamp, utcOffset: Int)
  package var givenTime: String?
  package var timeZones: TimeZones

  package init(
    environment: [String: String], timeZones: TimeZones,
    runTime: @escaping @Sendable (String?) -> (moment: Value.Timestamp, utcOffset: Int)
  ) {
    self.environment = environment
    self.runTime = runTime
    self.timeZones = timeZones
  }
}

/// A project as compiled last, with the files as they were then.
final class Analysis {
  let project: Project
  let parsed: Parsed
  let result: CompilerResult
  /// The texts of the files that it read, by their paths.
  let texts: [String: [UInt8]]
  /// What the next analysis can use of this one, and the user's schemas that it depends on, by their
  /// paths: nil for one that wasn't there.
  let prepared: PreparedSchemas?
  let schemas: [String: [UInt8]?]
  /// Variables of the environment that templates name and that aren't set here.
  let unset: [String]

  /// What editors ask of the pipeline; of the text before, while this one can't be parsed.
  private(set) lazy var model: PipelineModel? = Compiler.model(of: parsed) ?? earlier?.model
  /// The last analysis of a text that could be parsed, while this one can't.
  private let earlier: Analysis?
  private(set) lazy var evaluation: Binder? = result.evaluation
  /// Whether the model is that of the pipeline's present text.
  var isModelCurrent: Bool { result.pipeline != nil }

  init(
    project: Project, parsed: Parsed, result: CompilerResult, texts: [String: [UInt8]],
    prepared: PreparedSchemas?, schemas: [String: [UInt8]?], unset: [String], after last: Analysis?
  ) {
    self.project = project
    self.parsed = parsed
    self.result = result
    self.texts = texts
    self.prepared = prepared
    self.schemas = schemas
    self.unset = unset
    // One that could be parsed needs none before it, so these form no chain.
    let isParsed = result.pipeline != nil
    earlier = isParsed ? nil : last.flatMap { $0.isModelCurrent ? $0 : $0.earlier }
  }
}

/// Compiles projects.
struct Analyzer {
  let files: Overlay
  let root: String
  let surroundings: Surroundings

  func analyze(_ project: Project, after last: Analysis?) -> Analysis {
    var texts: [String: [UInt8]] = [:]
    func read(_ path: String) -> SourceFile? {
      guard let bytes = files.read(path), bytes.count < 64 << 20 else { return nil }
      texts[path] = bytes
      return SourceFile(name: Paths.shown(path, in: root), text: bytes)
    }
    let pipeline: SourceFile
    switch project.pipeline {
    case .builtin(let name):
      pipeline = SourceFile(
        name: "<builtin>/" + BuiltinPipelines.path(of: name),
        text: BuiltinPipelines.text(of: name) ?? [])
    case .file(let path): pipeline = read(path) ?? SourceFile(name: path, text: [])
    }
    let inputs = project.inputs.compactMap { input in
      read(input.path).map { InputFile(role: input.name, file: $0) }
    }
    let facts = project.facts.flatMap { read($0) }
    let (environment, unset) = environment(of: inputs)
    let time = surroundings.runTime(surroundings.givenTime)
    var input = CompilerInput(
      pipeline: pipeline, files: inputs, environment: environment, facts: facts,
      options: CompilerOptions(
        runTime: time.moment, utcOffsetSeconds: time.utcOffset))
    input.timeZones = surroundings.timeZones
    input.refusesOnAssumption = false
    var schemas: [String: [UInt8]?] = [:]
    if let last, let prepared = last.prepared, last.project.pipeline == project.pipeline,
      last.schemas.allSatisfy({ files.read($0.key) == $0.value })
    {
      input.prepared = prepared
      schemas = last.schemas
      for case (let path, let text?) in schemas { texts[path] = text }
    }
    var asksForMore = false
    let folder = project.pipelinePath.map { Paths.folder(of: $0) } ?? ""
    let parsed = parse(input) { request in
      switch request {
      case .stepKinds:
        let kinds = folder + "step-kinds"
        guard files.isFolder(kinds) else { return [] }
        return files.names(in: kinds, ending: ".yml").compactMap { read(kinds + "/" + $0) }
      case .used(let path), .schema(let path):
        guard !path.contains("://") else { return [] }
        let file = read(Paths.resolve(path, in: folder))
        schemas[Paths.resolve(path, in: folder)] = .some(file?.text)
        asksForMore = true
        return [file].compactMap(\.self)
      }
    }
    // Our tests make the checks of built-in pipelines.
    let result =
      project.pipelinePath == nil ? Compiler.compile(parsed) : Compiler.check(parsed)
    return Analysis(
      project: project, parsed: parsed, result: result, texts: texts,
      prepared: input.prepared == nil ? result.prepared : asksForMore ? nil : input.prepared,
      schemas: schemas, unset: unset, after: last)
  }

  private func parse(
    _ input: CompilerInput, _ read: (FileRequest) -> [SourceFile]
  ) -> Parsed {
    var parsing = Parsing(input)
    while true {
      switch parsing.next() {
      case .done(let parsed): return parsed
      case .needs(let requests):
        for request in requests { parsing.learn(request, read(request)) }
      }
    }
  }

  /// The environment, with a value for what templates name and isn't set: a run has what an editor
  /// need not have.
  private func environment(of inputs: [InputFile]) -> ([String: String], unset: [String]) {
    var environment = surroundings.environment
    var unset: [String] = []
    for input in inputs {
      for name in TemplateVariables.names(in: input.file.text) where environment[name] == nil {
        environment[name] = TemplateVariables.standIn
        unset.append(name)
      }
    }
    return (environment, unset)
  }
}

/// The variables that ERB templates name: `ENV['NAME']`, `ENV.fetch("NAME", …)`.
enum TemplateVariables {
  /// The value of one that isn't set.
  static let standIn = "unset"

  static func names(in text: [UInt8]) -> [String] {
    var names: [String] = []
    let word = Array("ENV".utf8)
    var at = 0
    while at + 6 < text.count {
      guard text[at] == word[0], text[at + 1] == word[1], text[at + 2] == word[2] else {
        at += 1
        continue
      }
      at += 3
      let limit = min(at + 12, text.count)
      guard
        let quote = text[at..<limit].firstIndex(where: {
          $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "\"")
        }),
        text[at..<quote].allSatisfy({ "[(.fetch ".utf8.contains($0) }),
        let end = text[(quote + 1)..<min(quote + 200, text.count)].firstIndex(of: text[quote])
      else { continue }
      let name = String(decoding: text[(quote + 1)..<end], as: UTF8.self)
      if !name.isEmpty, !names.contains(name) { names.append(name) }
      at = end
    }
    return names
  }
}
