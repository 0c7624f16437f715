import Diagnostics
import Documents
import SourceText
import Text

extension BoundInputs {
  /// Errors for template tags that left a hole in a longer value, because their variable isn't set;
  /// warnings where it is set and empty.
  ///
  /// Without a name in it, `s3://<%= ENV['CLIENT'] %>-logs/` is another bucket. A tag that is the
  /// whole value leaves a key without one, and a tag in a comment harms nothing.
  mutating func holes(in tree: Tree, _ file: SourceFile) -> [Diagnostic] {
    let marks = file.emptyMarks.filter { !$0.isDefault }
    guard !marks.isEmpty else { return [] }
    let nodes = tree.nodes.indices.map { NodeID(index: UInt32(clamping: $0)) }
    let values = nodes.filter { tree.isPartOfText($0) }.map(tree.span)
    let lists = nodes.filter { !tree.isAlias($0) && tree.isFlow($0) && tree.kind($0) == .list }
      .map(tree.span)
    let environment = work.input.environment
    return marks.compactMap { mark in
      guard
        values.contains(where: { file.isInLine(mark.offset, with: $0) })
          || lists.contains(where: { $0.start < mark.offset && mark.offset < $0.end })
            && !file.isInComment(mark.offset)
      else { return nil }
      let span = place(of: mark, in: file, tree.source)
      // The last of several alternatives decides.
      let name = mark.variables.last ?? ""
      return environment[name] == nil
        ? .templateHole(name, at: span, known: environment.keys.sorted())
        : .templateHoleOfEmpty(name, at: span)
    }
  }

  /// Blames missing values on unset variables: an error at each tag that could have given the value.
  mutating func explainEmptyMarks(
    _ violations: [Diagnostic], in file: SourceFile, of source: SourceID
  ) -> [Diagnostic] {
    guard !file.emptyMarks.isEmpty else { return violations }
    let environment = work.input.environment
    return violations.flatMap { violation -> [Diagnostic] in
      guard let span = violation.span, span.source == source else { return [violation] }
      let marks = file.emptyMarks.filter { file.isValue(at: $0.offset, after: span) }
      let wanted = marks.filter { !$0.isDefault }
      let unset = wanted.filter { $0.variables.contains { environment[$0] == nil } }
      let blamed = unset.isEmpty ? (wanted.isEmpty ? marks : wanted).prefix(1) : unset[...]
      guard !blamed.isEmpty else { return [violation] }
      return blamed.map { mark in
        .templateEmpty(
          mark.variables.filter { environment[$0] == nil }, mark.variables,
          at: place(of: mark, in: file, span.source), instead: violation,
          known: environment.keys.sorted())
      }
    }
  }

  /// The place of a tag that left nothing. Where several did so at one offset, the rendered text
  /// doesn't tell them apart, so the place is in a copy of the file as written.
  private mutating func place(
    of mark: EmptyMark, in file: SourceFile, _ source: SourceID
  ) -> Span {
    let span = Span(source, mark.offset..<mark.offset)
    let isAlone = file.emptyMarks.count { $0.offset == mark.offset } == 1
    if isAlone, file.written(span) == mark.written { return span }
    let copy =
      unrendered[source] ?? work.sources.add(SourceFile(name: file.name, text: file.text))
    unrendered[source] = copy
    return Span(copy, mark.written)
  }
}

extension Tree {
  /// Whether a node is text with a place of its own: a key, or a value other than an absent one.
  fileprivate func isPartOfText(_ node: NodeID) -> Bool {
    switch kind(node) {
    case .list, .map: false
    case .null, .bool, .int, .float, .string: !isAlias(node) && span(node).start < span(node).end
    }
  }
}

extension SourceFile {
  /// Whether there are only colons, quotes and blanks between a span and an offset.
  fileprivate func isValue(at offset: Int, after span: Span) -> Bool {
    let end = Int(span.start) == offset ? offset : Int(span.end)
    guard end <= offset, offset <= parsed.count else { return false }
    return parsed[end..<offset].allSatisfy {
      [.space, .tab, .quote, .apostrophe, .colon].contains($0)
    }
  }

  /// Whether an offset of the parsed text is in a span, or next to it but for blanks.
  fileprivate func isInLine(_ offset: Int, with span: Span) -> Bool {
    let (start, end) = (Int(span.start), Int(span.end))
    guard offset <= parsed.count, end <= parsed.count else { return false }
    if start <= offset, offset <= end { return true }
    let between = offset < start ? offset..<start : end..<offset
    return parsed[between].allSatisfy { $0 == .space || $0 == .tab }
  }

  fileprivate func isInComment(_ offset: Int) -> Bool {
    let line = (parsed[..<offset].lastIndex(of: .newline) ?? -1) + 1
    return (line..<offset).contains { at in
      parsed[at] == .hash && (at == line || [.space, .tab].contains(parsed[at - 1]))
    }
  }
}
