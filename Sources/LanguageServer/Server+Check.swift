import Compiler
package import Diagnostics
package import SourceText

/// What an editor would show, once.
extension Server {
  /// What was found in one project, or in one file that belongs to none.
  package struct Found {
    package var diagnostics: [Diagnostic]
    package var sources: SourceSet
  }

  /// Compiles the projects that files belong to.
  ///
  /// - Parameters:
  ///   - paths: absolute paths of files.
  ///   - root: the folder by which messages name them, with a final slash.
  /// - Returns: for each project what is found in it, in the order of the files; and how many files
  ///   belong to one.
  package func check(_ paths: [String], root: String) -> (found: [Found], count: Int) {
    phase = .running
    self.root = root
    for path in paths {
      guard let bytes = disk.read(path) else { continue }
      documents[path] = TextDocument(uri: path, path: path, version: 0, text: LineText(bytes))
    }
    isAllStale = true
    compile()
    var seen: Set<Project> = []
    var found: [Found] = []
    var count = 0
    for path in documents.keys.sorted() {
      let own = projects[path] ?? []
      let isKind = ProjectFinder.kind(of: outline(path)) == .stepKind
      if !own.isEmpty || isKind { count += 1 }
      if isKind, !own.contains(where: { usesKind(path, analyses[$0]) }) {
        let (diagnostics, sources) = checkStepKind(path)
        found.append(Found(diagnostics: diagnostics, sources: sources))
      }
      for project in own where seen.insert(project).inserted {
        guard let analysis = analyses[project] else { continue }
        found.append(
          Found(
            diagnostics: placedDiagnostics(of: analysis).map(\.placed.diagnostic),
            sources: analysis.result.sources))
      }
    }
    return (found, count)
  }
}
