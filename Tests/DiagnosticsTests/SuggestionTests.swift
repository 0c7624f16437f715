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

  @Test func theDistanceHasALimit() {
    let known = ["AWS_SNOWPLOW_SECRET_KEY"]
    let name = "AWS_SNOWPLOW_ACCESS_KEY"
    #expect(Suggestion.nearest(to: name, among: known) == known[0])
    #expect(Suggestion.nearest(to: name, among: known, edits: 2) == nil)
    #expect(Suggestion.nearest(to: "AWS_SNOWPLOW_SECERT_KY", among: known, edits: 2) == known[0])
    #expect(Suggestion.nearest(to: "b", among: ["a"], edits: 2) == "a")
  }

  @Test func marksAreTakenOutOfTheText() {
    let source = MarkedSource("a1️⃣bc2️⃣")
    #expect(source.text == Array("abc".utf8))
    #expect(source.offset(1) == 1 && source.offset(2) == 3)
  }
}
