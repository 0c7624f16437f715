import Compiler
import Diagnostics
import Text
import Values

/// Commands that are offered above a pipeline.
extension Server {
  static let commands = ["penstock.compile", "penstock.plan"]

  func codeLenses(_ params: Value) -> Value {
    guard let (path, document) = document(params) else { return .list([]) }
    let outline = outline(path)
    var line = 0
    if ProjectFinder.kind(of: outline) == .pipeline, let node = outline.find(["pipeline"]) {
      line = document.text.lineNumber(of: outline.nodes[node].start)
    } else if ProjectFinder.kind(of: outline) == .stepKind {
      return .list([])
    }
    compile()
    var lenses: [Value] = []
    for (index, project) in (projects[path] ?? []).enumerated() {
      let config = project.inputs.first.map { " with \(Paths.name(of: $0.path))" } ?? ""
      for (command, title) in zip(Self.commands, ["Compile", "Plan in a sandbox"]) {
        let position: Value = .object(["line": .number(line), "character": .number(0)])
        lenses.append(
          .object([
            "range": .object(["start": position, "end": position]),
            "command": .object([
              "title": .string(title + config), "command": .string(command),
              "arguments": .list([.string(document.uri), .number(index)]),
            ]),
          ]))
      }
    }
    return .list(lenses)
  }

  /// Carries a command out: its arguments are a document's address, and which of its projects.
  func execute(_ params: Value) throws(Failure) -> Value {
    let command = params["command"]?.text ?? ""
    let arguments = params["arguments"]?.items ?? []
    guard Self.commands.contains(command) else {
      throw Failure(code: Failure.invalidParams, message: "there is no command `\(command)`")
    }
    guard let uri = arguments.first?.text, documents[DocumentURI.path(of: uri)] != nil else {
      throw Failure(code: Failure.invalidParams, message: "the document isn't open")
    }
    let all = analyses(of: DocumentURI.path(of: uri))
    let index = arguments.dropFirst().first?.number ?? 0
    guard all.indices.contains(index) else {
      throw Failure(
        code: Failure.requestFailed, message: "the document belongs to no pipeline")
    }
    return command == Self.commands[0] ? try compiled(all[index]) : try planned(all[index])
  }

  private func compiled(_ analysis: Analysis) throws(Failure) -> Value {
    guard analysis.result.program != nil else {
      let first = analysis.result.diagnostics.first { $0.severity == .error }
      throw Failure(
        code: Failure.requestFailed,
        message: first.map { "there are errors: \($0.message)" }
          ?? "a run needs the pipeline's inputs")
    }
    var bytes: [UInt8] = []
    analysis.result.write(.jobFlow, pretty: true) { bytes += $0 }
    return .string(String(decoding: bytes, as: UTF8.self))
  }

  private func planned(_ analysis: Analysis) throws(Failure) -> Value {
    for (path, text) in analysis.texts.sorted(by: { $0.key < $1.key })
    where documents[path] != nil && disk.read(path) != text {
      throw Failure(
        code: Failure.requestFailed, message: "save \(Paths.name(of: path)) first")
    }
    var arguments = ["plan"] + analysis.project.arguments
    if let sandbox = settings.sandbox {
      arguments += ["--sandbox", Paths.resolve(sandbox, in: root)]
    } else {
      arguments.append("--offline")
    }
    if let time = settings.runTime { arguments += ["--run-time", time] }
    let (output, isSuccess) = runProgram(arguments)
    guard isSuccess || !output.isEmpty else {
      throw Failure(code: Failure.requestFailed, message: "the plan can't be made")
    }
    return .string(output)
  }
}
