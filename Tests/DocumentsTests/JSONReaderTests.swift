import Documents
import Diagnostics
import SourceText
import Testing
import Values

/// What the JSON reader accepts, what it rejects, and where.
@Suite struct JSONReaderTests {
  private static func read(_ text: [UInt8]) -> (tree: Tree?, diagnostics: [Diagnostic]) {
    var diagnostics: [Diagnostic] = []
    let tree = JSONReader.read(text, source: SourceID(index: 3), into: &diagnostics)
    return (tree, diagnostics)
  }

  /// The document written again, or nil if it is rejected.
  private static func rewritten(_ text: String) -> String? {
    guard let tree = read(Array(text.utf8)).tree, let root = tree.root else { return nil }
    var writer = CanonicalJSONWriter(pretty: false)
    writer.value(Value(tree, root), revealingSecrets: true)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// The message, hint and place of the only error; nil if there isn't exactly one.
  private static func error(_ text: String) -> (message: String, hint: String, at: Range<Int>)? {
    let diagnostics = read(Array(text.utf8)).diagnostics
    guard diagnostics.count == 1, let first = diagnostics.first, let span = first.span,
      span.source == SourceID(index: 3)
    else { return nil }
    return (first.message, first.hint ?? "", Int(span.start)..<Int(span.end))
  }

  @Test(arguments: [
    ("null", "null"), (" true ", "true"), ("\t\r\n0", "0"), ("-0", "0"), ("-12", "-12"),
    ("1.5", "1.5"), ("1.0", "1.0"), ("1e2", "1e2"), ("1E-2", "1E-2"),
    ("-1.25e+2", "-1.25e+2"), ("0.12345678901234567890", "0.12345678901234567890"),
    ("\"\"", "\"\""),
    ("[]", "[]"), ("{}", "{}"), ("[ ]", "[]"), ("[1,[2,[]],{}]", "[1,[2,[]],{}]"),
    (#"{"a":{"b":[1,2]},"c":null}"#, #"{"a":{"b":[1,2]},"c":null}"#),
    (#""\"\\\/\b\f\n\r\t\u0041\u00e9""#, #""\"\\/\b\f\n\r\tAé""#),
    (#""\ud83d\ude00""#, "\"😀\""), ("\"é😀\"", "\"é😀\""), ("\u{FEFF}[1]", "[1]"),
    ("9223372036854775807", "9223372036854775807"),
    ("18446744073709551616", "18446744073709551616"),
    ("\"\u{7F}\"", #""\u007f""#), (#"{"":1}"#, #"{"":1}"#),
  ])
  func documentsAreRead(_ text: String, _ expected: String) {
    #expect(Self.rewritten(text) == expected)
  }

  @Test(arguments: [
    ("", "the text is empty", 0..<0), ("  ", "the text is empty", 2..<2),
    ("[1,]", "a comma after the last item", 2..<3),
    (#"{"a":1,}"#, "a comma after the last entry", 6..<7),
    ("[1 2]", "expected `,` or `]`", 3..<4),
    (#"{"a" 1}"#, "expected `:` after the key `a`", 5..<6),
    ("{a: 1}", "expected a key in double quotes", 1..<2),
    ("[1}", "expected `,` or `]`", 2..<3), ("[", "the text ends inside an array", 1..<1),
    (#"{"a":"#, "the text ends inside an object", 5..<5), ("[,1]", "expected a value", 1..<2),
    ("01", "this isn't a JSON number", 0..<2), ("[+1]", "this isn't a JSON number", 1..<3),
    ("1.", "this isn't a JSON number", 0..<2), ("0x1F", "this isn't a JSON number", 0..<4),
    ("-", "expected a value", 0..<1), ("NaN", "expected a value", 0..<3),
    ("[tru]", "expected a value", 1..<4), ("'a'", "expected a value", 0..<1),
    ("1 2", "unexpected text after the end of the document", 2..<3),
    ("{}}", "unexpected text after the end of the document", 2..<3),
    ("\"a", "the string has no closing quote", 0..<1),
    ("[\"a\n\"]", "the string has no closing quote on its line", 1..<2),
    ("\"a\tb\"", "a control character inside a string", 2..<3),
    ("\"a\u{0}b\"", "a control character inside a string", 2..<3),
    (#""\x41""#, #"unknown escape `\x`"#, 1..<3),
    (#""\u12g4""#, "`\\u` needs four hexadecimal digits", 1..<7),
    (#""\u12"#, "`\\u` needs four hexadecimal digits", 1..<5),
    ("\"\\", "the text ends inside an escape", 1..<2),
    ("1e999", "the number is out of range for a double", 0..<5),
  ])
  func mistakesAreRefusedAtTheirPlace(_ text: String, _ message: String, _ place: Range<Int>) throws
  {
    let error = try #require(Self.error(text), "\(text)")
    #expect(error.message == message)
    #expect(error.at == place)
  }

  @Test(arguments: [
    ("[1, // one\n2]", "no comments"), ("# x\n{}", "no comments"), ("{} // x", "no comments"),
    ("{ /* x */ }", "no comments"), ("{'a': 1}", "double quotes"), (#"{"a": 1 "b": 2}"#, "comma"),
    ("{}{}", "single document"), (#"{"a": True}"#, "did you mean `true`?"),
    ("[undefined]", "`null`"),
    (#"{"enabled": {{ ENABLED }} }"#, "placeholder"), (#"{"a": "{{secret "x"}}"}"#, "placeholder"),
    (#"{"a": ${bucket}}"#, "placeholder"), (#"{"a": $BUCKET}"#, "placeholder"),
    (#"{"a": ADD HERE}"#, "placeholder"), (#"{"a": <%= x %>}"#, "placeholder"),
    ("[1", "missing `]`"),
    (#"{"a": "b}"#, "close it"), (#"{"path": "C:\data"}"#, #"`\\`"#), (#"{"a"= 1}"#, "`:`"),
  ])
  func hintsSayWhatWasMeant(_ text: String, _ part: String) throws {
    let error = try #require(Self.error(text), "\(text)")
    #expect(error.hint.contains(part), "\(text): \(error)")
  }

  @Test func wordsThatMayBeSecretsAreNotShown() throws {
    let error = try #require(Self.error(#"{"password": hunter2hunter2}"#))
    #expect(!error.message.contains("hunter") && !error.hint.contains("hunter"))
  }

  @Test func bytesThatAreNotUTF8AreFoundExactly() {
    let wrong: [([UInt8], Int)] = [
      ([0x22, 0x61, 0xFF, 0x22], 2), ([0x22, 0xC3, 0x22], 1), ([0x22, 0xC0, 0x80, 0x22], 1),
      ([0x22, 0xED, 0xA0, 0x80, 0x22], 1), ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], 1),
      ([0x22, 0xC3, 0xA9, 0xE2, 0x82], 3),
    ]
    for (text, place) in wrong {
      let diagnostics = Self.read(text).diagnostics
      #expect(diagnostics.first?.message == "the text isn't UTF-8 here")
      #expect(diagnostics.first?.span?.start == UInt32(place))
    }
    #expect(
      Self.read([0xFF, 0xFE, 0x7B, 0x00]).diagnostics.first?.message == "the text isn't UTF-8")
    #expect(
      Self.read([0x7B, 0x00, 0x7D, 0x00]).diagnostics.first?.message == "the text isn't UTF-8")
  }

  @Test(arguments: [#""\ud800""#, #""\udc00""#, #""\ud800\u0041""#, #""\ud800\ud800""#])
  func loneSurrogatesBecomeReplacementCharacters(_ text: String) throws {
    let tree = try #require(Self.read(Array(text.utf8)).tree)
    let root = try #require(tree.root)
    #expect(tree.string(root).unicodeScalars.first == "\u{FFFD}")
  }

  @Test func nodesHaveTheirSpans() throws {
    let text = #" {"a" : [1, "x\n"] , "b":{}} "#
    let tree = try #require(Self.read(Array(text.utf8)).tree)
    let root = try #require(tree.root)
    func quote(_ node: NodeID?) -> String? {
      node.map {
        String(
          decoding: tree.text[Int(tree.span($0).start)..<Int(tree.span($0).end)], as: UTF8.self)
      }
    }
    #expect(quote(root) == #"{"a" : [1, "x\n"] , "b":{}}"#)
    #expect(quote(tree.value(root, "a")) == #"[1, "x\n"]"#)
    #expect(quote(tree.entry(root, "a")?.key) == #""a""#)
    let items = try #require(tree.value(root, "a").map { Array(tree.items($0)) })
    #expect(items.map { quote($0) } == ["1", #""x\n""#])
    #expect(tree.string(items[1]) == "x\n")
    #expect(tree.verbatimRange(items[0]) == 9..<10)
  }

  @Test func duplicateKeysAreFoundInSmallAndLargeObjects() {
    for count in [2, 8, 16, 17, 100, 5000] {
      var text = "{" + (0..<count).map { "\"key\($0)\":1" }.joined(separator: ",")
      #expect(Self.read(Array((text + "}").utf8)).diagnostics.isEmpty)
      text += #","k\u0065y1":2}"#
      let (tree, diagnostics) = Self.read(Array(text.utf8))
      #expect(tree != nil)
      #expect(diagnostics.map(\.code) == [.jsonDuplicateKey])
      #expect(diagnostics.first?.message == "duplicate key `key1`")
      #expect(diagnostics.first?.notes.first?.span?.start == 10)
    }
  }

  @Test func keysThatCollideAreFoundAllTheSame() {
    // Keys of one hash are not easily made; many keys with few distinct texts take the same path.
    let text = "{" + (0..<3000).map { "\"k\($0 % 50)\":1" }.joined(separator: ",") + "}"
    #expect(Self.read(Array(text.utf8)).diagnostics.count == 100)
  }

  @Test func depthIsBounded() {
    let deep = JSONReader.depthLimit
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
      let inner = open == "[" ? "" : "1"
      let fits =
        String(repeating: open, count: deep) + inner + String(repeating: close, count: deep)
      #expect(Self.read(Array(fits.utf8)).tree != nil)
      let tooDeep = String(repeating: open, count: 1_000_000)
      #expect(Self.read(Array(tooDeep.utf8)).diagnostics.map(\.code) == [.jsonTooDeep])
    }
  }

  @Test func everyPrefixIsRefusedAtAPlace() {
    let text = Array(#"{"a": [1, -2.5e3, "é\u0041\n", true, null], "b": {"c": {}}}"#.utf8)
    for length in 0..<text.count {
      let (tree, diagnostics) = Self.read(Array(text[..<length]))
      #expect(tree == nil && diagnostics.count == 1)
      #expect((diagnostics.first?.span?.end).map { Int($0) <= length } ?? false)
    }
  }
}
