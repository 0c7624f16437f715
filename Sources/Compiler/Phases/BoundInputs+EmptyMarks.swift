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
  func holes(in tree: Tree, _ file: SourceFile) -> [Diagnostic] {
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
      let span = Span(tree.source, mark.offset..<mark.offset)
      // The last of several alternatives decides.
      let name = mark.variables.last ?? ""
      return environment[name] == nil
        ? .templateHole(name, at: span, known: environment.keys.sorted())
        : .templateHoleOfEmpty(name, at: span)
    }
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
