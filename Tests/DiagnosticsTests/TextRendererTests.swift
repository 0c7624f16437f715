import DiagnosticRendering
import Diagnostics
import SourceText
import TestSupport
import Testing

/// One error from mark 1 to mark 2, as text.
private func render(
  _ marked: String, name: String = "a.yml", message: String = "no", notes: [Diagnostic.Note] = [],
  hint: String? = nil, color: Bool = false
) -> String {
  let source = MarkedSource(marked, name: name)
  let diagnostic = Diagnostic(
    .jsonSyntax, message, at: source.span(1, source.offset(2) > source.text.count ? nil : 2),
    notes: notes, hint: hint)
  let bytes = DiagnosticRenderer.render(
    [diagnostic], sources: source.sources, format: .text, color: color)
  return String(decoding: bytes, as: UTF8.self)
}

/// The excerpt alone: what stands between the first line and the summary.
private func excerpt(_ marked: String) -> String {
  render(marked).split(separator: "\n", omittingEmptySubsequences: false)
    .dropFirst().prefix { !$0.isEmpty }.joined(separator: "\n")
}

@Suite struct TextRendererTests {
  @Test func showsPlaceLineAndCaret() {
    let text = render("aws:\n  regin: 1️⃣eu-west-12️⃣ # here\n", hint: "say it better")
    #expect(
      text == """
        a.yml:2:10: error[json-syntax]: no
         2 |   regin: eu-west-1 # here
           |          ^^^^^^^^^
          hint: say it better

        1 error

        """)
  }

  @Test func showsNotesAtTheirOwnPlaces() {
    let source = MarkedSource("a: 1\nb: 1️⃣22️⃣\na: 3️⃣34️⃣\n")
    let diagnostic = Diagnostic(
      .jsonDuplicateKey, "twice", at: source.span(3, 4),
      notes: [.init("first here", at: source.span(1, 2)), .init("said by nobody")])
    let bytes = DiagnosticRenderer.render([diagnostic], sources: source.sources, format: .text)
    #expect(
      String(decoding: bytes, as: UTF8.self) == """
        test.yml:3:4: error[json-duplicate-key]: twice
         3 | a: 3
           |    ^
        test.yml:2:4: note: first here
         2 | b: 2
           |    ^
          note: said by nobody

        1 error

        """)
  }

  @Test func showsDiagnosticsWithoutAPlace() {
    let bytes = DiagnosticRenderer.render(
      [Diagnostic(.jsonSyntax, "no")], sources: SourceSet(), format: .text)
    #expect(String(decoding: bytes, as: UTF8.self) == "error[json-syntax]: no\n\n1 error\n")
  }

  @Test func writesNothingWhereThereIsNothing() {
    #expect(DiagnosticRenderer.render([], sources: SourceSet(), format: .text).isEmpty)
  }

  @Test func sortsAndCountsEach() {
    let source = MarkedSource("1️⃣a2️⃣ 3️⃣b4️⃣")
    let first = Diagnostic(.jsonSyntax, "first", at: source.span(1, 2))
    let second = Diagnostic(.jsonSyntax, "second", at: source.span(3, 4), severity: .warning)
    let third = Diagnostic(.jsonSyntax, "third", at: source.span(3, 4))
    let bytes = DiagnosticRenderer.render(
      [second, third, first, first], sources: source.sources, format: .text)
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    #expect(
      lines.filter { $0.contains("[json-syntax]") }.map { $0.split(separator: " ").last }
        == ["first", "third", "second"])
    #expect(lines.last == "2 errors, 1 warning")
  }

  @Test(arguments: [
    // Wide characters take two cells, combining ones none, tabs as many as lead to the next stop.
    ("日本: 1️⃣x2️⃣", " 1 | 日本: x\n   |       ^"),
    ("e\u{301}: 1️⃣x2️⃣", " 1 | e\u{301}: x\n   |    ^"),
    ("\t1️⃣x2️⃣", " 1 |     x\n   |     ^"),
    ("ab\t1️⃣x2️⃣", " 1 | ab  x\n   |     ^"),
    ("1️⃣日本2️⃣", " 1 | 日本\n   | ^^^^"),
    ("👩‍👩‍👧: 1️⃣x2️⃣", " 1 | 👩‍👩‍👧: x\n   |     ^"),
    ("👍🏽🇩🇪: 1️⃣x2️⃣", " 1 | 👍🏽🇩🇪: x\n   |       ^"),
    ("☺\u{FE0F}: 1️⃣x2️⃣", " 1 | ☺\u{FE0F}: x\n   |     ^"),
    ("각: 1️⃣x2️⃣", " 1 | 각: x\n   |     ^"),
    // Places between characters and at the end of a line.
    ("ab1️⃣c", " 1 | abc\n   |   ^"),
    ("abc1️⃣", " 1 | abc\n   |    ^"),
    ("a1️⃣\nb", " 1 | a\n   |  ^"),
    ("1️⃣", " 1 |\n   | ^"),
    ("a\r\nb1️⃣c2️⃣\r\n", " 2 | bc\n   |  ^"),
  ])
  func pointsByDisplayWidth(marked: String, expected: String) {
    #expect(excerpt(marked) == expected)
  }

  @Test func showsFirstAndLastOfManyLines() {
    #expect(
      excerpt("a: 1️⃣{\n  b: 1,\n  c: 2\n}2️⃣\n") == """
         1 | a: {
           |    ^
         ...
         4 | }
           | ^
        """)
    #expect(
      excerpt("a:\n  1️⃣b: 1\n  c: 2\n\n2️⃣d: 3\n") == """
         2 |   b: 1
           |   ^^^^
         3 |   c: 2
           |   ^^^^
        """)
  }

  @Test func cutsLongLinesAroundThePlace() {
    let long = String(repeating: "a", count: 5000)
    let rows = excerpt(long + "1️⃣xyz2️⃣" + long).split(separator: "\n")
    #expect(rows.count == 2)
    #expect(rows[0].hasPrefix(" 1 | …a") && rows[0].hasSuffix("a…"))
    #expect(rows[0].count < 115)
    let caret = rows[1].count { $0 == " " || $0 == "|" }
    #expect(Array(rows[0])[caret...].starts(with: "xyz"))
    #expect(rows[1].hasSuffix(" ^^^"))
  }

  @Test func lengthOfAMarkedTextIsBounded() {
    let text = excerpt("1️⃣" + String(repeating: "b", count: 100_000) + "2️⃣")
    #expect(text.utf8.count < 400)
  }

  @Test func letsNoInputSteerTheTerminal() {
    let text = render(
      "k: 1️⃣\u{1B}[2J\u{7}\u{9B}31m\u{202E}x2️⃣", name: "a\u{1B}]0;b.yml",
      message: "`\u{1B}[31m`\nfake.yml:1:1: error: no", hint: "\u{8}")
    let outside = text.unicodeScalars.filter { scalar in
      scalar != "\n" && (scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value))
        || scalar.value == 0x202E
    }
    #expect(outside.isEmpty)
    #expect(text.contains("\\u{1B}[2J\\u{7}\\u{9B}31m\\u{202E}x"))
    #expect(text.split(separator: "\n").count { $0.contains("error") } == 2)
  }

  @Test func showsBytesThatAreNoText() {
    let file = SourceFile(name: "x", text: [0x61, 0xFF, 0xC3, 0x62])
    var sources = SourceSet()
    let id = sources.add(file)
    let diagnostic = Diagnostic(.jsonSyntax, "no", at: Span(id, 1..<2))
    let bytes = DiagnosticRenderer.render([diagnostic], sources: sources, format: .text)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains(" 1 | a\\xFF\\xC3b\n   |  ^^^^\n"))
  }

  @Test func coloursOnlyWhenAsked() {
    #expect(!render("1️⃣a2️⃣").contains("\u{1B}"))
    let text = render("1️⃣a2️⃣", color: true)
    #expect(text.contains("\u{1B}[1;31merror[json-syntax]:\u{1B}[0m"))
  }

  @Test func showsTheFileAsWrittenWhereItWasRendered() {
    let written = Array("key: <%= ENV['KEY'] %>\n".utf8)
    let parsed = Array("key: 12\n".utf8)
    var map = OffsetMap()
    map.append(derivedCount: 5, origin: 0..<5)
    map.append(derivedCount: 2, origin: 5..<22)
    map.append(derivedCount: 1, origin: 22..<23)
    var sources = SourceSet()
    let id = sources.add(
      SourceFile(name: "c.yml", text: written, parsed: parsed, rendering: map))
    let diagnostic = Diagnostic(.jsonSyntax, "no", at: Span(id, 5..<7))
    let bytes = DiagnosticRenderer.render([diagnostic], sources: sources, format: .text)
    #expect(
      String(decoding: bytes, as: UTF8.self).hasPrefix(
        """
        c.yml:1:6: error[json-syntax]: no
         1 | key: <%= ENV['KEY'] %>
           |      ^^^^^^^^^^^^^^^^^

        """))
  }
}
