import Documents
import Diagnostics
import PipelineSyntax
import SourceText

/// A file of another kind than the one it was given as.
struct Misplaced: Sendable {
  var given: String
  var kind: DocumentKinds.Kind
  var isMany: Bool
  /// The first key of the file.
  var span: Span?
  /// Where it is on the command line.
  var place: Span?
}

extension BoundInputs {
  /// Notes if an invalid file is of another kind: then nothing else is said of it.
  @discardableResult mutating func noteMisplaced(
    _ file: InputFile, _ source: SourceID, _ declaration: InputDecl
  ) -> Bool {
    var kinds = DocumentKinds(work)
    guard
      let (kind, tree) = kinds.identify(file.file, given: declaration, among: pipeline.inputs)
    else { return false }
    work.diagnostics.removeAll { $0.span?.source == source }
    let first = tree.root.flatMap { tree.entries($0).first { _ in true } }
    var span = first.map { tree.span($0.key) }
    span?.source = source
    misplaced.append(
      Misplaced(
        given: declaration.name.value, kind: kind, isMany: declaration.isMany, span: span,
        place: file.place))
    return true
  }

  /// One error for all files of an input that are of the same other kind, and one for two inputs
  /// that are swapped.
  mutating func reportMisplaced() {
    var isReported = [Bool](repeating: false, count: misplaced.count)
    for (index, file) in misplaced.enumerated() where !isReported[index] {
      let alike = misplaced.indices.filter {
        misplaced[$0].given == file.given && misplaced[$0].kind.input == file.kind.input
      }
      let back = misplaced.indices.filter {
        file.kind.input != nil && misplaced[$0].given == file.kind.input
          && misplaced[$0].kind.input == file.given
      }
      for other in alike + back { isReported[other] = true }
      if let other = back.first, let input = file.kind.input {
        work.diagnostics.append(
          .inputsSwapped(
            file.given, input, at: file.place ?? file.span,
            misplaced[other].place ?? misplaced[other].span))
      } else {
        work.diagnostics.append(
          .otherDocument(
            file.kind, instead: file.given, more: alike.count - 1, at: file.span))
      }
    }
  }
}
