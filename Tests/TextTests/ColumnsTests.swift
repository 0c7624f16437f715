import Testing
import Text

@Suite struct ColumnsTests {
  @Test func columnsAreAligned() {
    #expect(
      Columns.text([("a", "one"), ("bcd", "two")], indent: "  ") == "  a    one\n  bcd  two\n")
    #expect(Columns.text([("a", ""), ("bcd", "two")]) == "a\nbcd  two\n")
    #expect(Columns.text([]) == "")
  }

  @Test func longTextsAreFolded() {
    let rows = [("a", "one two three"), ("a-long-name", "four"), ("bc", "fiveteen")]
    #expect(
      Columns.folded(rows, indent: " ", width: 14, left: 3)
        == " a   one two\n     three\n a-long-name\n     four\n bc  fiveteen\n")
    #expect(Columns.folded([("a", "")]) == "  a\n")
    #expect(Columns.folded([]) == "")
  }

  @Test func linesHoldWhatFits() {
    #expect(Columns.wrapped("a bc  def", width: 4) == ["a bc", "def"])
    #expect(Columns.wrapped("abcdef g", width: 3) == ["abcdef", "g"])
    #expect(Columns.wrapped("表表 a", width: 6) == ["表表 a"])
    #expect(Columns.wrapped("表表 ab", width: 6) == ["表表", "ab"])
    #expect(Columns.wrapped("", width: 3).isEmpty)
  }
}
