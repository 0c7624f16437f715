import Documents
import Diagnostics
import SourceText
import Testing
import Values
import YAMLSyntax

/// Places within scalars of every style.
@Suite struct DecodedTextTests {
  /// The source under each mention of a word in the first value of `text`.
  private static func source(of word: String, in text: String) -> [String] {
    let reading = Reading(text)
    guard let tree = reading.tree, let root = tree.root, let value = tree.value(root, "a") else {
      return []
    }
    let decoded = tree.withBytes(value) { Array($0) }
    let wanted = Array(word.utf8)
    guard decoded.count >= wanted.count else { return [] }
    return (0...(decoded.count - wanted.count)).filter { decoded[$0...].starts(with: wanted) }.map {
      let span = tree.span(inScalar: value, $0..<($0 + wanted.count))
      return "\(span.start):" + reading.quote(span)
    }
  }

  @Test(arguments: [
    ("a: one two", "two", ["7:two"]), ("a: one\n   two", "two", ["10:two"]),
    ("a: one\n   two", "e t", ["5:e\n   t"]), ("a: one\n\n   two", "e\nt", ["5:e\n\n   t"]),
    ("a: 'it''s two'", "two", ["10:two"]), ("a: 'it''s'", "'", ["6:''"]),
    ("a: 'x\n  y'", "y", ["8:y"]), ("a: \"x\\ty\"", "\t", ["5:\\t"]),
    ("a: \"x\\ty\"", "y", ["7:y"]),
    ("a: \"\\u00e9y\"", "y", ["10:y"]), ("a: \"\\x41\\U0001F600z\"", "z", ["18:z"]),
    ("a: \"x\\\n   \\  y\"", "y", ["13:y"]), ("a: \"x\n\n  y\"", "\n", ["6:\n"]),
    ("a: |\n  one\n  two\n", "two", ["13:two"]), ("a: |\n  one\n   two\n", " two", ["13: two"]),
    ("a: >\n  one\n  two\n", "two", ["13:two"]),
    ("a: >\n  one\n  two\n", "one two", ["7:one\n  two"]),
    ("a: >-\n  one\n\n  two\n", "two", ["15:two"]), ("a: |2-\n   one\n  two\n", "one", ["10:one"]),
    ("a: >\n  one\n    more\n  two\n", "two", ["22:two"]),
    ("a: |+\n  x\n\n\n", "\n", ["9:\n", "10:\n", "11:\n"]),
    ("a: |\r\n  one\r\n  two\r\n", "two", ["15:two"]), ("a: é 'x' y", "y", ["10:y"]),
  ])
  func wordsAreFoundInTheSource(_ text: String, _ word: String, _ expected: [String]) {
    #expect(Self.source(of: word, in: text) == expected)
  }

  @Test func stringsOfJSONToo() throws {
    var diagnostics: [Diagnostic] = []
    let text = Array(#"{"a": "\ud83d\ude00 \/x \u0041"}"#.utf8)
    let tree = try #require(
      JSONReader.read(text, source: SourceID(index: 0), into: &diagnostics))
    let value = try #require(tree.root.flatMap { tree.value($0, "a") })
    #expect(tree.string(value) == "😀 /x A")
    func quote(_ range: Range<Int>) -> String {
      let span = tree.span(inScalar: value, range)
      return String(decoding: text[Int(span.start)..<Int(span.end)], as: UTF8.self)
    }
    #expect(quote(0..<4) == #"\ud83d\ude00"#)
    #expect(quote(5..<6) == #"\/"#)
    #expect(quote(6..<7) == "x")
    #expect(quote(8..<9) == #"\u0041"#)
    #expect(quote(9..<9).isEmpty)
  }

  @Test func emptyAndRespeltScalarsHaveAPlace() throws {
    let reading = Reading("a: ''\nb: \"\"\nc: yes\nd:\ne: >\n\nf: 1\n")
    let tree = try #require(reading.tree)
    func span(_ key: String, _ range: Range<Int>) -> Span? {
      reading.node(key).map { tree.span(inScalar: $0, range) }
    }
    let id = SourceID(index: 0)
    #expect(span("a", 0..<0) == Span(id, 4, 4))
    #expect(span("b", 0..<0) == Span(id, 10, 10))
    #expect(span("c", 1..<2) == Span(id, 15, 18))
    #expect(span("d", 0..<0) == Span(id, 21, 21))
    #expect(span("f", 5..<9).map { $0.start == $0.end } ?? false)
  }
}
