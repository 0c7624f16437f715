/// Markdown that fits GitHub's limit for one comment: earlier parts take precedence.
package struct MarkdownBudget {
  /// The maximum length of a comment, counted in bytes, which are never fewer than characters.
  package static var limit: Int { 65_536 }
  /// Reserved for the note on omitted parts, and for closing open ones.
  private static var reserve: Int { 600 }

  package private(set) var text = ""
  private var size = 0
  package private(set) var omitted = 0
  private var closing: [String] = []

  package init() {}

  /// Adds lines if they fit; else counts them as omitted.
  @discardableResult
  package mutating func add(_ lines: String) -> Bool {
    let count = lines.utf8.count
    guard fits(count) else {
      omitted += 1
      return false
    }
    text += lines
    size += count
    return true
  }

  private func fits(_ count: Int) -> Bool {
    let open = closing.reduce(0) { $0 + $1.utf8.count }
    return size + count + open + Self.reserve <= Self.limit
  }

  /// Opens a part, reserving room to close it later; false if it doesn't fit.
  private mutating func begin(_ start: String, closing end: String) -> Bool {
    guard fits(start.utf8.count + end.utf8.count) else {
      omitted += 1
      return false
    }
    add(start)
    closing.append(end)
    return true
  }

  /// Opens a folded part with a title.
  package mutating func openFold(_ title: String, isOpen: Bool) -> Bool {
    begin(
      "<details\(isOpen ? " open" : "")><summary>\(MarkupText.escaped(title))</summary>\n\n",
      closing: "\n</details>\n\n")
  }

  package mutating func close() {
    guard let end = closing.popLast() else { return }
    text += end
    size += end.utf8.count
  }

  /// The whole text, with a note on what was omitted.
  package mutating func finish(_ word: (Int) -> String) -> String {
    while !closing.isEmpty { close() }
    if omitted > 0 { text += word(omitted) }
    return text
  }
}
