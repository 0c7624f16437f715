import Compiler
import Diagnostics
import PipelineSyntax
import SourceText
import Text
import Values

/// A diagnostic at its place in a file.
struct PlacedDiagnostic {
  var diagnostic: Diagnostic
  /// Bytes of the file as written.
  var range: Range<Int>
  var analysis: Analysis?
  var sources: SourceSet
}

extension Server {
  /// Compiles what has changed, and publishes what is new.
  func refresh() -> [Value] {
    compile()
    let placed = placedDiagnostics()
    let paths = Set(placed.keys).union(documents.keys).union(published.keys)
    var messages: [Value] = []
    for path in paths.sorted() {
      let text = documents[path]?.text ?? text(ofClosed: path, placed[path] ?? [])
      let list: Value = .list((placed[path] ?? []).map { shown($0, in: text) })
      let version = documents[path]?.version
      let isEmpty = list.items.isEmpty
      if let last = published[path] {
        if last.version == version, last.diagnostics == list { continue }
      } else if isEmpty, documents[path] == nil {
        continue
      }
      published[path] = documents[path] == nil && isEmpty ? nil : (version, list)
      let uri = documents[path]?.uri ?? DocumentURI.of(path: path)
      messages.append(
        Self.notification(
          "textDocument/publishDiagnostics",
          .object([
            "uri": .string(uri), "version": version.map { .number($0) }, "diagnostics": list,
          ])))
    }
    return messages
  }

  private func text(ofClosed path: String, _ placed: [PlacedDiagnostic]) -> LineText {
    LineText(placed.first?.analysis?.texts[path] ?? disk.read(path) ?? [])
  }

  /// The diagnostics of all files, each once, in their order.
  func placedDiagnostics() -> [String: [PlacedDiagnostic]] {
    var all: [String: [PlacedDiagnostic]] = [:]
    let order = documents.keys.sorted().flatMap { projects[$0] ?? [] }
    var seen: Set<Project> = []
    for project in order where seen.insert(project).inserted {
      guard let analysis = analyses[project] else { continue }
      for (path, placed) in placedDiagnostics(of: analysis) { add(placed, path, to: &all) }
    }
    for path in documents.keys.sorted() where (projects[path] ?? []).isEmpty {
      guard ProjectFinder.kind(of: outline(path)) == .stepKind else { continue }
      addStepKind(path, to: &all)
    }
    // A step kind that no pipeline uses yet.
    for path in documents.keys.sorted() where !(projects[path] ?? []).isEmpty {
      guard ProjectFinder.kind(of: outline(path)) == .stepKind,
        !(projects[path] ?? []).contains(where: { usesKind(path, analyses[$0]) })
      else { continue }
      addStepKind(path, to: &all)
    }
    return all.mapValues { placed in
      placed.sorted {
        ($0.range.lowerBound, $0.range.upperBound, $0.diagnostic.code.rawValue)
          < ($1.range.lowerBound, $1.range.upperBound, $1.diagnostic.code.rawValue)
      }
    }
  }

  /// Whether a pipeline uses the step kind of a file, and so finds what is wrong with it.
  func usesKind(_ path: String, _ analysis: Analysis?) -> Bool {
    analysis?.result.stepKinds.contains { kind in
      Paths.name(of: path) == kind.name.value + ".yml"
    } ?? false
  }

  /// The mistakes in a step kind that no pipeline uses.
  func checkStepKind(_ path: String) -> ([Diagnostic], SourceSet) {
    Compiler.check(
      stepKind: SourceFile(
        name: Paths.shown(path, in: root), text: documents[path]?.text.bytes ?? []))
  }

  private func addStepKind(
    _ path: String, to all: inout [String: [PlacedDiagnostic]]
  ) {
    let (found, sources) = checkStepKind(path)
    for diagnostic in found {
      guard let span = diagnostic.span, let file = sources[span.source],
        self.path(of: file) == path
      else { continue }
      add(
        PlacedDiagnostic(
          diagnostic: diagnostic, range: file.written(span), analysis: nil, sources: sources),
        path, to: &all)
    }
  }

  private func add(
    _ placed: PlacedDiagnostic, _ path: String, to all: inout [String: [PlacedDiagnostic]]
  ) {
    let isKnown = all[path, default: []].contains {
      $0.range == placed.range && $0.diagnostic.code == placed.diagnostic.code
        && $0.diagnostic.message == placed.diagnostic.message
    }
    if !isKnown { all[path, default: []].append(placed) }
  }

  /// The diagnostics of a project, each with the path of the file where it is shown.
  func placedDiagnostics(of analysis: Analysis) -> [(path: String, placed: PlacedDiagnostic)] {
    let sources = analysis.result.sources
    let main = analysis.project.pipelinePath ?? analysis.project.inputs.first?.path ?? ""
    return analysis.result.diagnostics.compactMap { diagnostic in
      guard diagnostic.severity != .information else { return nil }
      if diagnostic.code == .inputMissing, !analysis.project.isStated { return nil }
      var path = main
      var range = 0..<0
      if let span = diagnostic.span, let file = sources[span.source],
        analysis.texts[self.path(of: file)] != nil
      {
        path = self.path(of: file)
        range = file.written(span)
        let text = String(decoding: file.text[range], as: UTF8.self)
        // What the environment of a run will have.
        if !analysis.unset.isEmpty, text.contains("ENV"),
          analysis.unset.contains(where: { text.contains($0) })
        {
          return nil
        }
      }
      return (
        path,
        PlacedDiagnostic(
          diagnostic: diagnostic, range: range, analysis: analysis, sources: sources)
      )
    }
  }

  // MARK: The protocol's form

  func shown(_ placed: PlacedDiagnostic, in text: LineText) -> Value {
    let diagnostic = placed.diagnostic
    var message = diagnostic.message
    var related: [Value] = []
    for note in diagnostic.notes {
      if let span = note.span, let file = placed.sources[span.source],
        let place = location(file, file.written(span))
      {
        related.append(
          .object(["location": place, "message": .string(note.message)]))
      } else if note.span == nil {
        message += "\nnote: " + note.message
      }
    }
    if let hint = diagnostic.hint { message += "\nhint: " + hint }
    return .object([
      "range": text.range(placed.range, encoding),
      "severity": .number(diagnostic.severity == .error ? 1 : 2),
      "code": .string(diagnostic.code.rawValue),
      "codeDescription": .object([
        "href": .string(about.pages + diagnostic.code.rawValue + ".md")
      ]),
      "source": .string("penstock"), "message": .string(message),
      "relatedInformation": related.isEmpty ? nil : .list(related),
    ])
  }

  /// A place in a file; nil for one that isn't on disk.
  func location(_ file: SourceFile, _ range: Range<Int>) -> Value? {
    guard !file.name.hasPrefix("<") else { return nil }
    let path = path(of: file)
    let text = documents[path]?.text ?? LineText(file.text)
    return location(path, text, range)
  }

  /// The path of a file that a compilation read.
  func path(of file: SourceFile) -> String { Paths.resolve(file.name, shownIn: root) }

  func location(_ path: String, _ text: LineText, _ range: Range<Int>) -> Value {
    .object([
      "uri": .string(documents[path]?.uri ?? DocumentURI.of(path: path)),
      "range": text.range(range, encoding),
    ])
  }

  // MARK: Code actions

  /// The hints at a range that can be carried out.
  func codeActions(_ params: Value) -> Value {
    guard let (path, document) = document(params) else { return .list([]) }
    compile()
    let range = params["range"]
    let start = document.text.offset(range?["start"], encoding)
    let end = max(start, document.text.offset(range?["end"], encoding))
    let only = params["context"]?["only"]?.items.compactMap(\.text) ?? []
    guard only.isEmpty || only.contains(where: { $0 == "" || $0.hasPrefix("quickfix") }) else {
      return .list([])
    }
    let here = (placedDiagnostics()[path] ?? []).filter {
      $0.range.lowerBound <= end && start <= $0.range.upperBound
    }
    return .list(
      here.compactMap { placed in
        guard let replacement = placed.diagnostic.replacement,
          let place = replacement.range(in: document.text.bytes, at: placed.range)
        else { return nil }
        let edit: Value = .object([
          "range": document.text.range(place, encoding), "newText": .string(replacement.new),
        ])
        return .object([
          "title": .string("write `\(replacement.new)`"), "kind": .string("quickfix"),
          "isPreferred": .bool(true),
          "diagnostics": .list([shown(placed, in: document.text)]),
          "edit": .object(["changes": .object([:]).adding(document.uri, .list([edit]))]),
        ])
      })
  }
}
