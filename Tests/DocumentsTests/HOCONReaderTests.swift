import Diagnostics
import Documents
import Foundation
import SourceText
import TestSupport
import Testing
import Values

/// What the HOCON reader makes of a text, what it rejects, and where. The rules are those of
/// Typesafe Config's HOCON.md.
@Suite struct HOCONReaderTests {
  private static func read(_ text: String) -> (tree: Tree?, diagnostics: [Diagnostic]) {
    var diagnostics: [Diagnostic] = []
    let tree = HOCONReader.read(
      Array(text.utf8), source: SourceID(index: 3), into: &diagnostics)
    return (tree, diagnostics)
  }

  private static func rewritten(_ text: String) -> String? {
    guard let tree = read(text).tree, let root = tree.root else { return nil }
    var writer = CanonicalJSONWriter(pretty: false)
    writer.value(Value(tree, root), revealingSecrets: true)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test(arguments: [
    // JSON is HOCON.
    (#"{"a": [1, 2.5, true, null, "x"], "b": {}}"#, #"{"a":[1,2.5,true,null,"x"],"b":{}}"#),
    ("[1, 2]", "[1,2]"), ("{}", "{}"), ("\u{FEFF}a = 1", #"{"a":1}"#),
    // Braces of the document, quotes, commas and colons may be left out.
    ("a = 1\nb : two\nc { d = x }", #"{"a":1,"b":"two","c":{"d":"x"}}"#),
    ("{ a = 1, b = 2, }", #"{"a":1,"b":2}"#), ("a = [\n 1\n 2,\n\n 3 ]", #"{"a":[1,2,3]}"#),
    ("# first\na = 1 // last\n// more", #"{"a":1}"#), ("a=1,b=2", #"{"a":1,"b":2}"#),
    ("a =\n  1", #"{"a":1}"#), ("a = 1\r\nb = 2\r\n", #"{"a":1,"b":2}"#),
    // Apostrophes aren't quotes.
    ("a = 'x'", #"{"a":"'x'"}"#),
    // Texts without quotes keep the blanks between their words.
    ("a = 10 milliseconds", #"{"a":"10 milliseconds"}"#), ("a = x  y ", #"{"a":"x  y"}"#),
    ("a = s3n-x/y", #"{"a":"s3n-x/y"}"#), ("a = 1.2.3", #"{"a":"1.2.3"}"#),
    ("a = 01", #"{"a":"01"}"#), ("a = -1e+3", #"{"a":-1e+3}"#), ("a = truely", #"{"a":"truely"}"#),
    (#"a = "x" y "z""#, #"{"a":"x y z"}"#), (#"a = "1""#, #"{"a":"1"}"#),
    // Paths of keys.
    ("a.b.c = 1\na.b.d = 2", #"{"a":{"b":{"c":1,"d":2}}}"#),
    (#""a.b".c = 1"#, #"{"a.b":{"c":1}}"#), ("a b = 1", #"{"a b":1}"#),
    ("3.14 = 1", #"{"3":{"14":1}}"#),
    // A key may be named `include`, and a text may be that.
    ("include = x, includes.include { a = 1 }", #"{"include":"x","includes":{"include":{"a":1}}}"#),
    (#"a = include "x""#, #"{"a":"include x"}"#), (#""include" = 1"#, #"{"include":1}"#),
    // Of two values the later one counts; maps are merged.
    ("a = 1\na = 2", #"{"a":2}"#), ("a { b = 1, c = 1 }\na { c = 2 }", #"{"a":{"b":1,"c":2}}"#),
    ("a { b = 1 }\na = 2\na { c = 3 }", #"{"a":{"c":3}}"#),
    ("a { b = 1 } { c = 2 }", #"{"a":{"b":1,"c":2}}"#),
    ("a = [1] [2]", #"{"a":[1,2]}"#), ("a = [1]\na += 2", #"{"a":[1,2]}"#),
    ("a += 2", #"{"a":[2]}"#),
    // Texts.
    (#"a = "x\n\u0041\ud83d\ude00\"""#, #"{"a":"x\nA😀\""}"#),
    ("a = \"\"\"x\n \"y\"\\n\"\"\"\"", #"{"a":"x\n \"y\"\\n\""}"#), ("a = \"\"", #"{"a":""}"#),
    // Substitutions.
    ("a = 1\nb = ${a}", #"{"a":1,"b":1}"#),
    ("b = ${a.c}\na { c = [1] }", #"{"b":[1],"a":{"c":[1]}}"#),
    (#"r = eu\nu = "x-"${r}"-y""#.replacing("\\n", with: "\n"), #"{"r":"eu","u":"x-eu-y"}"#),
    ("a = ${?X}\nb = [${?X}, 1]\nc = x ${?X}", #"{"b":[1],"c":"x"}"#),
    ("a = false\na = ${?X}", #"{"a":false}"#),
    ("x = true\na = false\na = ${?x}", #"{"x":true,"a":true}"#),
    ("a { b = 1 }\nc = ${a} { d = 2 }", #"{"a":{"b":1},"c":{"b":1,"d":2}}"#),
    ("a { b = 1 }\nc { d = 2 }\nc = ${a}", #"{"a":{"b":1},"c":{"d":2,"b":1}}"#),
    ("p = x\np = ${p}\":y\"", #"{"p":"x:y"}"#),
    ("a { b = ${c.d} }\nc { d = ${e} }\ne = 1", #"{"a":{"b":1},"c":{"d":1},"e":1}"#),
  ])
  func documentsAreRead(_ text: String, _ expected: String) {
    #expect(Self.read(text).diagnostics.map(\.message) == [])
    #expect(Self.rewritten(text) == expected)
  }

  @Test(arguments: [
    ("", "the text is empty", 0..<0), ("# nothing", "the text is empty", 9..<9),
    ("a 1", "expected `:` or `=` after the key", 3..<3),
    ("a = 1 b = 2", "this character has to be in double quotes", 8..<9),
    ("a = ", "the text ends where a value is expected", 4..<4),
    ("a = ,", "expected a value", 4..<5), ("a = 1,, b = 2", "there is a comma too many", 6..<7),
    ("{ a = 1", "the text ends inside an object", 7..<7),
    ("[1, 2", "the text ends inside a list", 5..<5),
    ("{} x", "unexpected text after the end of the document", 3..<4),
    ("a = 1 }", "expected a comma or a line end after the entry", 6..<7),
    ("a = \"x\n\"", "the text has no closing quote on its line", 4..<5),
    ("a = \"\"\"x", "the text has no three closing quotes", 4..<7),
    (#"a = "\q""#, "unknown escape", 5..<7),
    (#"a = "\u12""#, "`\\u` needs four hexadecimal digits", 5..<10),
    ("a = ${b", "the substitution has no `}`", 4..<7),
    ("a = ${b}", "the file doesn't set `b`", 4..<8),
    ("a = ${b}\nb = ${a}", "`${b}` refers to itself", 4..<8),
    ("a = [1] {}", "texts, lists and objects can't be joined", 8..<10),
    ("include \"x.conf\"", "includes aren't read", 0..<7),
    ("a = 1\ninclude file(\"x.conf\")", "includes aren't read", 6..<13),
    ("{ include required(classpath(\"x\")) }", "includes aren't read", 2..<9),
    ("a { include\n  url(\"https://x\") }", "includes aren't read", 4..<11),
    ("include", "expected `:` or `=` after the key", 7..<7),
    ("a = http://x", "this character has to be in double quotes", 8..<9),
    ("a = @x", "this character has to be in double quotes", 4..<5),
  ])
  func othersAreRejectedAtTheirPlace(_ text: String, _ message: String, _ at: Range<Int>) {
    let diagnostics = Self.read(text).diagnostics
    #expect(diagnostics.map(\.message) == [message])
    #expect(diagnostics.first?.code == .hoconSyntax)
    #expect(diagnostics.first?.span == Span(SourceID(index: 3), at))
  }

  @Test func depthAndSizeAreLimited() {
    let deep = String(repeating: "a{", count: 101) + String(repeating: "}", count: 101)
    #expect(
      Self.read(deep).diagnostics.map(\.message)
        == ["the document is nested deeper than 100 levels"])
    let fits = String(repeating: "a{", count: 100) + String(repeating: "}", count: 100)
    #expect(Self.read(fits).diagnostics.isEmpty)
    // Each line doubles the one before.
    let lines = (1...30).map { "a\($0) = [${a\($0 - 1)}, ${a\($0 - 1)}]" }
    let costly = "a0 = 1\n" + lines.joined(separator: "\n")
    #expect(
      Self.read(costly).diagnostics.map(\.message)
        == ["the substitutions make the document too large"])
  }

  /// A real file, cut off anywhere, and with any byte replaced: there is a tree or an error, and all
  /// places are in the text.
  @Test func brokenFilesAreRejected() throws {
    let file = Locations.repository.appending(path: "examples/snowplow-rdb/transformer.hocon")
    let text = try Locations.bytes(file)
    #expect(Self.read(String(decoding: text, as: UTF8.self)).tree != nil)
    var broken = (0..<text.count).map { Array(text[..<$0]) }
    for byte in "{}\"\\$=\n/".utf8 {
      for index in text.indices {
        var changed = text
        changed[index] = byte
        broken.append(changed)
      }
    }
    broken += text.indices.map { index in
      var changed = text
      changed[index] = 0xFF
      return changed
    }
    for bytes in broken {
      var diagnostics: [Diagnostic] = []
      let tree = HOCONReader.read(bytes, source: SourceID(index: 3), into: &diagnostics)
      let isSound =
        (tree == nil) == diagnostics.hasErrors
        && diagnostics.allSatisfy { ($0.span?.end ?? 0) <= bytes.count }
        && (tree?.nodes.indices ?? 0..<0).allSatisfy { index in
          tree.map { Int($0.span(NodeID(index: UInt32(index))).end) <= bytes.count } ?? false
        }
      #expect(isSound, "\(String(decoding: bytes, as: UTF8.self))")
    }
  }

  @Test func valuesHaveTheirPlaces() throws {
    let text = "a.b = x y\nc = ${a}"
    let tree = try #require(Self.read(text).tree)
    let root = try #require(tree.root)
    let inner = try #require(tree.value(root, "a").flatMap { tree.value($0, "b") })
    #expect(tree.span(inner) == Span(SourceID(index: 3), 6..<9))
    #expect(tree.value(root, "c").map { tree.span($0) } == Span(SourceID(index: 3), 14..<18))
  }
}
