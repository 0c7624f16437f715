import Diagnostics
import Testing

/// Hints that say what to write.
@Suite struct HintTests {
  private func applied(_ replacement: Hint.Replacement, _ text: String, _ span: Range<Int>)
    -> String?
  {
    var bytes = Array(text.utf8)
    guard let range = replacement.range(in: bytes, at: span) else { return nil }
    bytes.replaceSubrange(range, with: replacement.new.utf8)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func aTextsLastOccurrenceIsReplaced() {
    let replacement = Hint.Replacement(.text("regin"), with: "region")
    #expect(applied(replacement, "a: regin.regin", 3..<14) == "a: regin.region")
    #expect(applied(replacement, "a: regin.regin", 3..<8) == "a: region.regin")
    #expect(applied(replacement, "a: other", 3..<8) == nil)
    #expect(applied(replacement, "a: re", 3..<99) == nil)
  }

  @Test func quotesStayAroundAContent() {
    let content = Hint.Replacement(.content, with: "x")
    #expect(applied(content, "a: 'b'", 3..<6) == "a: 'x'")
    #expect(applied(content, "a: b", 3..<4) == "a: x")
    #expect(applied(Hint.Replacement(.all, with: "1"), "a: '1'", 3..<6) == "a: 1")
  }

  @Test func aDiagnosticKeepsItUntilItsHintChanges() {
    var diagnostic = Diagnostic(
      .schemaUnknownKey, "unknown key `plaec`",
      hint: Suggestion.hint(for: "plaec", among: ["place"]))
    #expect(diagnostic.hint == "did you mean `place`?")
    #expect(diagnostic.replacement == Hint.Replacement(.text("plaec"), with: "place"))
    diagnostic.hint = "leave it out"
    #expect(diagnostic.replacement == nil)
  }
}
