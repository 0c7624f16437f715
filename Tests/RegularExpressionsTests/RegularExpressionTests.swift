import RegularExpressions
import Testing

@Suite struct RegularExpressionTests {
  private func matches(
    _ pattern: String, _ text: String, _ syntax: RegularExpression.Syntax = .re2
  ) throws -> Bool {
    try RegularExpression.compile(pattern, syntax: syntax).get().matches(text)
  }

  @Test(arguments: [
    ("a+b", "xaab", true), ("^a+b$", "xaab", false), ("^(ab|cd)*$", "abcdab", true),
    ("^a{2,3}$", "aa", true), ("^a{2,3}$", "aaaa", false), ("^a{2,}$", "aaaaa", true),
    ("[^a-c]", "abc", false), ("[^a-c]", "abcd", true), ("\\d{4}-\\d\\d", "on 2026-01", true),
    ("\\bfoo\\b", "a foo b", true), ("\\bfoo\\b", "afoob", false), ("(?i)HeLLo", "hello", true),
    ("^.$", "é", true), ("^.$", "😀", true), ("a.c", "a\nc", false), ("(?s)a.c", "a\nc", true),
    ("^\\p{Lu}+$", "ÀÉ", true), ("^[[:alpha:]]+$", "abcX", true), ("^$", "", true),
    (".*localhost\\_access\\_log.*\\.txt.*", "x/_localhost_access_log.2026.txt.gz", true),
    ("(?:^|/)run=([0-9-]+)/", "run=2026-01-01/x", true), ("a|b|", "zzz", true),
    ("x*?y", "xxy", true), ("[]a]", "]", true), ("\\Q.\\E", "a", false), ("a{,2}", "a{,2}", true),
  ])
  func matchesAsRE2(pattern: String, text: String, expected: Bool) throws {
    #expect(try matches(pattern, text) == expected)
  }

  @Test(arguments: [
    ("^\\S+$", "a\u{FEFF}", false), ("^\\u{1F600}$", "😀", true), ("^\\uD83D\\uDE00$", "😀", true),
    ("^[\\w\\-]+$", "a-b_1", true), ("^\\cA$", "\u{1}", true), ("^[a-\\d]$", "-", true),
    ("^.$", "\u{2028}", false), ("\\p{Letter}", "1a", true), ("^[^\\P{Lu}]$", "A", true),
  ])
  func matchesAsECMA(pattern: String, text: String, expected: Bool) throws {
    #expect(try matches(pattern, text, .ecma) == expected)
  }

  @Test(arguments: [
    "(", ")", "[a", "a**", "*", "\\", "a{2,1}", "(?=a)", "\\1", "[b-a]", "\\p{Foo}",
  ])
  func refuses(pattern: String) {
    #expect(throws: RegularExpressionError.self) {
      try RegularExpression.compile(pattern, syntax: .re2).get()
    }
  }

  @Test func capturesTheLeftmostMatch() throws {
    let run = try RegularExpression.compile("run=([0-9]+)/", syntax: .re2).get()
    #expect(run.firstCapture(in: "a/run=12/run=34/") == "12")
    #expect(run.firstMatch(in: "a/run=12/") == [2..<9, 6..<8])
    #expect(run.firstMatch(in: "none") == nil)
  }

  @Test func takesLinearTime() throws {
    let nested = try RegularExpression.compile("^(a*)*(a*)*$", syntax: .re2).get()
    #expect(!nested.matches(String(repeating: "a", count: 20_000) + "b"))
  }

  @Test func boundsDepthAndSize() {
    let deep = String(repeating: "(", count: 5000) + String(repeating: ")", count: 5000)
    #expect(throws: RegularExpressionError.self) {
      try RegularExpression.compile(deep, syntax: .re2).get()
    }
    #expect(throws: RegularExpressionError.self) {
      try RegularExpression.compile("((a{1000}){1000}){1000}", syntax: .re2).get()
    }
  }

  @Test(arguments: [
    ("^run=([^/]+)/", false), ("^run=([0-9-]+)/", false), ("run=(a|bc)/", false), ("^abc", false),
    ("^run=([^/]*)/", true), ("^run=(.+)/", true), ("^run=([\\S]+)/", true), ("run=(a|)/", true),
    ("run=(a?)/", true), ("^(a/b)", true), ("^a/b", true), ("x*", true), ("^(\\b)", true),
    ("(?:x(a)|y(b*))", false), ("(a){1,2}/", false), ("((a*)b)", false),
  ]) func whatItCaptures(pattern: String, expected: Bool) throws {
    let expression = try RegularExpression.compile(pattern, syntax: .re2).get()
    #expect(expression.captures(emptyTextOr: "/") == expected)
  }
}
