import AirflowBackend
import Testing

@Suite struct PythonPatternTests {
  @Test(arguments: [
    ("^run=([^/]+)/", "^run=([^/]+)/"), ("part-$", #"part-\Z"#), (#"\Aa\z"#, #"\Aa\Z"#),
    ("^(?:$|part-|_SUCCESS$)", #"^(?:\Z|part-|_SUCCESS\Z)"#), ("a{,2}", #"a\{,2}"#),
    (#"a\sb[\s]"#, #"a[\t\n\f\r ]b[\t\n\f\r ]"#), (#"\S"#, #"[^\t\n\f\r ]"#),
    ("(?P<day>a)(?<b>c)", "(?P<day>a)(?P<b>c)"), ("[]a[&|]", #"[\]a\[\&\|]"#),
    (#"[0-9]{4}-\d\d\."#, #"[0-9]{4}-\d\d\."#), ("[$]", "[$]"), ("é", "é"),
  ]) func patternsAreTranslated(pattern: String, expected: String) {
    #expect(PythonPattern.translated(pattern) == expected)
  }

  @Test(arguments: [
    "(?i)a", "(?i:a)", #"\pL"#, #"\p{Lu}"#, "[[:alpha:]]", #"\Qa\E"#, #"\x{1F600}"#, #"[\S]"#,
    #"\C"#, "[a", #"a\"#,
  ]) func whatPythonReadsOtherwiseIsNot(pattern: String) {
    #expect(PythonPattern.translated(pattern) == nil)
  }
}
