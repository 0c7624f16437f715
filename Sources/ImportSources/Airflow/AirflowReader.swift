package import Import
import Compiler
import Diagnostics
import Documents
import SourceText
import Subprocess
import Text
import Values

extension SourceKind {
  /// Airflow's DAGs, and programs that start clusters with boto3: Python that is read, not run.
  ///
  /// - Parameters:
  ///   - environment: the environment for Python.
  ///   - python: the Python that parses the file.
  package static func airflow(
    environment: [String: String], python: String = "python3"
  ) -> SourceKind {
    SourceKind(
      "airflow", "an Airflow DAG, or a program that calls boto3's `run_job_flow`",
      recognises: { source in
        source.files.contains { Airflow.isPython(name: $0.name, $0.text) }
      },
      read: { source, diagnostics in
        Airflow(environment: environment, python: python).read(&source, into: &diagnostics)
      })
  }
}

/// Reads Python files with Python's own parser, in a process of its own; nothing of the file runs.
///
/// The program that does this, `data/import/airflow.py`, writes JSON: for each cluster the value of
/// its request, with places and variables.
struct Airflow {
  let environment: [String: String]
  let python: String

  static func isPython(name: String, _ text: [UInt8]) -> Bool {
    if name.hasSuffix(".py") { return true }
    guard let first = text.first(where: { !ASCII.isSpace($0) }), first != .openBrace else {
      return false
    }
    func has(_ words: String) -> Bool { text.firstRange(of: Array(words.utf8)) != nil }
    return (has("import ") || has("def "))
      && (has("job_flow_overrides") || has("JOB_FLOW_OVERRIDES") || has("run_job_flow(")
        || has("EmrAddStepsOperator") || has("HadoopJarStep"))
  }

  func read(_ source: inout ImportSource, into diagnostics: inout [Diagnostic]) -> [ImportedFlow] {
    var flows: [ImportedFlow] = []
    for id in source.given {
      guard let file = source.sources[id] else { continue }
      guard let result = parse(file, id, into: &diagnostics) else { continue }
      let found = result["flows"].list.compactMap { value -> ImportedFlow? in
        var decoder = AirflowDecoder(
          source: id, size: file.text.count, given: source.variables, file: file.name,
          moment: source.moment)
        return decoder.flow(value, notes: result["notes"].list)
      }
      if found.isEmpty {
        diagnostics.append(
          .importMalformed(
            "there is no cluster and no step of EMR in it", at: Span(id, 0..<0),
            hint: "let the program print its request as JSON, and import that"))
        for note in result["notes"].list {
          let decoder = AirflowDecoder(
            source: id, size: file.text.count, given: [], file: file.name)
          guard let note = decoder.note(note), note.effect == .lost else { continue }
          diagnostics.append(.importLost(note.what, note.reason, at: note.span))
        }
      }
      flows += found
    }
    return flows
  }

  /// What the program says of a file; nil and an error if it can't be read.
  private func parse(
    _ file: SourceFile, _ id: SourceID, into diagnostics: inout [Diagnostic]
  ) -> Value? {
    guard let script = Builtins.file("data/import/airflow.py") else { return nil }
    var environment = environment
    environment["PYTHONUTF8"] = "1"
    let request = ProcessRequest(
      arguments: [python, "-I", "-S", "-c", String(decoding: script, as: UTF8.self)],
      environment: environment, timeout: 60)
    guard let ended = ProcessRunner.runToEnd(request, input: file.text), ended.status != 127 else {
      diagnostics.append(
        .importMalformed(
          "`\(python)` isn't on this machine, and only Python can read Python",
          at: Span(id, 0..<0),
          hint: "install Python 3.8 or later, or let the program print its request as JSON"))
      return nil
    }
    var ignored: [Diagnostic] = []
    guard ended.status == 0,
      let tree = JSONReader.read(ended.output, source: SourceID(index: 0), into: &ignored),
      let root = tree.root
    else {
      let last = String(decoding: ended.errors, as: UTF8.self).split(separator: "\n").last ?? ""
      diagnostics.append(
        .importMalformed(
          "Python couldn't read the file: \(VisibleText.line(String(last.prefix(200))))",
          at: Span(id, 0..<0), hint: "Python 3.8 or later is needed"))
      return nil
    }
    let value = Value(tree, root)
    if case .string(let problem) = value["error"] {
      var at = 0
      if case .int(let offset) = value["at"] { at = Int(clamping: offset) }
      let start = max(0, min(at, file.text.count))
      diagnostics.append(
        .importMalformed(
          "Python can't parse this: \(problem)",
          at: Span(id, start..<min(start + 1, file.text.count))))
      return nil
    }
    return value
  }
}

extension Value {
  fileprivate subscript(key: String) -> Value {
    if case .map(let map) = self { map[key] ?? .null } else { .null }
  }

  fileprivate var list: [Value] { if case .list(let items) = self { items } else { [] } }

  fileprivate var string: String? { if case .string(let text) = self { text } else { nil } }

  fileprivate var number: Int64? { if case .int(let number) = self { number } else { nil } }

  fileprivate var isNull: Bool { if case .null = self { true } else { false } }
}

/// Makes job flows of what the program writes.
private struct AirflowDecoder {
  let source: SourceID
  let size: Int
  let given: [(name: Spanned<String>, value: Spanned<String>)]
  /// The file's name, which is a DAG's name for want of another.
  let file: String
  var moment: Value.Timestamp?
  var variables = VariableTable()

  mutating func flow(_ value: Value, notes: [Value]) -> ImportedFlow? {
    let span = span(value["at"])
    var steps = value["steps"].list.map { draft($0) }
    var notes = notes.compactMap { note($0) }
    guard !value["body"].isNull else {
      guard !steps.isEmpty else { return nil }
      let body = Draft.members(["Steps": Draft(.list(steps), at: span)], at: span)
      return finished("steps", body, .steps(cluster: nil), value, notes)
    }
    var body = draft(value["body"])
    guard body.isMap else { return nil }
    steps = (body["Steps"]?.items ?? []) + steps
    if !steps.isEmpty { body["Steps"] = Draft(.list(steps), at: body["Steps"]?.span ?? span) }
    if value["ends"] == .bool(true), var instances = body["Instances"], instances.isMap,
      let stays = instances["KeepJobFlowAliveWhenNoSteps"]
    {
      if case .scalar(.bool(true)) = stays.content {
        instances["KeepJobFlowAliveWhenNoSteps"] = .bool(false, at: stays.span)
        body["Instances"] = instances
        notes.append(
          ImportNote(
            .told, "KeepJobFlowAliveWhenNoSteps",
            "the cluster was ended by a task; it ends after its last step now", at: stays.span))
      }
    }
    let name = body["Name"]?.known ?? value["task"].string ?? baseName
    return finished(name, body, .newCluster, value, notes)
  }

  private func finished(
    _ name: String, _ body: Draft, _ operation: ImportedFlow.Operation, _ value: Value,
    _ notes: [ImportNote]
  ) -> ImportedFlow {
    var flow = FlowDraft(name: name, body: body, variables: variables)
    flow.operation = operation
    flow.notes = notes
    let region = value["region"].list
    if region.count == 2, let text = region[0].string, let span = span(region[1]) {
      flow.region = Spanned(text, span)
    }
    return flow.finished(at: moment)
  }

  private var baseName: String {
    let last = file.split(separator: "/").last.map(String.init) ?? file
    return last.hasSuffix(".py") ? String(last.dropLast(3)) : last
  }

  func note(_ value: Value) -> ImportNote? {
    guard let what = value["what"].string, let reason = value["reason"].string else { return nil }
    return ImportNote(
      value["effect"].string == "lost" ? .lost : .told, what, reason, at: span(value["at"]))
  }

  private func span(_ value: Value) -> Span? {
    let ends = value.list.compactMap(\.number)
    guard ends.count == 2 else { return nil }
    let start = max(0, min(Int(clamping: ends[0]), size))
    return Span(source, start..<max(start, min(Int(clamping: ends[1]), size)))
  }

  private mutating func draft(_ value: Value) -> Draft {
    let span = span(value["at"])
    if case .list(let items) = value["list"] {
      return Draft(.list(items.map { draft($0) }), at: span)
    }
    if case .list(let entries) = value["map"] {
      var made: [Draft.Entry] = []
      for entry in entries.map(\.list) where entry.count == 3 {
        made.append(
          Draft.Entry(
            key: entry[0].string ?? "", keySpan: self.span(entry[1]), value: draft(entry[2])))
      }
      return Draft(.map(made), at: span)
    }
    if case .list(let pieces) = value["text"] {
      var made: [Draft.Piece] = []
      for piece in pieces.map(\.list) where piece.count == 2 {
        if piece[0].string == "k" {
          made.append(.known(piece[1].string ?? ""))
        } else {
          made.append(.variable(variable(piece[1], at: span)))
        }
      }
      return Draft(.text(Draft.merged(made)), at: span)
    }
    return Draft(.scalar(value["scalar"]), at: span)
  }

  private mutating func variable(_ row: Value, at span: Span?) -> VariableTable.ID {
    let name = row["name"].string ?? "value"
    if let format = row["time"].string {
      return variables.id(
        of: VariableTable.Row(
          name: name, meaning: .time(format: format, offset: row["offset"].number ?? 0), span: span)
      )
    }
    var made = VariableTable.Row(name: name, summary: row["summary"].string, span: span)
    if row["known"] == .bool(true) { made.value = row["value"] }
    if let given = given.first(where: { $0.name.value == name })?.value.value {
      made.value = .string(given)
    }
    return variables.id(of: made)
  }
}
