import Diagnostics
import Documents
import PipelineSyntax
import Schemas
import SourceText
import Values

extension BoundInputs {
  /// The sources, with everything that is or may be a secret hidden from excerpts.
  ///
  /// - Parameter work: the state after the last phase.
  func hidingSecrets(_ work: Work, _ diagnostics: [Diagnostic]) -> SourceSet {
    var sources = work.sources
    var library = work.library
    func isShown(_ source: SourceID) -> Bool {
      diagnostics.contains { diagnostic in
        diagnostic.span?.source == source || diagnostic.notes.contains { $0.span?.source == source }
      }
    }
    for file in readFiles where isShown(file.source) {
      guard let text = sources[file.source] else { continue }
      var ranges = SecretText.ranges(in: text.text)
      if let tree = file.tree, let path = file.declaration.schema?.value {
        var ignored: [Diagnostic] = []
        let schema =
          library.compiledBefore(path)
          ?? library.schema(path, sources: &sources, into: &ignored)
        let spans = schema?.secretSpans(of: tree, secrets: file.declaration.secrets) ?? []
        ranges += spans.map { text.written($0) }
      }
      // An unfilled template isn't a secret, and must be visible.
      let marks = diagnostics.filter { $0.code == .templateMark && $0.span?.source == file.source }
        .compactMap { $0.span.map(text.written) }
      ranges.removeAll { range in
        marks.contains { $0.overlaps(range) } || SecretText.isMark(text.text[range])
      }
      sources.hide(ranges, in: file.source)
    }
    return sources
  }
}

extension SourceSet {
  /// Hides what a pipeline's own text has of secrets, as far as it could be read.
  mutating func hideSecrets(ofPipeline name: String, _ tree: Tree?) {
    for (at, file) in files.enumerated() where file.name == name {
      let id = SourceID(index: UInt32(clamping: at))
      var ranges = SecretText.ranges(in: file.text)
      if let tree, tree.source == id, let root = tree.root {
        ranges += SecretMarks(tree: tree).spans(root).map { file.written($0) }
      }
      hide(ranges, in: id)
    }
  }
}
