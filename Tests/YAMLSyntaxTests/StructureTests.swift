import Documents
import Diagnostics
import SourceText
import Testing
import Values
import YAMLSyntax

/// Spans, aliases, merge keys, duplicates and limits.
@Suite(.timeLimit(.minutes(1))) struct StructureTests {
  @Test func spansAreOfWhatWasWritten() {
    let reading = Reading(
      """
      # é comment
      käse: &a "ümlaut"   # x
      list:
      - 'one'
      -  two
      map: {x: [1,
         2], "y": }
      text: |
        first 😀
         second

      more: >-
        folded
        text
      last: *a
      empty:
      """)
    #expect(reading.quote(reading.node("käse")) == "\"ümlaut\"")
    #expect(reading.quote(reading.node("list")) == "- 'one'\n-  two")
    #expect(reading.quote(reading.node("list", "0")) == "'one'")
    #expect(reading.quote(reading.node("list", "1")) == "two")
    #expect(reading.quote(reading.node("map")) == "{x: [1,\n   2], \"y\": }")
    #expect(reading.quote(reading.node("map", "x", "1")) == "2")
    #expect(reading.quote(reading.node("map", "y")) == "")
    #expect(reading.quote(reading.node("text")) == "|\n  first 😀\n   second")
    #expect(reading.quote(reading.node("more")) == ">-\n  folded\n  text")
    #expect(reading.quote(reading.node("last")) == "*a")
    #expect(reading.quote(reading.tree?.root)?.hasPrefix("käse: ") ?? false)
    #expect(reading.quote(reading.tree?.root)?.hasSuffix("empty:") ?? false)
    #expect(reading.shape.contains("last: 'ümlaut', empty: null"))
  }

  @Test func byteOrderMarksAndLineEndsAreCounted() {
    let reading = Reading("\u{FEFF}a: 1\r\nb:\r\n  - é\r\n  - z\r\n")
    #expect(reading.quote(reading.node("b", "1")) == "z")
    #expect(reading.quote(reading.node("b")) == "- é\r\n  - z")
    #expect(Reading("\u{FEFF}a: 1").quote(Reading("\u{FEFF}a: 1").node("a")) == "1")
    #expect(Reading("a: 1\rb: é\rc: x").shape == "{a: int 1, b: 'é', c: 'x'}")
  }

  @Test func textsWithoutADocumentAreNull() {
    for text in ["", "\n\n", "# nothing\n", "---\n", "\u{FEFF}"] {
      #expect(Reading(text).shape == "null", "\(text.debugDescription)")
      #expect(Reading(text).diagnostics.isEmpty)
    }
  }

  @Test func nullsStandBehindTheirKeys() {
    let reading = Reading("a:\n  - \n  - x\nb: &n\n")
    #expect(reading.shape == "{a: [null, 'x'], b: null}")
    #expect(reading.tree?.span(reading.node("a", "0") ?? NodeID(index: 0)).start == 6)
  }

  @Test func anchorsStandForValues() {
    let reading = Reading("a: &x [1, &y two]\nb: *x\n*y : *y\n&k c: *k\n")
    #expect(reading.shape == "{a: [int 1, 'two'], b: [int 1, 'two'], two: 'two', c: 'c'}")
    #expect(Reading("a: &x 1\nb: &x 2\nc: *x\n").shape == "{a: int 1, b: int 2, c: int 2}")
  }

  @Test func wrongAliasesAreRefused() {
    let unknown = Reading("a: &base 1\nb: *bse\n")
    #expect(unknown.summary == ["yaml-alias: there is no anchor above for the alias `*bse` [*bse]"])
    #expect(unknown.hints == ["did you mean `*base`?"] && unknown.tree == nil)
    #expect(
      Reading("a: &x [1, *x]").summary == [
        "yaml-alias: the alias `*x` is inside the value it refers to [*x]"
      ])
  }

  @Test func mergeKeysBringEntries() {
    let text = """
      a: &a {x: 1, y: 2}
      b: &b {y: 3, z: 4}
      c:
        w: 0
        <<: *a
        y: own
      d:
        <<: [*b, *a]
      e: {<<: {k: 1}, "<<": text}
      f: &f {<<: *a, n: 5}
      g: {<<: *f}
      """
    let reading = Reading(text)
    #expect(reading.diagnostics.isEmpty)
    #expect(
      reading.shape == "{a: {x: int 1, y: int 2}, b: {y: int 3, z: int 4}, "
        + "c: {w: int 0, x: int 1, y: 'own'}, d: {y: int 3, z: int 4, x: int 1}, "
        + "e: {k: int 1, <<: 'text'}, f: {x: int 1, y: int 2, n: int 5}, "
        + "g: {x: int 1, y: int 2, n: int 5}}")
    #expect(reading.tree?.span(reading.node("g", "x") ?? NodeID(index: 0)).start == 10)
    #expect(
      Reading("a: {<<: 1}").summary == ["yaml-merge: `<<` takes a map or a list of maps [1]"])
    #expect(Reading("a: {<<: [{b: 1}, x]}").errors.count == 1)
  }

  @Test func duplicateKeysAreFound() {
    let small = Reading("a: 1\nb:\n  'x': 1\n  x: 2\n  \"\\x78\": 3\na: 4\n")
    #expect(
      small.summary == [
        "yaml-duplicate-key: duplicate key `x` [x]",
        "yaml-duplicate-key: duplicate key `x` [\"\\x78\"]",
        "yaml-duplicate-key: duplicate key `a` [a]",
      ])
    #expect(small.diagnostics.first?.notes.first?.span.map(small.quote) == "'x'")
    #expect(small.tree != nil)
    let lines = (0..<1000).map { "key\($0): 1" }
    #expect(Reading(lines.joined(separator: "\n")).diagnostics.isEmpty)
    let large = Reading((lines + ["key500: 2"]).joined(separator: "\n"))
    #expect(
      large.summary == ["yaml-duplicate-key: duplicate key `key500` [key500]"])
  }

  @Test func keysMustBeText() {
    #expect(Reading("[a]: 1").summary == ["yaml-key: a list or map can't be a key [[]"])
    #expect(Reading("? {a: b}\n: 1\n").errors.map(\.code) == [.yamlKey])
    #expect(Reading("a: &a []\n*a : 1\n").errors.map(\.code) == [.yamlKey])
    #expect(Reading("1: a\n~: b\ntrue: c\n").shape == "{1: 'a', ~: 'b', true: 'c'}")
  }

  @Test func oneDocumentIsRead() {
    let reading = Reading("a: 1\n---\nb: 2\n")
    #expect(
      reading.summary == [
        "yaml-several-documents: a second document starts here, and only one is read [---]"
      ])
    #expect(Reading("%YAML 1.2\n---\na: 1\n...\n").shape == "{a: int 1}")
  }

  @Test func depthIsBounded() {
    let limit = YAMLLimits.standard.depth
    let fits = String(repeating: "[", count: limit) + String(repeating: "]", count: limit)
    #expect(Reading(fits).diagnostics.isEmpty)
    for text in ["[", "{a: ", "[\n", "- ", "? ", "- ? ", ": ", "[{a: ", "!!seq [", "{"] {
      let reading = Reading(String(repeating: text, count: 20_000))
      #expect(!reading.errors.isEmpty && reading.tree == nil, "\(text)")
    }
    var chain = "a0: &a0 [x]\n"
    for index in 1...300 { chain += "a\(index): &a\(index) [*a\(index - 1)]\n" }
    #expect(Reading(chain).errors.map(\.code) == [.yamlTooDeep])
  }

  @Test func aliasBombsAreRefused() {
    var laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...12 {
      let aliases = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      laughs += "a\(level): &a\(level) [\(aliases)]\n"
    }
    #expect(Reading(laughs).errors.map(\.code) == [.yamlAlias])
    var merges = "m0: &m0 {" + (0..<500).map { "k\($0): 1" }.joined(separator: ", ") + "}\n"
    for index in 1...2000 { merges += "m\(index): {<<: *m0}\n" }
    let some = YAMLLimits(depth: 10, aliasedNodes: 100_000, diagnostics: 5)
    #expect(Reading(merges, limits: some).errors.map(\.code) == [.yamlAlias])
    let few = YAMLLimits(depth: 10, aliasedNodes: 3, diagnostics: 5)
    #expect(Reading("- &a [1]\n- *a\n- *a\n", limits: few).errors.map(\.code) == [.yamlAlias])
  }

  @Test func mistakesAreReportedUpToALimit() {
    let text = (0..<500).map { _ in "- !x 1" }.joined(separator: "\n")
    #expect(Reading(text).diagnostics.count == YAMLLimits.standard.diagnostics)
  }

  @Test func costlyTextsAreRefused() {
    let directives = (0..<100).map { "%TAG !a\($0)! x:\n" }.joined() + "--- 1\n"
    #expect(Reading(directives).errors.map(\.code) == [.yamlTooCostly])
    let blanks =
      "a" + String(repeating: " ", count: 70_000) + String(repeating: "b ", count: 2000)
    #expect(Reading(blanks).errors.map(\.code) == [.yamlTooCostly])
    #expect(Reading("a: b" + String(repeating: " ", count: 30000) + "# c\n").diagnostics.isEmpty)
  }
}
