import Testing
import Text

/// Searching for parts, against the definition: try every place.
@Suite struct SearchingTests {
  @Test(arguments: [
    ("", ""), ("a", ""), ("", "a"), ("abc", "abc"), ("aab", "ab"), ("ababac", "abac"),
    ("abc", "abcd"),
    ("xé", "é"), ("aaa", "aa"),
  ])
  func firstRange(text: String, part: String) {
    let (text, part) = (Array(text.utf8), Array(part.utf8))
    let expected = (0...text.count).first { text[$0...].starts(with: part) }
    let range = expected.map { $0..<$0 + part.count }
    #expect(text.firstRange(of: part) == range)
    #expect(text.contains(part) == (range != nil))
    #expect(
      String(decoding: text, as: UTF8.self).contains(String(decoding: part, as: UTF8.self))
        == (range != nil))
  }

  @Test(arguments: [
    ("a-b-c", "-", "+", "a+b+c"), ("--", "-", "", ""), ("aaa", "aa", "b", "ba"),
    ("abc", "x", "y", "abc"),
    ("abc", "", "x", "abc"), ("", "a", "b", ""), ("é e", "e", "é", "é é"),
  ])
  func replacing(text: String, part: String, new: String, expected: String) {
    #expect(text.replacing(part, with: new) == expected)
  }

  @Test(arguments: [
    ("a, b, c", ["a", "b", "c"]), (", a", ["", "a"]), ("a, , b", ["a", "", "b"]), ("", [""]),
    ("a,b", ["a,b"]),
  ])
  func split(text: String, parts: [String]) {
    #expect(text.split(around: ", ").map(String.init) == parts)
    #expect(text.split(around: "").map(String.init) == [text])
  }
}
