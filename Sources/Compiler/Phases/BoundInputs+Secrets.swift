package import Diagnostics
import Documents
import PipelineSyntax
import Schemas
package import SourceText
import Values
import YAMLSyntax

extension BoundInputs {
  /// The sources, with everything that is or may be a secret hidden from excerpts.
  ///
  /// - Parameter work: the state after the last phase.
  func hidingSecrets(_ work: Work, _ diagnostics: [Diagnostic]) -> SourceSet {
    var sources = work.sources
    var library = work.library
    for file in readFiles
    where diagnostics.show(file.source) || unrendered[file.source].map(diagnostics.show) ?? false {
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
      sources.hideSecrets(ranges, in: file.source, diagnostics)
      if let plain = unrendered[file.source] { sources.hideSecrets(ranges, in: plain, []) }
    }
    return sources
  }
}

extension [Diagnostic] {
  /// Whether one of them points into a source.
  fileprivate func show(_ source: SourceID) -> Bool {
    contains { diagnostic in
      diagnostic.span?.source == source || diagnostic.notes.contains { $0.span?.source == source }
    }
  }

  /// Without placeholders that are a part of a hidden secret: they may belong to it.
  package func unquotingSecrets(in sources: SourceSet) -> [Diagnostic] {
    map { diagnostic in
      guard diagnostic.code == .templateMark, let span = diagnostic.span,
        let file = sources[span.source],
        file.hidden.contains(where: { $0.overlaps(file.written(span)) })
      else { return diagnostic }
      return TemplateMarks.unquoting(diagnostic)
    }
  }
}

extension SourceSet {
  /// Hides secrets of a file as written from all output. One that is nothing but an unfilled
  /// template isn't hidden: it isn't a secret, and must be visible.
  package mutating func hideSecrets(
    _ ranges: [Range<Int>], in source: SourceID, _ diagnostics: [Diagnostic]
  ) {
    guard let file = self[source] else { return }
    let marks = diagnostics.filter { $0.code == .templateMark && $0.span?.source == source }
      .compactMap { $0.span.map(file.written) }
    hide(
      ranges.filter { range in
        let value = SecretText.unquoted(file.text[range])
        if value.starts(with: "<%".utf8) { return !SecretText.isMark(value) }
        return !marks.contains {
          $0.lowerBound <= value.startIndex && value.endIndex <= $0.upperBound
        }
      }, in: source)
  }

  /// Hides what a pipeline's own text has of secrets, as far as it could be read.
  mutating func hideSecrets(ofPipeline name: String, _ tree: Tree?, _ diagnostics: [Diagnostic]) {
    var own: Set<SourceID> = []
    for part in tree?.parts?.parts ?? [] { own.insert(part.source) }
    let secrets =
      tree.map { tree in tree.root.map { SecretMarks(tree: tree).spans($0) } ?? [] } ?? []
    for (at, file) in files.enumerated() {
      let id = SourceID(index: UInt32(clamping: at))
      guard file.name == name || own.contains(id), diagnostics.show(id) else { continue }
      var ranges = SecretText.ranges(in: file.text)
      ranges += secrets.filter { $0.source == id }.map { file.written($0) }
      hide(ranges, in: id)
    }
  }
}
