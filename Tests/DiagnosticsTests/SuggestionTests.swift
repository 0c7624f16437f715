import Diagnostics
import TestSupport
import Testing

@Suite struct SuggestionTests {
  @Test(arguments: [
    ("regoin", "region"), ("Region", "region"), ("buckts", "buckets"), ("xyz", nil), ("", nil),
    ("b", "a"),
  ])
  func findsTheNearest(name: String, expected: String?) {
    #expect(Suggestion.nearest(to: name, among: ["region", "buckets", "a"]) == expected)
  }

  @Test func marksAreTakenOutOfTheText() {
    let source = MarkedSource("a1️⃣bc2️⃣")
    #expect(source.text == Array("abc".utf8))
    #expect(source.offset(1) == 1 && source.offset(2) == 3)
  }
}
