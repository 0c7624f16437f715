import Reports
import Testing

/// Comments stay below GitHub's limit, are well-formed, and say what they lack.
@Suite struct MarkdownBudgetTests {
  private static func count(_ part: String, in text: String) -> Int { text.ranges(of: part).count }

  private static func note(_ count: Int) -> String { "\(count) left out\n" }

  @Test func whatFitsIsThere() {
    var budget = MarkdownBudget()
    let isThere = [budget.add("one\n"), budget.add("two\n")]
    #expect(isThere == [true, true] && budget.omitted == 0)
    let text = budget.finish(Self.note)
    #expect(text == "one\ntwo\n")
  }

  @Test(arguments: [1, 10, 1000, 64_000, 70_000])
  func itNeverGrowsBeyondTheLimit(length: Int) {
    var budget = MarkdownBudget()
    let line = String(repeating: "é", count: length / 2) + "\n"
    var added = 0
    for _ in 0..<(200_000 / max(length, 1) + 2) where budget.add(line) { added += 1 }
    let all = 200_000 / max(length, 1) + 2
    #expect(budget.omitted == all - added && budget.omitted > 0)
    let text = budget.finish(Self.note)
    #expect(text.utf8.count <= MarkdownBudget.limit)
    #expect(text.hasSuffix(Self.note(all - added)))
  }

  @Test func shorterPartsStillFit() {
    var budget = MarkdownBudget()
    let long = String(repeating: "x", count: MarkdownBudget.limit)
    let isThere = [budget.add(long), budget.add("short\n")]
    let text = budget.finish(Self.note)
    #expect(isThere == [false, true] && text == "short\n1 left out\n")
  }

  @Test func foldsAreClosed() {
    var budget = MarkdownBudget()
    let isOpen = [
      budget.openFold("a <b> | `c`", isOpen: true), budget.openFold("inner", isOpen: false),
    ]
    budget.add("text\n")
    #expect(isOpen == [true, true])
    let text = budget.finish(Self.note)
    #expect(
      text == "<details open><summary>a &lt;b&gt; &#124; &#96;c&#96;</summary>\n\n"
        + "<details><summary>inner</summary>\n\ntext\n\n</details>\n\n\n</details>\n\n")
  }

  @Test func closingWithoutAFoldDoesNothing() {
    var budget = MarkdownBudget()
    budget.close()
    let text = budget.finish(Self.note)
    #expect(text == "")
  }

  /// Folds in folds, filled until nothing fits, at every depth.
  @Test(arguments: [1, 7, 300])
  func fullFoldsAreClosedToo(size: Int) {
    var budget = MarkdownBudget()
    var refused = 0
    var depth = 0
    for number in 0..<20_000 {
      switch number % 5 {
      case 0, 1:
        if budget.openFold("fold \(number)", isOpen: number % 2 == 0) {
          depth += 1
        } else {
          refused += 1
        }
      case 2 where depth > 0:
        budget.close()
        depth -= 1
      default:
        if !budget.add(String(repeating: "y", count: size) + "\n") { refused += 1 }
      }
    }
    #expect(refused > 0 && budget.omitted == refused)
    let text = budget.finish(Self.note)
    #expect(text.utf8.count <= MarkdownBudget.limit)
    #expect(Self.count("<details", in: text) == Self.count("</details>", in: text))
    #expect(text.hasSuffix(Self.note(refused)))
  }
}
