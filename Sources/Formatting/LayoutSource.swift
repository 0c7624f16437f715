import Diagnostics
import Documents
import Expressions
import SourceText
import Text
import YAMLSyntax

/// A text to lay out: its events, its comments and its trees.
struct LayoutSource {
  let file: SourceFile
  let kind: FormatKind
  let source: SourceID
  let events: [YAMLEvent]
  private let extents: [EventExtent]
  private let marks: [LayoutMark]
  /// Why it must stay as it is.
  private(set) var problem: Diagnostic?

  /// Nil and at least one error if it isn't valid YAML.
  init?(
    _ file: SourceFile, _ kind: FormatKind, _ source: SourceID,
    into diagnostics: inout [Diagnostic]
  ) {
    var found: [Diagnostic] = []
    guard let events = YAMLReader.events(file, source: source, into: &found) else {
      diagnostics += found
      return nil
    }
    self.file = file
    self.kind = kind
    self.source = source
    self.events = events
    extents = EventExtent.all(events, file.text)
    marks = MarkScanner.marks(
      file.text, from: file.text.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0, around: extents)
    problem = lineSeparator ?? refusal
  }

  /// Characters that YAML takes as line ends and editors don't.
  private var lineSeparator: Diagnostic? {
    let text = file.text
    for at in text.indices.dropLast() {
      let isNextLine = text[at] == 0xC2 && text[at + 1] == 0x85
      let isSeparator =
        text[at] == 0xE2 && at + 2 < text.count && text[at + 1] == 0x80
        && (text[at + 2] == 0xA8 || text[at + 2] == 0xA9)
      if isNextLine || isSeparator {
        return .formatRefusedLineEnd(at: Span(source, at..<(at + (isNextLine ? 2 : 3))))
      }
    }
    return nil
  }

  private var rules: ScalarRules {
    switch kind {
    case .pipeline, .tests: .core
    case .config: .ruby
    }
  }

  /// What Penstock's reader refuses in one of the documents: a placeholder that looks like a map, a
  /// tag or an alias that isn't known.
  private var refusal: Diagnostic? {
    for document in documents {
      var found: [Diagnostic] = []
      if tree(of: document, into: &found) == nil { return found.first { $0.severity == .error } }
    }
    return nil
  }

  /// What looks like a mistake in how it is laid out, which may no longer show afterwards.
  var suspicions: [Diagnostic] {
    var found: [Diagnostic] = []
    for document in documents { _ = tree(of: document, into: &found) }
    return found.filter { $0.code == .yamlSuspiciousText }
  }

  /// The parts of the text with a document each.
  private var documents: [Range<Int>] {
    var starts = events.indices.filter { events[$0].kind == .documentStart }
      .map { index in index == 0 ? 0 : events[index].range.lowerBound }
    guard starts.count > 1 else { return [0..<file.text.count] }
    starts.append(file.text.count)
    return zip(starts, starts.dropFirst()).map { $0..<max($0, $1) }
  }

  private func tree(of document: Range<Int>, into found: inout [Diagnostic]) -> Tree? {
    // Blanks keep the places of what follows.
    let before = [UInt8](repeating: .newline, count: document.lowerBound)
    let text = before + file.text[document]
    let part = document.count == file.text.count ? file : SourceFile(name: file.name, text: text)
    return YAMLReader.read(part, source: source, rules: rules, into: &found)
  }

  /// The text in its canonical form; nil if a part of it can't be written so.
  var laidOut: [UInt8]? {
    var reader = LayoutReader(
      file.text, events, extents, marks, hasExpressions: kind == .pipeline)
    var printer = LayoutPrinter()
    let (documents, rest) = reader.read()
    printer.write(documents, rest)
    return printer.hasFailed ? nil : printer.writer.text
  }

  // MARK: Comparing

  /// Where the result differs in meaning; nil if it doesn't.
  func difference(from result: SourceFile, _ source: SourceID) -> Diagnostic? {
    var ignored: [Diagnostic] = []
    guard let other = LayoutSource(result, kind, source, into: &ignored), other.problem == nil
    else { return .formatRefused(at: Span(source, 0..<0)) }
    let mine = events
    let others = other.events
    for (one, two) in zip(mine, others) where !isSame(one, two) {
      return .formatRefused(at: Span(source, one.range))
    }
    if mine.count != others.count || !hasSameTrees(other) {
      return .formatRefused(at: Span(source, 0..<0))
    }
    guard comments == other.comments else {
      return .formatRefusedComment(at: Span(source, 0..<0))
    }
    return nil
  }

  private func isSame(_ one: YAMLEvent, _ two: YAMLEvent) -> Bool {
    guard one.kind == two.kind, one.anchor == two.anchor, one.tag == two.tag else { return false }
    guard one.kind == .scalar else { return true }
    if one.value == two.value, isPlain(one) == isPlain(two) { return true }
    guard kind == .pipeline, let template = ParsedText(one.value), template.hasExpression,
      let other = template.isSame(as: two.value)
    else { return false }
    return other
  }

  private func isPlain(_ event: YAMLEvent) -> Bool { event.style == .plain }

  /// Whether Penstock's own reader reads the same from both.
  private func hasSameTrees(_ other: LayoutSource) -> Bool {
    let mine = documents
    let others = other.documents
    guard mine.count == others.count else { return false }
    return zip(mine, others).allSatisfy { one, two in
      var ignored: [Diagnostic] = []
      guard let tree = tree(of: one, into: &ignored), let root = tree.root,
        let otherTree = other.tree(of: two, into: &ignored), let otherRoot = otherTree.root
      else { return false }
      return isSame(tree, root, otherTree, otherRoot)
    }
  }

  private func isSame(_ tree: Tree, _ root: NodeID, _ other: Tree, _ otherRoot: NodeID) -> Bool {
    if kind != .pipeline { return tree.isSame(root, as: other, otherRoot) }
    // The texts of expressions differ; they have been compared.
    guard tree.nodes.count == other.nodes.count else { return false }
    return tree.nodes.indices.allSatisfy { index in
      let node = NodeID(index: UInt32(clamping: index))
      return tree.kind(node) == other.kind(node) && tree.count(node) == other.count(node)
        && tree.isAlias(node) == other.isAlias(node)
    }
  }

  /// All comments, sorted.
  private var comments: [[UInt8]] {
    var comments = marks.compactMap { mark -> [UInt8]? in
      if case .comment(let comment) = mark.kind { comment.text } else { nil }
    }
    for (event, extent) in zip(events, extents)
    where event.kind == .scalar && event.style.isBlock {
      let raw = file.text[extent.content..<max(extent.content, extent.end)]
      if let range = BlockHeader(Array(raw)).comment {
        comments.append(
          LayoutComment.normal(
            raw[(raw.startIndex + range.lowerBound)..<(raw.startIndex + range.upperBound)]))
      }
    }
    return comments.sorted { $0.lexicographicallyPrecedes($1) }
  }
}

/// A text with expressions, as parsed.
private struct ParsedText {
  let template: Template
  let hasExpression: Bool

  init?(_ text: [UInt8]) {
    var ignored: [Diagnostic] = []
    let parsed = text.withUnsafeBufferPointer { bytes in
      Template.parse(bytes, locate: { Span(SourceID(index: 0), $0) }, into: &ignored)
    }
    guard let parsed else { return nil }
    template = parsed
    hasExpression = text.contains([.dollar, .openBrace])
  }

  func isSame(as other: [UInt8]) -> Bool? {
    ParsedText(other).map { template.isSame(as: $0.template) }
  }
}

/// A config with its tags of ERB rendered.
enum RenderedText {
  /// Whether two texts are the same for Penstock once their tags have values. Texts whose tags it
  /// doesn't run aren't compared.
  static func isSame(_ one: [UInt8], _ two: [UInt8]) -> Bool {
    guard one.contains([.less, .percent]) else { return true }
    guard let first = tree(of: one), let root = first.root else { return true }
    guard let second = tree(of: two), let other = second.root else { return false }
    return first.isSame(root, as: second, other)
  }

  private static func tree(of text: [UInt8]) -> Tree? {
    var found: [Diagnostic] = []
    let source = SourceID(index: 0)
    let file = TemplateRenderer.render(
      text, name: "", environment: { "value of " + $0 }, source: source, into: &found)
    return file.flatMap { YAMLReader.read($0, source: source, rules: .ruby, into: &found) }
  }
}
