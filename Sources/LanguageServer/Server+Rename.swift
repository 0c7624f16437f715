import Passes
import PipelineSyntax
import SourceText
import Text
import Values

/// Renames inputs, `let`s, datasets, stages and step kinds.
extension Server {
  func prepareRename(_ params: Value) throws(Failure) -> Value {
    guard let named = named(params), let (_, document) = document(params) else { return .null }
    try checkRename(named)
    return .object([
      "range": document.text.range(named.occurrence.range, encoding),
      "placeholder": .string(named.occurrence.name),
    ])
  }

  func rename(_ params: Value) throws(Failure) -> Value {
    guard let named = named(params) else {
      throw Failure(code: Failure.requestFailed, message: "there is no name to change here")
    }
    let new = params["newName"]?.text ?? ""
    try checkRename(named)
    try check(new, named)
    var changes: [(path: String, text: LineText, edits: [Value])] = []
    for place in named.places {
      let edits = place.occurrences.map { occurrence -> Value in
        .object([
          "range": place.text.range(occurrence.range, encoding), "newText": .string(new),
        ])
      }
      changes.append((place.path, place.text, edits))
    }
    if named.occurrence.kind == .input { addStatement(named, new, to: &changes) }
    return workspaceEdit(changes, named, new)
  }

  private func checkRename(_ named: Named) throws(Failure) {
    guard named.occurrence.kind == .stepKind else { return }
    let isOwn = named.places.contains { $0.occurrences.contains(where: \.isDeclaration) }
    if !isOwn {
      throw Failure(
        code: Failure.requestFailed,
        message: "`\(named.occurrence.name)` is a built-in step kind, which can't be renamed")
    }
    if !client.renamesFiles {
      throw Failure(
        code: Failure.requestFailed,
        message: "a step kind is found by its file's name, and this editor can't rename files")
    }
  }

  private func check(_ new: String, _ named: Named) throws(Failure) {
    let kind = named.occurrence.kind
    let isName = new.utf8.enumerated().allSatisfy { at, byte in
      ASCII.isLetter(byte) || byte == .underscore
        || at > 0 && (ASCII.isDigit(byte) || kind == .stepKind && byte == .hyphen)
    }
    guard isName, !new.isEmpty else {
      throw Failure(
        code: Failure.invalidParams,
        message: "`\(new)` isn't a name: use letters, digits and `_`, and begin with a letter")
    }
    guard new != named.occurrence.name else { return }
    if kind == .stepKind {
      let folder = folder(ofKind: named)
      let isTaken =
        StepDecl.Member(rawValue: new) != nil || files.isFile(folder + "step-kinds/\(new).yml")
        || knowledge.kinds.contains { $0.decl.name.value == new }
      if isTaken {
        throw Failure(
          code: Failure.requestFailed, message: "`\(new)` is taken: there is one already")
      }
      return
    }
    let shared: Set<Occurrence.Kind> = [.input, .binding]
    let taken = finder(named.path).found.contains { other in
      other.isDeclaration && other.name == new
        && (other.kind == kind || shared.contains(kind) && shared.contains(other.kind))
    }
    let isReserved =
      shared.contains(kind)
      && ["data", "stages", "run", "cluster", "true", "false", "null", "in"].contains(new)
    if taken || isReserved {
      throw Failure(
        code: Failure.requestFailed, message: "`\(new)` is taken: there is one already")
    }
  }

  private func folder(ofKind named: Named) -> String {
    let folder = Paths.folder(of: named.path)
    return folder.hasSuffix("/step-kinds/") ? Paths.folder(of: String(folder.dropLast())) : folder
  }

  /// The line `# penstock: --input NAME=…` names inputs too.
  private func addStatement(
    _ named: Named, _ new: String,
    to changes: inout [(path: String, text: LineText, edits: [Value])]
  ) {
    guard let first = changes.indices.first else { return }
    let text = changes[first].text
    let mark = Array("--input \(named.occurrence.name)=".utf8)
    for line in 0..<min(40, text.lineCount) {
      let range = text.line(line)
      let bytes = text.bytes[range]
      guard bytes.first == .hash, let found = bytes.firstRange(of: mark) else { continue }
      let start = found.lowerBound + "--input ".utf8.count
      let place = start..<(start + named.occurrence.name.utf8.count)
      changes[first].edits.append(
        .object(["range": text.range(place, encoding), "newText": .string(new)]))
    }
  }

  private func workspaceEdit(
    _ changes: [(path: String, text: LineText, edits: [Value])], _ named: Named, _ new: String
  ) -> Value {
    guard client.hasDocumentChanges else {
      var map = Value.object([:])
      for change in changes {
        let uri = documents[change.path]?.uri ?? DocumentURI.of(path: change.path)
        map = map.adding(uri, .list(change.edits))
      }
      return .object(["changes": map])
    }
    var list: [Value] = changes.map { change in
      let uri = documents[change.path]?.uri ?? DocumentURI.of(path: change.path)
      let version: Value = documents[change.path].map { .number($0.version) } ?? .null
      return .object([
        "textDocument": .object(["uri": .string(uri)]).adding("version", version),
        "edits": .list(change.edits),
      ])
    }
    if named.occurrence.kind == .stepKind {
      let folder = folder(ofKind: named) + "step-kinds/"
      let old = folder + named.occurrence.name + ".yml"
      list.append(
        .object([
          "kind": .string("rename"),
          "oldUri": .string(documents[old]?.uri ?? DocumentURI.of(path: old)),
          "newUri": .string(DocumentURI.of(path: folder + new + ".yml")),
        ]))
    }
    return .object(["documentChanges": .list(list)])
  }
}
