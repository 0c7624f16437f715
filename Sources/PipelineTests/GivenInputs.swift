import Diagnostics
import Host
import SourceText
import Compiler
import Documents
import PipelineSyntax
import Text
import Values
import YAMLSyntax

/// Makes the files of a run out of what a test is given.
struct GivenInputs {
  /// A document of an input.
  private enum Document {
    case file(SourceFile, path: String)
    case value(Value)
  }

  let test: TestFile
  let given: Given
  let pipeline: PipelineDecl
  let disk: any FileTree
  private var diagnostics: [Diagnostic] = []
  private let tree: Tree

  init(_ test: TestFile, _ given: Given, _ pipeline: PipelineDecl, _ disk: any FileTree) {
    self.test = test
    self.given = given
    self.pipeline = pipeline
    self.disk = disk
    tree = test.tree
  }

  /// What a run reads, and what a sandbox begins with.
  struct Made {
    var files: [InputFile] = []
    var facts: SourceFile?
    /// S3's files before the run: bucket, key, text.
    var objects: [(bucket: String, key: String, text: String)] = []
  }

  static func make(
    _ test: TestFile, _ given: Given, _ pipeline: PipelineDecl, _ disk: any FileTree,
    into diagnostics: inout [Diagnostic]
  ) -> Made {
    var inputs = GivenInputs(test, given, pipeline, disk)
    var made = Made()
    inputs.checkNames()
    for declaration in pipeline.inputs { inputs.add(declaration, to: &made) }
    inputs.addFacts(to: &made)
    diagnostics += inputs.diagnostics
    return made
  }

  private mutating func checkNames() {
    let names = pipeline.inputs.map(\.name.value)
    for input in given.inputs where !names.contains(input.name.value) {
      diagnostics.append(
        .inputNotThere(input.name.value, among: names, at: input.name.span))
    }
    for path in given.set.map(\.path) + given.unset {
      let name = InputPath(path.value)?.input ?? ""
      if !names.contains(name) {
        diagnostics.append(.inputNotThere(name, among: names, at: path.span))
      }
    }
  }

  // MARK: Inputs

  private mutating func add(_ declaration: InputDecl, to made: inout Made) {
    let name = declaration.name.value
    var documents: [Document] = []
    if let node = given.inputs.first(where: { $0.name.value == name })?.value {
      let items = tree.kind(node) == .list ? Array(tree.items(node)) : [node]
      for item in items { documents += self.documents(item, declaration) }
    }
    let sets = given.set.filter { InputPath($0.path.value)?.input == name }
    let unsets = given.unset.filter { InputPath($0.value)?.input == name }
    let isChanged = !sets.isEmpty || !unsets.isEmpty
    let firstName = documents.lazy.compactMap { document -> String? in
      if case .file(_, let path) = document { path } else { nil }
    }.first
    if !declaration.isMany, documents.count > 1 || isChanged && documents.isEmpty {
      let values = documents.compactMap { value($0, declaration) }
      guard values.count == documents.count else { return }
      documents = [.value(values.reduce(.map(ValueMap())) { Self.laid($1, over: $0) })]
    }
    if isChanged {
      var values: [Value] = []
      for document in documents {
        guard let value = value(document, declaration) else { return }
        values.append(value)
      }
      var whole: Value = declaration.isMany ? .list(values) : values.first ?? .map(ValueMap())
      for item in sets { change(&whole, item.path, to: Value(tree, item.value)) }
      for path in unsets { change(&whole, path, to: nil) }
      if declaration.isMany, case .list(let items) = whole {
        documents = items.map { .value($0) }
      } else {
        documents = [.value(whole)]
      }
    }
    for (index, document) in documents.enumerated() {
      let number = declaration.isMany ? "\(index + 1)" : ""
      made.files.append(
        InputFile(role: name, file: file(document, firstName ?? name + number + ".json")))
    }
  }

  private func file(_ document: Document, _ name: String) -> SourceFile {
    switch document {
    case .file(let file, _): return file
    case .value(let value): return SourceFile(name: name, text: Self.json(value))
    }
  }

  static func json(_ value: Value) -> [UInt8] {
    var writer = CanonicalJSONWriter(pretty: true)
    writer.value(value, revealingSecrets: true)
    writer.newline()
    return writer.bytes
  }

  private mutating func documents(_ node: NodeID, _ declaration: InputDecl) -> [Document] {
    switch tree.kind(node) {
    case .string: return files(tree.string(node), at: tree.span(node))
    case .map:
      if tree.count(node) == 1, let text = tree.value(node, "$text") {
        let name = declaration.name.value + (declaration.format == .json ? ".json" : ".yml")
        return [
          .file(SourceFile(name: name, text: Array(tree.string(text).utf8)), path: name)
        ]
      }
      return [.value(Value(tree, node))]
    case .null, .bool, .int, .float, .list: return []
    }
  }

  private mutating func files(_ written: String, at span: Span) -> [Document] {
    let path = test.besides(written)
    do throws(FileFailure) {
      guard disk.isFolder(path) else {
        return [.file(SourceFile(name: path, text: try disk.read(path)), path: path)]
      }
      var found: [Document] = []
      for name in try disk.names(in: path, withEnding: ".json") {
        let path = Files.join(path, name)
        found.append(.file(SourceFile(name: path, text: try disk.read(path)), path: path))
      }
      return found
    } catch {
      diagnostics.append(.testFileMissing(written, error.reason, at: span))
      return []
    }
  }

  /// A document's value; nil, with an error, if it can't be read.
  private mutating func value(_ document: Document, _ declaration: InputDecl) -> Value? {
    switch document {
    case .value(let value): return value
    case .file(let file, let path):
      var found: [Diagnostic] = []
      guard
        let tree = Self.tree(file, declaration.format, given.environment, into: &found),
        let root = tree.root
      else {
        let reason = found.first?.message ?? "it is empty"
        diagnostics.append(.testFileMissing(path, reason, at: declarationSpan(declaration)))
        return nil
      }
      return Value(tree, root)
    }
  }

  private func declarationSpan(_ declaration: InputDecl) -> Span {
    given.inputs.first { $0.name.value == declaration.name.value }.map { tree.span($0.value) }
      ?? test.pipeline.span
  }

  static func tree(
    _ file: SourceFile, _ format: InputDecl.Format, _ environment: [String: String],
    into diagnostics: inout [Diagnostic]
  ) -> Tree? {
    let source = SourceID(index: 0)
    switch format {
    case .json: return JSONReader.read(file.parsed, source: source, into: &diagnostics)
    case .hocon: return HOCONReader.read(file.parsed, source: source, into: &diagnostics)
    case .yaml: return YAMLReader.read(file, source: source, rules: .core, into: &diagnostics)
    case .rubyYAML:
      let rendered = TemplateRenderer.render(
        file.text, name: file.name, environment: { environment[$0] }, source: source,
        into: &diagnostics)
      return rendered.flatMap {
        YAMLReader.read($0, source: source, rules: .ruby, into: &diagnostics)
      }
    }
  }

  /// Maps are merged, other values replaced.
  static func laid(_ upper: Value, over lower: Value) -> Value {
    guard case .map(let upper) = upper, case .map(var merged) = lower else { return upper }
    for entry in upper.entries {
      merged[entry.key] = merged[entry.key].map { laid(entry.value, over: $0) } ?? entry.value
    }
    return .map(merged)
  }

  private mutating func change(_ whole: inout Value, _ path: Spanned<String>, to value: Value?) {
    guard let parts = InputPath(path.value) else { return }
    if let problem = parts.change(&whole, to: value) {
      diagnostics.append(
        .pathBlocked(path.value, problem.reason, hint: problem.hint, at: path.span))
    }
  }

  // MARK: Facts

  private mutating func addFacts(to made: inout Made) {
    guard !given.facts.isEmpty else { return }
    var whole = Value.map(ValueMap())
    for node in given.facts {
      if tree.kind(node) == .map {
        guard case .map(let map) = Value(tree, node) else { continue }
        whole = Self.facts(map, over: whole)
      } else if let value = factsFile(node) {
        whole = value
      } else {
        return
      }
    }
    guard case .map(var map) = whole else { return }
    if case .map(let buckets)? = map["s3"] {
      var listing = ValueMap()
      for bucket in buckets.entries {
        guard case .string(let name) = bucket.key else { continue }
        let objects = Self.objects(bucket.value)
        made.objects += objects.map { (name, $0.key, $0.text) }
        listing[name] = .list(objects.map { .string($0.key) })
      }
      map["s3"] = .map(listing)
    }
    made.facts = SourceFile(name: "facts.json", text: Self.json(.map(map)))
  }

  private mutating func factsFile(_ node: NodeID) -> Value? {
    let path = test.besides(tree.string(node))
    var found: [Diagnostic] = []
    do throws(FileFailure) {
      let text = try disk.read(path)
      if let tree = JSONReader.read(text, source: SourceID(index: 0), into: &found),
        let root = tree.root
      {
        return Value(tree, root)
      }
      diagnostics.append(
        .factsUnreadable(found.first?.message ?? "they are empty", at: tree.span(node)))
    } catch {
      diagnostics.append(.testFileMissing(tree.string(node), error.reason, at: tree.span(node)))
    }
    return nil
  }

  /// Buckets add to those below; what else there is replaces it.
  private static func facts(_ upper: ValueMap, over lower: Value) -> Value {
    guard case .map(var merged) = lower else { return .map(upper) }
    for entry in upper.entries {
      if case .map(let buckets) = entry.value, case .map(var known)? = merged[entry.key] {
        for bucket in buckets.entries { known[bucket.key] = bucket.value }
        merged[entry.key] = .map(known)
      } else {
        merged[entry.key] = entry.value
      }
    }
    return .map(merged)
  }

  /// A file without a text has its own name in it.
  private static func objects(_ bucket: Value) -> [(key: String, text: String)] {
    switch bucket {
    case .list(let keys):
      return keys.compactMap { key -> (String, String)? in
        if case .string(let text) = key { (text, text + "\n") } else { nil }
      }
    case .map(let files):
      return files.entries.compactMap { file -> (String, String)? in
        guard case .string(let key) = file.key, case .string(let text) = file.value else {
          return nil
        }
        return (key, text)
      }
    default: return []
    }
  }
}

extension TestFile {
  /// A path relative to the file's folder, as one relative to the current folder.
  package func besides(_ written: String) -> String {
    if written.hasPrefix("/") { return written }
    var folder = Files.folder(of: path).utf8.split(separator: .slash).map { String($0) ?? "" }
    let isAbsolute = path.hasPrefix("/")
    for part in written.utf8.split(separator: .slash).map({ String($0) ?? "" }) {
      if part == "." { continue }
      if part == "..", let last = folder.last, last != ".." {
        folder.removeLast()
      } else {
        folder.append(part)
      }
    }
    return (isAbsolute ? "/" : "") + folder.filter { $0 != "." }.joined(separator: "/")
  }
}
