import Diagnostics
import Documents
import Foundation
import Import
import ImportSources
import SourceText
import TestSupport
import Values

/// A folder of files, read as one source.
struct Case {
  let name: String
  var variables: [(String, String)] = []

  static let folder = Locations.repository.appending(path: "Tests/ImportSourcesTests/Cases")

  static let kinds: [SourceKind] = [
    .awsOutput, .dataflowRunner, .terraform, .cloudFormation,
    .airflow(environment: ProcessInfo.processInfo.environment),
  ]

  var files: [SourceFile] {
    get throws {
      let folder = Self.folder.appending(path: name)
      return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { file in
        SourceFile(
          name: file, text: try Locations.bytes(folder.appending(path: file)))
      }
    }
  }

  var source: ImportSource {
    get throws {
      var source = ImportSource(try files) { path, _ in
        path == "stations.json" ? SourceFile(name: path, text: Array(#"["a"]"#.utf8)) : nil
      }
      let nowhere = Span(SourceID(index: 0), 0..<0)
      source.variables = variables.map { (Spanned($0.0, nowhere), Spanned($0.1, nowhere)) }
      return source
    }
  }
}

/// What a reader yields, as a text: the bodies, the variables and where they are used, the notes.
struct Yield {
  var kind: String
  var flows: [ImportedFlow]
  var diagnostics: [Diagnostic]
  var source: ImportSource

  init(_ source: ImportSource) {
    self.source = source
    kind = "none"
    flows = []
    diagnostics = []
    guard let found = Case.kinds.first(where: { $0.recognises(source) }) else { return }
    kind = found.name
    flows = found.read(&self.source, &diagnostics)
  }

  var text: String {
    var lines = ["kind: \(kind)"]
    for flow in flows { lines += self.lines(flow) }
    lines += diagnostics.map {
      "\($0.severity): \($0.message)\(place($0.span))" + ($0.hint.map { "; \($0)" } ?? "")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func place(_ span: Span?) -> String {
    guard let span, let position = source.sources.position(of: span) else { return " (no place)" }
    return " (\(source.sources[span.source]?.name ?? ""):\(position.line):\(position.column))"
  }

  private func lines(_ flow: ImportedFlow) -> [String] {
    var lines = ["", "flow: \(flow.name)", "operation: \(flow.operation)"]
    if let region = flow.region { lines.append("region: \(region.value)\(place(region.span))") }
    if let moment = flow.moment { lines.append("moment: \(moment)") }
    var writer = CanonicalJSONWriter(pretty: true)
    writer.value(flow.body.value, revealingSecrets: true)
    lines.append(String(decoding: writer.bytes, as: UTF8.self))
    for variable in flow.variables {
      var value = CanonicalJSONWriter(pretty: false)
      value.value(variable.value, revealingSecrets: true)
      lines.append(
        "variable `\(variable.name)` \(variable.meaning) = "
          + (variable.isSecret ? "(secret)" : String(decoding: value.bytes, as: UTF8.self))
          + (variable.isKnown ? "" : " unknown") + place(variable.span)
          + (variable.summary.map { ": " + $0 } ?? ""))
      if !variable.choices.isEmpty { lines.append("  choices: \(variable.choices.count)") }
      for use in variable.uses {
        lines.append("  at \(Self.text(use.path))" + (use.range.map { " \($0)" } ?? ""))
      }
    }
    for note in flow.notes {
      lines.append("\(note.effect): `\(note.what)`: \(note.reason)\(place(note.span))")
    }
    return lines
  }

  static func text(_ path: BodyPath) -> String {
    path.map { part in
      switch part {
      case .key(let key): key
      case .index(let index): String(index)
      }
    }.joined(separator: "/")
  }
}
