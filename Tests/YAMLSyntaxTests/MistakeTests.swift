import Diagnostics
import SourceText
import Testing
import Values
import YAMLSyntax

/// What is said of mistakes: the message, what is under it, and the hint.
@Suite struct MistakeTests {
  /// A mistake, its only diagnostic with the text under it, and a part of the hint.
  struct Mistake: Sendable, CustomTestStringConvertible {
    var text: String
    var message: String
    var under: String
    var hint: String

    init(_ text: String, _ message: String, _ under: String, _ hint: String) {
      self.text = text
      self.message = message
      self.under = under
      self.hint = hint
    }

    var testDescription: String { text.debugDescription }
  }

  static let mistakes: [Mistake] = [
    // Spaces that are missing.
    Mistake(
      "a:\n  key: 1\n  secret_access_key:hunter2\n  b: 2\n",
      "no space after the colon of `secret_access_key`", "secret_access_key:", "add a space"),
    Mistake(
      "a:\n  :key: 1\n  :secret_key:hunter2\n", "no space after the colon of `:secret_key`",
      ":secret_key:", "add a space"),
    Mistake(
      "in:\n  - a\n  b\n", "expected `key: value`, found only text", "b", "indent text"),
    Mistake("a: 1\n-\"x\"\n", "no space after the dash", "-", "`- item`"),
    // Colons.
    Mistake("a: b: c\n", "a second `: ` on this line", ":", "quotes"),
    Mistake("a: 1\n  b: 2\n", "a key isn't allowed here", "b", "indented too far"),
    // Indentation.
    Mistake(
      "a:\n    b: 1\n  c: 2\n", "the indentation of this line doesn't match any line above", "c",
      "in the same column"),
    Mistake(
      "a:\n  - 1\n  -\n   - 2\n  b: 1\n",
      "the indentation of this line doesn't match any line above", "b", "in the same column"),
    Mistake("a:\n\tb: 1\n", "a tab indents this line", "\t", "spaces"),
    Mistake("a:\n  b: 1\n  \tc: 2\n", "a tab indents this line", "\t", "spaces"),
    Mistake("a:\tb:\tc\n", "a second `: ` on this line", ":", "quotes"),
    // Quotes.
    Mistake(
      "a: 'x\nb: 'y'\nc: 1\n", "the quote that opens here isn't closed on its line", "'", "`''`"),
    Mistake("a: \"x\nb: 1\n", "the quote that opens here isn't closed", "\"", "close it"),
    Mistake("a: 'it's'\n", "unexpected text after the closing quote", "s", "as `''`"),
    Mistake("a: \"\\d\"\n", "unknown escape in double quotes", "\\d", "single quotes"),
    Mistake("a: \"\\x4\"\n", "this escape isn't a valid character", "\\x", "two hexadecimal"),
    Mistake("a: \"x\" y\n", "unexpected text after the closing quote", "y", "close it"),
    // Brackets.
    Mistake("a: [1, 2\nb: 3\n", "expected `,` or `]`", ":", ""),
    Mistake("a: [1, 2", "expected `,` or `]`", "", "close it with"),
    Mistake("a: {x: 1", "expected `,` or `}`", "", "close it with"),
    Mistake("a: [1]]\n", "unexpected text after the value", "]", "quotes"),
    Mistake("a: ]\n", "expected a value", "]", "quotes"),
    Mistake("a: [1,,2]\n", "expected a value", ",", "quotes"),
    // Characters that start no text.
    Mistake("a: @home\n", "a value can't start with `@`", "@", "quotes"),
    Mistake("a: `date`\n", "a value can't start with ```", "`", "quotes"),
    Mistake("a: %x\n", "a value can't start with `%`", "%", "quotes"),
    Mistake("a: *.gz\n", "`*` starts an alias, but no name follows", "*", "quotes"),
    Mistake("a: *glob\n", "there is no anchor above for the alias `*glob`", "*glob", "quotes"),
    Mistake("a: & b\n", "`&` starts an anchor, but no name follows", "&", "quotes"),
    Mistake("a: !<x\n", "`!` starts a tag, but this isn't a valid tag", "!", "quotes"),
    Mistake("a: !x!y z\n", "`!` starts a tag, but this isn't a valid tag", "!", "quotes"),
    Mistake(
      "%FOO x\n", "a line that starts with `%` isn't a directive of YAML 1.1 or 1.2", "%FOO x",
      "quotes"),
    // Lists, blocks and documents.
    Mistake("a: - b\n", "a list item can't start here", "-", "its own line"),
    Mistake("a: |x\n  b\n", "unexpected text after a block's `|` or `>`", "x", "next line"),
    Mistake(
      "[a]\nb\n", "unexpected text after the end of the document", "b", "indented too little"),
    Mistake("a: 1\n? b\n ? c\n", "", "", ""),
    // Templates.
    Mistake(
      "a: {{X}}\n", "the placeholder `{{X}}` was not filled in", "{{X}}", "put the value here"),
    Mistake(
      "a: {{ .X }}/b\n", "the placeholder `{{ .X }}` was not filled in", "{{ .X }}", "put"),
    Mistake("a: [{{X}}]\n", "the placeholder `{{X}}` was not filled in", "{{X}}", "put"),
    Mistake(
      "{% if x %}\na: 1\n", "the placeholder `{% if x %}` was not filled in", "{% if x %}",
      "put"),
    Mistake(
      "a: '<%= ENV['X'] %>'\n", "a Ruby template tag `<%` isn't allowed here", "<%",
      "rendered"),
  ].filter { !$0.message.isEmpty }

  @Test(arguments: mistakes)
  func mistakesAreExplained(_ mistake: Mistake) throws {
    let reading = Reading(mistake.text)
    #expect(reading.tree == nil)
    try #require(reading.diagnostics.count == 1, "\(reading.summary)")
    let diagnostic = try #require(reading.diagnostics.first)
    #expect(diagnostic.message == mistake.message)
    #expect(diagnostic.span.map(reading.quote) == mistake.under)
    #expect((diagnostic.hint ?? "").contains(mistake.hint), "\(diagnostic.hint ?? "")")
    #expect(!"\(diagnostic)".contains("hunter2"))
  }

  @Test func textsThatLookLikeItemsAndKeysAreWarnedOf() {
    let dash = Reading("in:\n  -\"s3n://a\"\n  -\"s3n://b\"\nout: x\n")
    #expect(dash.tree != nil && dash.errors.isEmpty)
    #expect(
      dash.summary == [
        "yaml-suspicious-text: text that starts with a dash and a quote isn't a list item [-]"
      ])
    let key = Reading("aws:\n  secret_key:hunter2\n")
    #expect(key.summary.count == 1 && key.errors.isEmpty)
    #expect(key.summary.first?.hasSuffix("[secret_key:]") ?? false)
    #expect(!"\(key.diagnostics)".contains("hunter2"))
    #expect(Reading("-foo: bar\n").diagnostics.map(\.code) == [.yamlSuspiciousText])
    for fine in [
      "a:\n  s3://bucket/x\n", "a:\n  iglu:com.acme/x\n", "a: -Xmx1g\n", "a: b:c\n", "- a:b\n",
      "a:\n  arn:aws:iam::1:role/x\n", "a: --key\n", "a:\n  word\n", "{-a: 1}\n",
    ] {
      #expect(Reading(fine).diagnostics.isEmpty, "\(fine)")
    }
  }

  @Test func datesOfRubyAreWarnedOf() {
    func codes(_ text: String, _ rules: ScalarRules) -> [DiagnosticCode] {
      Reading(text, rules: rules).diagnostics.map(\.code)
    }
    for date in [
      "2026-01-15", "2026-01-15 03:00:00", "2026-01-15T03:00:00Z", "2026-12-31 03:00:00.5 +01:00",
    ] {
      #expect(codes("a: \(date)\n", .ruby) == [.yamlSuspiciousText], "\(date)")
      #expect(codes("- \(date)\n", .ruby) == [.yamlSuspiciousText])
      #expect(codes("a: '\(date)'\n", .ruby) == [])
      #expect(codes("a: \(date)\n", .core) == [])
    }
    for text in [
      "2026-13-15", "2026-01-32", "2026-01-00", "2026-1-15", "2026-01-15-03-00-00", "2026-01-15x",
      "2026-01", "2026-01-15 evening", "s3://b/2026-01-15",
    ] {
      #expect(codes("a: \(text)\n", .ruby) == [], "\(text)")
    }
  }

  @Test func bytesThatAreNoTextAreFoundExactly() {
    let wrong: [([UInt8], String, Int)] = [
      (Array("a: é".utf8) + [0xFF] + Array("\n".utf8), "the text isn't UTF-8 here", 5),
      (Array("a: x\n\u{1}".utf8), "the character U+0001 isn't allowed in YAML", 5),
      (Array("0123456789abcdef\u{7F}".utf8), "the character U+007F isn't allowed in YAML", 16),
      (Array("a: \u{0}".utf8), "the character U+0000 isn't allowed in YAML", 3),
      (Array("# \u{9B}".utf8), "the character U+009B isn't allowed in YAML", 2),
      (Array("é\u{FFFF}".utf8), "the character U+FFFF isn't allowed in YAML", 2),
      ([0xFF, 0xFE, 0x61, 0x00], "the text is UTF-16", 0),
      ([0xFE, 0xFF, 0x00, 0x61], "the text is UTF-16", 0),
      ([0x61, 0x00, 0x3A, 0x00], "the text is UTF-16", 0),
    ]
    for (text, message, place) in wrong {
      let reading = Reading(text)
      #expect(reading.diagnostics.map(\.message) == [message])
      #expect(reading.diagnostics.first?.code == .yamlEncoding)
      #expect(reading.diagnostics.first?.span?.start == UInt32(place))
    }
    #expect(Reading("a: \u{A0}\t😀\r\n# \u{85}").diagnostics.isEmpty)
  }

  @Test func everyPositionOfAControlCharacterIsFound() {
    for length in 0..<40 {
      let text =
        String(repeating: "x", count: length) + "\u{2}" + String(repeating: "\n", count: 20)
      #expect(Reading(text).diagnostics.first?.span?.start == UInt32(length))
    }
  }

  @Test func valuesFromTheEnvironmentAreNotQuoted() throws {
    var diagnostics: [Diagnostic] = []
    let file = try #require(
      TemplateRenderer.render(
        Array("<%= ENV['K'] %>: 1\n<%= ENV['K'] %>: 2\na:\n  <%= ENV['K'] %>:x\n".utf8), name: "c",
        environment: { _ in "hunter2" }, source: SourceID(index: 0), into: &diagnostics))
    let tree = YAMLReader.read(file, source: SourceID(index: 0), rules: .ruby, into: &diagnostics)
    #expect(tree != nil)
    #expect(diagnostics.map(\.code) == [.yamlSuspiciousText, .yamlDuplicateKey])
    #expect(!"\(diagnostics)".contains("hunter2"))
  }

  /// Whatever is wrong around a value from the environment, no message shows it.
  @Test(arguments: [
    "*<%= ENV['K'] %>", "!<%= ENV['K'] %> x", "a: 1\n<%= ENV['K'] %>:x\nb: 1",
    "{{<%= ENV['K'] %>}}",
    "%<%= ENV['K'] %>", "a: <%= ENV['K'] %>: x", "a: '<%= ENV['K'] %>", "&<%= ENV['K'] %> a: *b",
    "a: \"\\<%= ENV['K'] %>\"", "{<%= ENV['K'] %>: 1, <%= ENV['K'] %>: 2}",
  ])
  func mistakesAroundTheEnvironmentAreNotQuoted(_ text: String) throws {
    var diagnostics: [Diagnostic] = []
    let file = try #require(
      TemplateRenderer.render(
        Array(text.utf8), name: "c", environment: { _ in "hunter2" }, source: SourceID(index: 0),
        into: &diagnostics))
    _ = YAMLReader.read(file, source: SourceID(index: 0), rules: .ruby, into: &diagnostics)
    #expect(diagnostics.hasErrors)
    #expect(!"\(diagnostics)".contains("hunter2"))
  }
}
