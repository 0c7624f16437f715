import Compiler
import Diagnostics
import Host
import PlanDiff
import PlanFormat
import SourceText
import Values

/// Compiles the inputs of a comparison's first side with some of the edits only, which shows what each
/// edit changes.
enum DiffTrial {
  static func side(
    _ first: CompilerInput, _ second: CompilerInput, _ files: [TrialFile]
  ) -> Side? {
    var input = first
    func file(_ role: String, _ name: String) -> SourceFile? {
      files.first { $0.role == role && $0.name == name }.map {
        SourceFile(name: name, text: $0.text)
      }
    }
    guard let pipeline = file("pipeline", first.pipeline.name) else { return nil }
    input.pipeline = pipeline
    let known = input.files.filter { file in
      files.contains { $0.role == file.role && $0.name == file.file.name }
    }
    input.files = known.map { one in
      InputFile(role: one.role, file: file(one.role, one.file.name) ?? one.file, place: one.place)
    }
    input.files += second.files.compactMap { one in
      guard !known.contains(where: { $0.role == one.role && $0.file.name == one.file.name }),
        let file = file(one.role, one.file.name)
      else { return nil }
      return InputFile(role: one.role, file: file, place: one.place)
    }
    // Files that are laid over one another are one file now, with what the command line sets.
    input.settings = []
    // As in a folder, by name; the sort is stable in its roles, which don't depend on each other.
    input.files.sort { ($0.role, $0.file.name) < ($1.role, $1.file.name) }
    input.schemas = first.schemas.merging(second.schemas) { one, _ in one }
      .compactMapValues { file("schema", $0.name) }
    input.stepKinds = files.filter { $0.role == "step-kind" }.sorted { $0.name < $1.name }
      .compactMap { file("step-kind", $0.name) }
    let result = Compiler.compile(input)
    var ignored: [Diagnostic] = []
    let details = PlanDetails(madeBy: "penstock", arguments: [])
    guard let plan = result.plan(details, into: &ignored) else { return nil }
    var side = Side(plan, name: "")
    side.secrets = result.secretTexts()
    return side
  }
}

extension CompilerInput {
  /// A pipeline's own schemas and step kinds, by path.
  var ownFiles: [String: [UInt8]] {
    var own: [String: [UInt8]] = [:]
    for (path, file) in schemas { own["schemas/" + path] = file.text }
    for file in stepKinds {
      own["step-kinds/" + file.name.dropFirst(Files.folder(of: file.name).utf8.count)] = file.text
    }
    return own
  }

  /// The schemas and step kinds beside a pipeline.
  var besides: [Side.Input] {
    let schemas = schemas.sorted { $0.key < $1.key }.map { ("schema", $0.value) }
    let kinds = stepKinds.map { ("step-kind", $0) }
    return (schemas + kinds).compactMap { Side.Input(besides: $1, role: $0) }
  }
}
