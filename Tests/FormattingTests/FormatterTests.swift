import Diagnostics
import Formatting
import SourceText
import Testing

/// What the formatter makes of texts, rule by rule. Each result is also formatted again.
@Suite struct FormatterTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var rule: String
    var kind = FormatKind.pipeline
    var before: String
    var after: String
    var testDescription: String { rule }
  }

  static func format(_ text: String, _ kind: FormatKind) -> (text: String?, found: [Diagnostic]) {
    var found: [Diagnostic] = []
    let text = Formatter.format(
      Array(text.utf8), name: "x.yml", kind: kind, source: SourceID(index: 0), into: &found)
    return (text.map { String(decoding: $0, as: UTF8.self) }, found)
  }

  @Test(arguments: layout + comments + texts + expressions + flow + documents + ruby)
  func rule(_ one: Case) {
    let result = Self.format(one.before, one.kind)
    #expect(result.found == [])
    #expect(result.text == one.after)
    #expect(Self.format(one.after, one.kind).text == one.after)
  }

  static let layout =
    [
      Case(
        rule: "two spaces for each level, also of lists",
        before: "a:\n    b:   1\n    c:\n    - x\n    -   y: 2\n        z: 3\n",
        after: "a:\n  b: 1\n  c:\n    - x\n    - y: 2\n      z: 3\n"),
      Case(
        rule: "lists in lists begin on the line of their item",
        before: "-\n  - a\n  -\n    - b\n-\n  c: 1\n", after: "- - a\n  - - b\n- c: 1\n"),
      Case(
        rule: "one empty line at most, none at the start and end, nor below a key",
        before: "\n\na: 1\n\n\n\nb:\n\n  c: 2\n\n\n", after: "a: 1\n\nb:\n  c: 2\n"),
      Case(
        rule: "line ends, byte order marks and blanks at line ends",
        before: "\u{FEFF}a: 1  \r\nb:\t2\r\nc: |\r\n  x\r\n", after: "a: 1\nb: 2\nc: |\n  x\n"),
      Case(
        rule: "empty values stay empty", before: "a:\nb: ~\nc: null\nd: \"\"\n",
        after: "a:\nb: ~\nc: null\nd: \"\"\n"),
      Case(
        rule: "keys that need no question mark lose it",
        before: "? a\n: 1\n? |\n  b\n: 2\n", after: "a: 1\n? |\n  b\n: 2\n"),
      Case(
        rule: "anchors, aliases, merges and tags",
        before: "a:   &x\n    b:   !!str   1\nc:   *x\nd:\n    <<:   *x\n    e: &y   2\n",
        after: "a: &x\n  b: !!str 1\nc: *x\nd:\n  <<: *x\n  e: &y 2\n"),
    ]

  static let comments = [
    Case(
      rule: "comments move with what they are about",
      before:
        "# top\na:\n      # inside\n      b: 1\n      # after b\n   # also inside\n# of c\nc: 2\n# end\n",
      after: "# top\na:\n  # inside\n  b: 1\n  # after b\n# also inside\n# of c\nc: 2\n# end\n"),
    Case(
      rule: "a space after the sign, but not in lines of signs",
      before: "#a\n##b\n#--- c\n#! d\n# e  \na: 1\n", after: "# a\n##b\n#--- c\n#! d\n# e\na: 1\n"),
    Case(
      rule: "comments at the ends of adjacent lines are aligned",
      before: "a: 1 # one\nlonger: 2      # two\n\nb: 3 # three\n",
      after: "a: 1       # one\nlonger: 2  # two\n\nb: 3  # three\n"),
    Case(
      rule: "a comment that goes on below stays in its column",
      before: "a: 1  # first\n      # second\nb: 2\n",
      after: "a: 1  # first\n      # second\nb: 2\n"),
    Case(
      rule: "comments in place of a value stay below its key",
      before: "in:\n    # - s3://a\n    # - s3://b\nout:\n",
      after: "in:\n  # - s3://a\n  # - s3://b\nout:\n"),
    Case(
      rule: "comments after keys, dashes and block headers",
      before: "a:   # of a\n   b: 1\nc:\n- # of the item\n  d: 2\ne: |   # of the text\n  x\n",
      after: "a:  # of a\n  b: 1\nc:\n  -  # of the item\n    d: 2\ne: |  # of the text\n  x\n"),
    Case(
      rule: "comments after a list that isn't indented belong to what follows",
      before: "a:\n- 1\n# of b\nb: 2\n", after: "a:\n  - 1\n# of b\nb: 2\n"),
  ]

  static let texts = [
    Case(
      rule: "double quotes, unless single ones need fewer escapes",
      before: #"a: 'x'"# + "\n" + #"b: 'it''s'"# + "\n" + #"c: "say \"hi\"""# + "\n" + #"d: "a\tb""#
        + "\n",
      after: #"a: "x""# + "\n" + #"b: "it's""# + "\n" + #"c: 'say "hi"'"# + "\n" + #"d: "a\tb""#
        + "\n"),
    Case(
      rule: "texts without quotes get none, and lose none",
      before: "a: yes\nb: 'yes'\nc: 1_000\n", after: "a: yes\nb: \"yes\"\nc: 1_000\n"),
    Case(
      rule: "texts on several lines keep their lines",
      before: "a: one\n      two\n\n      three\nb: \"x\n   y\"\n",
      after: "a: one\n  two\n\n  three\nb: \"x\n  y\"\n"),
    Case(
      rule: "blocks of text keep their lines",
      before: "a: |\n     x\n       y\n\n     z\nb: >-\n   p\n   q\n\n\nc: |+\n  k\n\n\nd: 1\n",
      after: "a: |\n  x\n    y\n\n  z\nb: >-\n  p\n  q\n\nc: |+\n  k\n\n\nd: 1\n"),
    Case(
      rule: "a block that starts with blanks says how far it is indented",
      before: "a: |4\n      x\n    y\n", after: "a: |2\n    x\n  y\n"),
  ]

  static let expressions =
    [
      Case(
        rule: "blanks around operators and after commas",
        before: "a: ${ f( x,y )+-1 }\nb: ${!( a&&b )||c[ 0 ]==m.?k.orValue( {'x':1,'y':[?z]} )}\n",
        after:
          "a: ${f(x, y) + -1}\nb: \"${!(a && b) || c[0] == m.?k.orValue({'x': 1, 'y': [?z]})}\"\n"),
      Case(
        rule: "a choice needs quotes", before: "a: ${b?1:2}\n", after: "a: \"${b ? 1 : 2}\"\n"),
      Case(
        rule: "what isn't an expression stays",
        before: "a: $${x  +  y} and ${ 'a  b' }  c\nsummary: ${a+b}\n",
        after: "a: $${x  +  y} and ${'a  b'}  c\nsummary: ${a+b}\n"),
      Case(
        rule: "expressions that can't be parsed, or have comments, stay",
        before: "a: ${a +}\nb: |\n  ${a+b // why\n  }\n",
        after: "a: ${a +}\nb: |\n  ${a+b // why\n  }\n"),
      Case(
        rule: "long expressions are folded where they are loosest",
        before:
          "let:\n  a: ${config.some.long.name.of.a.flag && config.another.long.name || config.third.name == \"something\"}\n",
        after:
          "let:\n  a: >-\n    ${config.some.long.name.of.a.flag && config.another.long.name\n    || config.third.name == \"something\"}\n"
      ),
      Case(
        rule: "the results of a choice stay together",
        before:
          "a: '${config.some.long.name.of.a.flag && config.another.long.name.of.another.flag ? \"the first\" : \"another\"}'\n",
        after:
          "a: >-\n  ${config.some.long.name.of.a.flag && config.another.long.name.of.another.flag\n  ? \"the first\" : \"another\"}\n"
      ),
      Case(
        rule: "the author's lines stay", before: "a: >-\n    ${a&&\n    b||c}\n",
        after: "a: >-\n  ${a &&\n  b || c}\n"),
      Case(
        rule: "an expression on several lines becomes a block", before: "a: ${a&&\n   b}\n",
        after: "a: >-\n  ${a &&\n  b}\n"),
      Case(
        rule: "configs have no expressions", kind: .config, before: "a: ${ x }\n",
        after: "a: ${ x }\n"),
    ]

  static let flow = [
    Case(
      rule: "blanks in brackets and braces",
      before: "a: [ 1,2 ,  3 ]\nb: {x: 1,'y' : [ ]}\nc: [ {d: 1} ]\ne: [x: 1, y]\n",
      after: "a: [1, 2, 3]\nb: { x: 1, \"y\": [] }\nc: [{ d: 1 }]\ne: [x: 1, y]\n"),
    Case(
      rule: "brackets over several lines are closed up", before: "a: [\n  1,\n  2,\n]\n",
      after: "a: [1, 2]\n"),
    Case(
      rule: "what is too long, or has comments, gets lines",
      before: "a: [one, # first\n  two]\nb: { "
        + (1...12).map { "number\($0): \($0)" }.joined(separator: ", ") + " }\n",
      after: "a:\n  - one  # first\n  - two\nb:\n"
        + (1...12).map { "  number\($0): \($0)\n" }.joined()),
    Case(
      rule: "JSON stays JSON", kind: .config,
      before: "{\"a\":[1,2],\"b\":{\"c\":\"" + String(repeating: "x", count: 90) + "\"}}",
      after: "{\n  \"a\": [1, 2],\n  \"b\": {\n    \"c\": \"" + String(repeating: "x", count: 90)
        + "\"\n  }\n}\n"),
  ]

  static let documents = [
    Case(
      rule: "markers and directives", kind: .config,
      before: "%YAML 1.1\n---   # first\na:   1\n...\n# between\n---\n- b\n",
      after: "%YAML 1.1\n---  # first\na: 1\n...\n# between\n---\n- b\n"),
    Case(rule: "nothing", kind: .config, before: "\n\n", after: ""),
    Case(rule: "comments alone", kind: .config, before: "\n#a\n\n\n# b\n", after: "# a\n\n# b\n"),
  ]

  static let ruby = [
    Case(
      rule: "tags of Ruby stay as they are", kind: .config,
      before: "a:    <%= ENV['X: y'] %>\n<%# nothing %>\nb: '<%= ENV[\"Y\"] %>'   # <%= 1 %>\n",
      after: "a: <%= ENV['X: y'] %>\n<%# nothing %>\nb: '<%= ENV[\"Y\"] %>'  # <%= 1 %>\n"),
    Case(
      rule: "symbols and lists of EmrEtlRunner", kind: .config,
      before: ":aws:\n  :in:\n  - s3://a\n  :yes: no\n",
      after: ":aws:\n  :in:\n    - s3://a\n  :yes: no\n"),
  ]

  // MARK: Refusals

  @Test(arguments: [
    ("a: [1\n", DiagnosticCode.yamlSyntax),
    ("a: {{ value }}\n", .templateMark),
    ("a: *unknown\n", .yamlAlias),
    ("a: <%= ENV['X'\nb: 1\n", .formatRefused),
    ("a: \"x\u{2028}y\"\n", .formatRefused),
    ("a: \"x\u{E000}\" <%= 1 %>\n", .formatRefused),
  ])
  func aTextThatIsLeftAlone(_ text: String, _ code: DiagnosticCode) {
    let result = Self.format(text, .config)
    #expect(result.text == nil)
    #expect(result.found.map(\.code) == [code])
    #expect(result.found.allSatisfy { $0.span != nil })
  }

  @Test(arguments: [
    ("penstock: v1\n", FormatKind.pipeline), ("# x\n\"penstock\" : v1\n", .pipeline),
    ("{a: [penstock], penstock: v1}", .pipeline), ("a:\n  penstock: v1\n", .config),
    ("penstock: v1\ntests-of: x.yml\n", .tests), ("a: penstock\n", .config),
    ("- penstock\n", .config), ("penstock: v1\na: [", .pipeline),
  ])
  func theKindOfAText(_ text: String, _ kind: FormatKind) {
    #expect(FormatKind(of: Array(text.utf8)) == kind)
  }
}
