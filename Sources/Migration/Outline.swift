import Documents
import Text
import SourceText
import Values

/// A YAML document as its author wrote it: keys, values as text, and comments.
struct Outline {
  indirect enum Content {
    /// A scalar, or a list or map in brackets, as written; empty for an implicit null.
    case text(String)
    case map([Entry])
    case list([Item])
  }

  struct Entry {
    var key: String
    var keySpan: Span
    /// The node of the value.
    var node: NodeID
    var comments: Comments
    var content: Content
  }

  struct Item {
    var comments: Comments
    var content: Content
    var node: NodeID
  }

  /// Comments above an entry, and after it on its line.
  struct Comments {
    var above: [String] = []
    var behind: String?

    var isEmpty: Bool { above.isEmpty && behind == nil }
  }

  var entries: [Entry]
  /// Comments after all entries.
  var below: [String]
}

/// Reads the outline of a document from its tree and its text.
struct OutlineReader {
  let file: SourceFile
  let tree: Tree
  private let lines: LineTable
  /// Lines whose comments were taken.
  private var taken: Set<Int> = []
  /// Lines of multi-line texts, in which `#` doesn't start a comment.
  private var inText: Set<Int> = []

  init(_ file: SourceFile, _ tree: Tree) {
    self.file = file
    self.tree = tree
    lines = LineTable(file.text)
  }

  mutating func read() -> Outline {
    guard let root = tree.root else { return Outline(entries: [], below: []) }
    noteTexts(root)
    let entries = self.entries(of: root)
    var below: [String] = []
    for line in lines.starts.indices.reversed() {
      guard isComment(line), !taken.contains(line) else {
        if isBlank(line) { continue }
        break
      }
      below.insert(trimmed(line), at: 0)
    }
    return Outline(entries: entries, below: below)
  }

  private mutating func noteTexts(_ node: NodeID) {
    switch tree.kind(node) {
    case .map: for entry in tree.entries(node) { noteTexts(entry.value) }
    case .list: for item in tree.items(node) { noteTexts(item) }
    case .null, .bool, .int, .float, .string:
      let range = file.written(tree.span(node))
      let first = lines.line(of: range.lowerBound)
      let last = lines.line(of: max(range.lowerBound, range.upperBound - 1))
      if last > first { for line in (first + 1)...last { inText.insert(line) } }
    }
  }

  // MARK: Parts

  private mutating func entries(of node: NodeID) -> [Outline.Entry] {
    var result: [Outline.Entry] = []
    for entry in tree.entries(node) {
      let keyRange = file.written(tree.span(entry.key))
      let line = lines.line(of: keyRange.lowerBound)
      let above = commentsAbove(line)
      let content = self.content(of: entry.value)
      let behind = commentBehind(entry.value, content, key: keyRange)
      result.append(
        Outline.Entry(
          key: tree.string(entry.key), keySpan: tree.span(entry.key), node: entry.value,
          comments: .init(above: above, behind: behind), content: content))
    }
    return result
  }

  private mutating func content(of node: NodeID) -> Outline.Content {
    let isBlock = !tree.isFlow(node) && tree.count(node) > 0
    switch tree.kind(node) {
    case .map where isBlock: return .map(entries(of: tree.resolved(node)))
    case .list where isBlock:
      var items: [Outline.Item] = []
      for item in tree.items(node) {
        let start = file.written(tree.span(item)).lowerBound
        let above = commentsAbove(lines.line(of: start))
        let content = self.content(of: item)
        var behind: String?
        if case .text = content { behind = comment(from: file.written(tree.span(item)).upperBound) }
        items.append(
          Outline.Item(
            comments: .init(above: above, behind: behind), content: content, node: item))
      }
      return .list(items)
    case .map, .list, .null, .bool, .int, .float, .string:
      let real = tree.resolved(node)
      return .text(text(file.written(tree.span(real))))
    }
  }

  /// A value's text; the lines after its first one keep their relative indentation.
  private func text(_ range: Range<Int>) -> String {
    let whole = String(decoding: file.text[range], as: UTF8.self)
    var parts = whole.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    while parts.count > 1, parts.last?.allSatisfy({ $0 == " " }) == true { parts.removeLast() }
    guard parts.count > 1, let first = parts.first else { return whole }
    let rest = parts.dropFirst()
    let margin =
      rest.filter { !$0.allSatisfy { $0 == " " } }
      .map { $0.prefix { $0 == " " }.count }.min() ?? 0
    return ([String(first)] + rest.map { String($0.dropFirst(margin)) }).joined(separator: "\n")
  }

  // MARK: Comments

  private func bytes(_ line: Int) -> ArraySlice<UInt8> {
    let end = line + 1 < lines.starts.count ? lines.starts[line + 1] : file.text.count
    return file.text[lines.starts[line]..<end]
  }

  private func isBlank(_ line: Int) -> Bool { bytes(line).allSatisfy { ASCII.isSpace($0) } }

  private func isComment(_ line: Int) -> Bool {
    !inText.contains(line) && bytes(line).first { !ASCII.isSpace($0) } == .hash
  }

  private func trimmed(_ line: Int) -> String {
    ASCII.trimmed(String(decoding: bytes(line), as: UTF8.self))
  }

  private mutating func commentsAbove(_ line: Int) -> [String] {
    var found: [String] = []
    var at = line - 1
    while at >= 0, isComment(at) || isBlank(at), !taken.contains(at) {
      if isComment(at) {
        found.insert(trimmed(at), at: 0)
        taken.insert(at)
      }
      at -= 1
    }
    return found
  }

  private func commentBehind(
    _ node: NodeID, _ content: Outline.Content, key: Range<Int>
  ) -> String? {
    if case .text(let text) = content, !text.isEmpty, !tree.isAlias(node) {
      return comment(from: file.written(tree.span(node)).upperBound)
    }
    // A section, or nothing: the comment follows the key's colon.
    let line = lines.line(of: key.lowerBound)
    let end = bytes(line).endIndex
    guard let colon = file.text[min(key.upperBound, end)..<end].firstIndex(of: .colon) else {
      return nil
    }
    return comment(from: colon + 1)
  }

  /// The comment at the start of the rest of a line.
  private func comment(from offset: Int) -> String? {
    guard offset <= file.text.count else { return nil }
    let line = lines.line(of: max(0, min(offset, file.text.count) - 1))
    let end = bytes(line).endIndex
    guard offset < end else { return nil }
    let rest = file.text[offset..<end].drop { $0 == .space || $0 == .tab || $0 == .comma }
    guard rest.first == .hash else { return nil }
    return ASCII.trimmed(String(decoding: rest, as: UTF8.self))
  }
}
