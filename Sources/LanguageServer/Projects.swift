import PipelineSyntax
import Compiler
import Text
import Values

/// A pipeline with the inputs of one kind of run: what is compiled as one.
package struct Project: Hashable, Sendable {
  package enum Pipeline: Hashable, Sendable {
    case builtin(String)
    case file(String)
  }

  package struct Input: Hashable, Sendable {
    package var name: String
    package var path: String
  }

  package var pipeline: Pipeline
  /// In the order in which they would be given; a folder's files sorted by name.
  package var inputs: [Input] = []
  package var facts: String?
  /// Whether someone says that these are all its inputs: then a missing one is a mistake.
  package var isStated = false

  package var pipelinePath: String? { if case .file(let path) = pipeline { path } else { nil } }

  /// The arguments with which commands take it.
  package var arguments: [String] {
    var arguments: [String] = []
    switch pipeline {
    case .builtin(let name): arguments.append(name)
    case .file(let path): arguments.append(path)
    }
    var seen: Set<String> = []
    for input in inputs {
      let isFolder = input.name == "targets" || input.name == "enrichments"
      let path = isFolder ? Paths.folder(of: input.path) : input.path
      guard seen.insert(input.name + "=" + path).inserted else { continue }
      arguments += ["--input", "\(input.name)=\(path)"]
    }
    if let facts { arguments += ["--facts", facts] }
    return arguments
  }
}

/// Which pipelines and inputs belong together: as the settings say, as a line in a file says, by
/// files' usual names, or by what a file has in it.
struct ProjectFinder {
  let files: Overlay
  /// `penstock.pipelines` of the editor's settings.
  let settings: [Value]
  let root: String
  let builtin: [BuiltinKeys]

  /// What a document is.
  enum Kind: Equatable {
    case pipeline, stepKind, other
  }

  static func kind(of outline: Outline) -> Kind {
    let keys = Set(outline.roots.compactMap { outline.name($0) })
    if keys.contains("step-kind") { return .stepKind }
    if keys.contains("pipeline"), keys.contains("penstock") || keys.contains("stages") {
      return .pipeline
    }
    if keys.contains("penstock"), keys.contains("stages") { return .pipeline }
    return .other
  }

  /// The projects that a document belongs to, in a fixed order.
  func projects(of path: String, _ outline: Outline) -> [Project] {
    let stated = statedProjects().filter { $0.has(path) || isOwnFile(path, of: $0) }
    if !stated.isEmpty { return stated }
    switch Self.kind(of: outline) {
    case .pipeline: return [project(ofPipeline: path, outline)]
    case .stepKind:
      let folder = Paths.folder(of: path)
      guard folder.hasSuffix("/step-kinds/") else { return [] }
      return pipelines(in: Paths.folder(of: String(folder.dropLast())))
    case .other: return projects(ofInput: path, outline)
    }
  }

  private func isOwnFile(_ path: String, of project: Project) -> Bool {
    guard let pipeline = project.pipelinePath else { return false }
    return Paths.folder(of: path) == Paths.folder(of: pipeline) + "step-kinds/"
  }

  /// The pipelines of a folder, each with its inputs.
  private func pipelines(in folder: String) -> [Project] {
    let names = [".yml", ".yaml"].flatMap { files.names(in: folder, ending: $0) }
    return names.compactMap { name in
      guard let bytes = files.read(folder + name), bytes.count < 4 << 20 else { return nil }
      let outline = Outline(bytes)
      guard Self.kind(of: outline) == .pipeline else { return nil }
      return project(ofPipeline: folder + name, outline)
    }
  }

  // MARK: Settings

  func statedProjects() -> [Project] {
    settings.compactMap { setting in
      guard let named = setting["pipeline"]?.text else { return nil }
      var project = Project(pipeline: pipeline(named, in: root))
      project.isStated = true
      for (key, value) in setting.entries where key != "pipeline" {
        switch key {
        case "facts": project.facts = value.text.map { Paths.resolve($0, in: root) }
        case "inputs":
          for (name, path) in value.entries { add(name, path, in: root, to: &project) }
        default: add(key, value, in: root, to: &project)
        }
      }
      return project
    }
  }

  private func pipeline(_ name: String, in folder: String) -> Project.Pipeline {
    if !name.contains("/"), BuiltinPipelines.names.contains(name) { return .builtin(name) }
    return .file(Paths.resolve(name, in: folder))
  }

  private func add(_ name: String, _ value: Value, in folder: String, to project: inout Project) {
    for path in value.items.isEmpty ? [value] : value.items {
      if let path = path.text { add(name, path, in: folder, to: &project) }
    }
  }

  private func add(
    _ name: String, _ path: String, in folder: String, to project: inout Project
  ) {
    let path = Paths.resolve(path, in: folder)
    if files.isFolder(path) {
      for file in files.names(in: path, ending: ".json") {
        project.inputs.append(.init(name: name, path: path + "/" + file))
      }
    } else {
      project.inputs.append(.init(name: name, path: path))
    }
  }

  // MARK: A line in a file

  /// The words after `# penstock:` in the first lines of a file; nil if it has no such line.
  static func statement(in text: [UInt8]) -> [String]? {
    let mark = "penstock:"
    for line in text.split(separator: .newline, maxSplits: 40, omittingEmptySubsequences: false)
      .prefix(40)
    {
      guard line.first == .hash else { continue }
      let words = String(decoding: line.dropFirst(), as: UTF8.self)
        .split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\r" }).map(String.init)
      if words.first == mark { return Array(words.dropFirst()) }
    }
    return nil
  }

  /// Reads the words as `penstock check` would.
  private func apply(_ words: [String], in folder: String, to project: inout Project) {
    let names = ["-c": "config", "-r": "resolver", "-t": "targets", "-n": "enrichments"]
    var at = 0
    while at < words.count {
      let word = words[at]
      let next = at + 1 < words.count ? words[at + 1] : nil
      at += 1
      guard word.hasPrefix("-") else {
        project.pipeline = pipeline(word, in: folder)
        continue
      }
      guard let next else { return }
      at += 1
      if word == "--facts" {
        project.facts = Paths.resolve(next, in: folder)
      } else if word == "--input" {
        let parts = next.split(separator: "=", maxSplits: 1)
        if parts.count == 2 { add(String(parts[0]), String(parts[1]), in: folder, to: &project) }
      } else {
        add(names[word] ?? String(word.dropFirst(2)), next, in: folder, to: &project)
      }
    }
  }

  // MARK: Files' names

  private func project(ofPipeline path: String, _ outline: Outline) -> Project {
    var project = Project(pipeline: .file(path))
    let folder = Paths.folder(of: path)
    if let words = Self.statement(in: outline.text) {
      apply(words, in: folder, to: &project)
      project.pipeline = .file(path)
      project.isStated = true
      return project
    }
    let inputs = outline.find(["inputs"]).map { outline.children($0) } ?? []
    addUsual(inputs.compactMap { outline.name($0) }, in: folder, to: &project)
    return project
  }

  /// Files with the names of inputs, beside a pipeline or a configuration.
  private func addUsual(_ names: [String], in folder: String, to project: inout Project) {
    for name in names {
      if files.isFolder(folder + name) {
        add(name, name, in: folder, to: &project)
        continue
      }
      let endings = [".yml", ".yaml", ".json", ".hocon"]
      if let path = endings.map({ folder + name + $0 }).first(where: { files.isFile($0) }) {
        project.inputs.append(.init(name: name, path: path))
      }
    }
    if project.facts == nil, files.isFile(folder + "facts.json") {
      project.facts = folder + "facts.json"
    }
  }

  private func projects(ofInput path: String, _ outline: Outline) -> [Project] {
    let folder = Paths.folder(of: path)
    if let words = Self.statement(in: outline.text) {
      var project = Project(pipeline: .builtin(""))
      apply(words, in: folder, to: &project)
      guard project.pipeline != .builtin("") else { return [] }
      project.isStated = true
      if !project.has(path) {
        project.inputs.insert(.init(name: inputName(path, of: project), path: path), at: 0)
      }
      return [project]
    }
    // Beside a pipeline, or in a folder beside one.
    let name = Paths.name(of: String(folder.dropLast()))
    let parent = Paths.folder(of: String(folder.dropLast()))
    for place in name == "targets" || name == "enrichments" ? [parent, folder] : [folder] {
      let found = pipelines(in: place).filter { $0.has(path) }
      if !found.isEmpty { return found }
    }
    return builtinProject(path, outline, folder: folder, parent: parent).map { [$0] } ?? []
  }

  /// The input that a file is, by its name.
  private func inputName(_ path: String, of project: Project) -> String {
    let file = Paths.name(of: path)
    let name = file.utf8.lastIndex(of: .dot).map { String(file[..<$0]) } ?? file
    let folder = Paths.name(of: String(Paths.folder(of: path).dropLast()))
    if folder == "targets" || folder == "enrichments" { return folder }
    return name == "resolver" ? name : "config"
  }

  // MARK: Contents

  /// The built-in pipeline that a file is an input of, with the files beside it.
  private func builtinProject(
    _ path: String, _ outline: Outline, folder: String, parent: String
  ) -> Project? {
    guard let input = recognise(path, outline) else { return nil }
    let home =
      input.isMany && Paths.name(of: String(folder.dropLast())) == input.name
      ? parent : folder
    var project = Project(pipeline: .builtin(input.pipeline))
    let names = builtin.map(\.input).filter { $0.pipeline == input.pipeline }.map(\.name)
    addUsual(names, in: home, to: &project)
    guard !project.has(path) else { return project }
    // A configuration with another name takes the place of the usual one.
    if !input.isMany { project.inputs.removeAll { $0.name == input.name } }
    project.inputs.append(.init(name: input.name, path: path))
    return project
  }

  /// The input of a built-in pipeline that a document's keys fit best: all keys of its own that the
  /// schema requires and has, one level deep, and few others.
  func recognise(_ path: String, _ outline: Outline) -> BuiltinInput? {
    let isJSON = path.hasSuffix(".json")
    guard isJSON || path.hasSuffix(".yml") || path.hasSuffix(".yaml") else { return nil }
    let keys = Set(outline.roots.compactMap { outline.name($0) })
    guard !keys.isEmpty else { return nil }
    var best: (score: Int, input: BuiltinInput)?
    for candidate in builtin {
      let input = candidate.input
      guard (input.format == .json) == isJSON, input.format != .hocon else { continue }
      let score = candidate.score(outline, keys)
      if score > best?.score ?? 0 { best = (score, input) }
    }
    return best?.input
  }
}

extension Project {
  /// Whether a file is its pipeline, one of its inputs, or its facts.
  func has(_ path: String) -> Bool {
    pipelinePath == path || facts == path || inputs.contains { $0.path == path }
  }
}
