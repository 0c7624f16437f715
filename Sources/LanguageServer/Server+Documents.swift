import Compiler
import Values

/// Documents as the editor has them, and what is compiled of them.
extension Server {
  var files: Overlay {
    var files = Overlay(disk: disk)
    for (path, document) in documents { files.open[path] = document.text }
    return files
  }

  func didOpen(_ params: Value) {
    guard let item = params["textDocument"], let uri = item["uri"]?.text else { return }
    let path = DocumentURI.path(of: uri)
    documents[path] = TextDocument(
      uri: uri, path: path, version: item["version"]?.number ?? 0,
      text: LineText(Array((item["text"]?.text ?? "").utf8)))
    outlines[path] = nil
    isAllStale = true
  }

  func didChange(_ params: Value) {
    guard let item = params["textDocument"], let uri = item["uri"]?.text else { return }
    let path = DocumentURI.path(of: uri)
    guard documents[path] != nil else { return }
    for change in params["contentChanges"]?.items ?? [] {
      documents[path]?.apply(change, encoding)
    }
    if let version = item["version"]?.number { documents[path]?.version = version }
    outlines[path] = nil
    changed.insert(path)
  }

  func didClose(_ params: Value) -> [Value] {
    guard let uri = params["textDocument"]?["uri"]?.text else { return [] }
    let path = DocumentURI.path(of: uri)
    guard documents.removeValue(forKey: path) != nil else { return [] }
    outlines[path] = nil
    projects[path] = nil
    signatures[path] = nil
    changed.remove(path)
    isAllStale = true
    return []
  }

  /// The outline of an open document.
  func outline(_ path: String) -> Outline {
    if let known = outlines[path] { return known }
    let outline = Outline(documents[path]?.text.bytes ?? [])
    outlines[path] = outline
    return outline
  }

  // MARK: Projects

  /// Compiles what has changed.
  func compile() {
    guard isAllStale || !changed.isEmpty else { return }
    let files = files
    let finder = ProjectFinder(
      files: files, settings: settings.pipelines, root: root, builtin: builtinInputs)
    // What a pipeline is named like, and which inputs it declares, decides what other files are.
    var isStructural = isAllStale
    for path in changed.sorted() {
      let signature = signature(path)
      if signatures[path] != signature { isStructural = true }
      signatures[path] = signature
    }
    if isStructural {
      for path in documents.keys { signatures[path] = signature(path) }
    }
    for path in isStructural ? documents.keys.sorted() : changed.sorted() {
      projects[path] = finder.projects(of: path, outline(path))
    }
    let wanted = Set(projects.values.flatMap(\.self))
    let analyzer = Analyzer(files: files, root: root, surroundings: surroundings.with(settings))
    for project in analyses.keys where !wanted.contains(project) { analyses[project] = nil }
    for project in wanted {
      let last = analyses[project]
      if let last, !isAllStale, changed.allSatisfy({ last.texts[$0] == nil }) { continue }
      analyses[project] = analyzer.analyze(project, after: last ?? self.last(like: project))
    }
    isAllStale = false
    changed = []
  }

  /// Another analysis of the same pipeline: what it knows of the text before still helps.
  private func last(like project: Project) -> Analysis? {
    analyses.first { $0.key.pipeline == project.pipeline }?.value
  }

  /// What of a document decides which projects it and others belong to.
  private func signature(_ path: String) -> String {
    let outline = outline(path)
    let kind = ProjectFinder.kind(of: outline)
    var words = ["\(kind)"] + (ProjectFinder.statement(in: outline.text) ?? [])
    if kind == .pipeline, let inputs = outline.find(["inputs"]) {
      words += outline.children(inputs).compactMap { outline.name($0) }
    }
    return words.joined(separator: " ")
  }

  /// The projects of a document as compiled last, compiled now if something has changed.
  func analyses(of path: String) -> [Analysis] {
    compile()
    return (projects[path] ?? []).compactMap { analyses[$0] }
  }
}

extension Surroundings {
  /// With what the editor's settings say.
  func with(_ settings: Settings) -> Surroundings {
    var surroundings = self
    surroundings.environment.merge(settings.environment) { $1 }
    surroundings.givenTime = settings.runTime ?? givenTime
    return surroundings
  }
}
