import Formatting
import Testing

/// Differences by line, as edits and as a unified diff.
@Suite struct LineDiffTests {
  private static func apply(_ edits: [TextEdit], to text: [UInt8]) -> [UInt8] {
    var result = text
    for edit in edits.reversed() { result.replaceSubrange(edit.range, with: edit.text) }
    return result
  }

  @Test(arguments: [
    ("", ""), ("", "a\n"), ("a\n", ""), ("a\nb\nc\n", "a\nc\n"), ("a\nc", "a\nb\nc\n"),
    ("a\nb\nc\nd\ne\n", "x\nb\nc\ny\nz\ne\n"), ("a\na\nb\na\n", "a\nb\na\na\n"),
  ])
  func editsMakeTheNewText(_ old: String, _ new: String) {
    let diff = LineDiff(Array(old.utf8), Array(new.utf8))
    #expect(Self.apply(diff.edits, to: Array(old.utf8)) == Array(new.utf8))
    #expect(diff.hunks.isEmpty == (old == new))
  }

  @Test func onlyChangedLinesAreEdited() {
    let old = (1...40).map { "line \($0)\n" }
    var new = old
    new[3] = "other\n"
    new.remove(at: 30)
    let diff = LineDiff(Array(old.joined().utf8), Array(new.joined().utf8))
    #expect(
      diff.hunks == [
        LineDiff.Hunk(old: 3..<4, new: 3..<4), LineDiff.Hunk(old: 30..<31, new: 30..<30),
      ])
  }

  @Test func aUnifiedDiff() {
    let old = (1...12).map { "\($0)\n" }.joined()
    let new = old.split(separator: "\n").map { $0 == "6" ? "six\n" : "\($0)\n" }.joined()
    let diff = LineDiff(Array(old.utf8), Array((new + "end").utf8))
    #expect(
      diff.unified("a", "b") == """
        --- a
        +++ b
        @@ -3,10 +3,11 @@
         3
         4
         5
        -6
        +six
         7
         8
         9
         10
         11
         12
        +end
        \\ No newline at end of file

        """)
  }
}
