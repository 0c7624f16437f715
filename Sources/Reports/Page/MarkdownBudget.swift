/// Markdown that fits what GitHub takes for one comment: what comes first goes in first.
struct MarkdownBudget {
  /// The most that a comment may have; counted in bytes, which are never fewer than characters.
  static var limit: Int { 65_536 }
  /// Kept for what is said about what was left out, and for closing what is open.
  private static var reserve: Int { 600 }

  private(set) var text = ""
  private var size = 0
  private(set) var omitted = 0
  private var closing: [String] = []

  /// Adds lines where they fit; else counts them as left out.
  @discardableResult
  mutating func add(_ lines: String) -> Bool {
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

  /// Opens a part that is closed later, whatever happens between; false where it does not fit.
  private mutating func begin(_ start: String, closing end: String) -> Bool {
    guard fits(start.utf8.count + end.utf8.count) else {
      omitted += 1
      return false
    }
    add(start)
    closing.append(end)
    return true
  }

  /// Opens a part that is folded under its title.
  mutating func openFold(_ title: String, isOpen: Bool) -> Bool {
    begin(
      "<details\(isOpen ? " open" : "")><summary>\(MarkupText.escaped(title))</summary>\n\n",
      closing: "\n</details>\n\n")
  }

  mutating func close() {
    guard let end = closing.popLast() else { return }
    text += end
    size += end.utf8.count
  }

  /// The whole, with a word on what was left out.
  mutating func finish(_ word: (Int) -> String) -> String {
    while !closing.isEmpty { close() }
    if omitted > 0 { text += word(omitted) }
    return text
  }
}
