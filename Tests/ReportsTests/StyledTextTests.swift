import Reports
import Testing
import Text

@Suite struct StyledTextTests {
  private typealias Cell = StyledText.Cell

  private static func table(_ rows: [[Cell]], colored: Bool = false) -> String {
    var text = StyledText(colored: colored)
    text.table(rows)
    return text.text
  }

  @Test func columnsAreAligned() {
    let text = Self.table([
      [Cell("a"), Cell("bb"), Cell("last")], [Cell("ccc"), Cell("d"), Cell("longer than it")],
      [Cell("e")],
    ])
    #expect(text == "  a    bb  last\n  ccc  d   longer than it\n  e\n")
  }

  /// The second column begins at the same cell of the terminal in each row.
  @Test func wideCharactersTakeTwoCells() {
    let names = ["abc", "日本", "e\u{301}tude", "👍", ""]
    let lines = Self.table(names.map { [Cell($0), Cell("|")] }).split(separator: "\n")
    #expect(lines.count == names.count)
    let places = lines.map { DisplayWidth.of(String($0.prefix { $0 != "|" })) }
    #expect(places.allSatisfy { $0 == 2 + 5 + 2 }, "\(places)")
  }

  @Test func linesHaveNoSpacesAtTheirEnds() {
    let text = Self.table([[Cell("a"), Cell(""), Cell("")], [Cell("bbb"), Cell("c"), Cell("d")]])
    #expect(text == "  a\n  bbb  c  d\n")
  }

  @Test(
    arguments: [
      (StyledText.Style.plain, "x"), (.bold, "\u{1B}[1mx\u{1B}[0m"),
      (.faint, "\u{1B}[2mx\u{1B}[0m"),
      (.red, "\u{1B}[31mx\u{1B}[0m"), (.green, "\u{1B}[32mx\u{1B}[0m"),
      (.yellow, "\u{1B}[33mx\u{1B}[0m"), (.cyan, "\u{1B}[36mx\u{1B}[0m"),
    ] as [(StyledText.Style, String)])
  func stylesAreCodesOnlyInColour(style: StyledText.Style, code: String) {
    var colored = StyledText(colored: true)
    colored.line([Cell("x", style), Cell("", style)])
    #expect(colored.text == "\(code) \n")
    var plain = StyledText(colored: false)
    plain.line([Cell("x", style)])
    plain.heading("title")
    plain.table([[Cell("x", style), Cell("y", style)]])
    #expect(!plain.text.utf8.contains(0x1B))
  }

  @Test func coloursDoNotMoveColumns() {
    let rows = [[Cell("a", .red), Cell("b")], [Cell("ccc"), Cell("d", .bold)]]
    let colored = Self.table(rows, colored: true)
    let bare = colored.replacing("\u{1B}[31m", with: "").replacing("\u{1B}[1m", with: "")
      .replacing("\u{1B}[0m", with: "")
    #expect(bare == Self.table(rows) && colored != bare)
  }

  @Test(arguments: [false, true])
  func textsFromOutsideCannotAct(colored: Bool) {
    let hostile = "\u{1B}[2J\u{9B}31m\r\n\u{202E}evil\u{7}"
    let cell = Cell(hostile)
    #expect(cell.text == "\\u{1B}[2J\\u{9B}31m\\r\\n\\u{202E}evil\\u{7}")
    var text = StyledText(colored: colored)
    text.heading(hostile)
    text.line([cell], indent: 1)
    text.table([[cell, Cell("x")]])
    let bare = text.text.replacing("\u{1B}[1m", with: "").replacing("\u{1B}[0m", with: "")
    #expect(bare.split(separator: "\n").count == 3)
    #expect(bare.unicodeScalars.allSatisfy { $0 == "\n" || VisibleText.escape($0) == nil })
  }

  @Test func headingsAreSetApart() {
    var text = StyledText(colored: false)
    text.heading("one")
    text.line([Cell("a"), Cell("b")], indent: 4)
    text.heading("two")
    #expect(text.text == "one\n    a b\n\ntwo\n")
  }
}
