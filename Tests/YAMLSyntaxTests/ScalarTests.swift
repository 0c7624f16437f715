import Documents
import Testing
import Values
import YAMLSyntax

/// The types of plain scalars.
@Suite struct ScalarTests {
  @Test(arguments: [
    ("yes", "bool true"), ("Yes", "bool true"), ("ON", "bool true"), ("TRUE", "bool true"),
    ("true", "bool true"), ("false", "bool false"), ("No", "bool false"), ("off", "bool false"),
    ("y", "'y'"), ("n", "'n'"), ("yesno", "'yesno'"), ("~", "null"), ("null", "null"),
    ("NULL", "null"), ("~x", "'~x'"), ("nullable", "'nullable'"),
    ("0", "int 0"), ("12", "int 12"), ("-12", "int -12"), ("+12", "int 12"), ("1_000", "int 1000"),
    ("1,000", "int 1000"), ("1__0", "'1__0'"), ("1_", "'1_'"), ("017", "int 15"),
    ("-017", "int -15"),
    ("08", "'08'"), ("0x1F", "int 31"), ("0xFFFFFFFFFFFFFFFF", "int 18446744073709551615"),
    ("0x1FFFFFFFFFFFFFFFF", "float 3.6893488147419103e+19"), ("0b101", "int 5"), ("0b", "'0b'"),
    ("0o17", "'0o17'"), ("-0", "int 0"),
    ("123456789012345678901234567890", "int 123456789012345678901234567890"),
    ("1.5", "float 1.5"), ("-1.5", "float -1.5"), ("+1.5", "float 1.5"), (".5", "float 0.5"),
    ("1.", "float 1.0"), ("1_0.5", "float 10.5"), ("0.015", "float 0.015"),
    ("1.0e+3", "float 1.0e+3"),
    // As Psych has it, an exponent needs a point and a sign.
    ("1e3", "'1e3'"), ("1.0e3", "'1.0e3'"), (".", "'.'"), ("-.", "'-.'"), ("--", "'--'"),
    (".inf", "float inf"), ("-.INF", "float -inf"), ("+.inf", "float inf"), (".NaN", "float nan"),
    ("5.29.0", "'5.29.0'"), ("1.2.3", "'1.2.3'"), ("2015-01-02", "'2015-01-02'"),
    ("2015-01-02 10:20:30", "'2015-01-02 10:20:30'"),
    ("1:30", "int 5400"), ("1:30:15", "int 5415"), ("-1:30", "int -1800"), ("1:61", "'1:61'"),
    ("1:30.5", "float 5430.0"), ("1:2:3:4", "'1:2:3:4'"),
    (":sym", ":sym"), (":\"a b\"", ":a b"), ("::x", "::x"),
    ("s3://bucket/x", "'s3://bucket/x'"), ("m4.large", "'m4.large'"), ("-foo", "'-foo'"),
    ("35G", "'35G'"), ("+", "'+'"), ("0.", "float 0.0"), ("00", "int 0"), ("0.5.1", "'0.5.1'"),
  ])
  func rubysRules(_ text: String, _ expected: String) {
    #expect(Reading("- \(text)").shape == "[\(expected)]")
  }

  @Test(arguments: [
    ("true", "bool true"), ("True", "bool true"), ("TRUE", "bool true"), ("tRUE", "'tRUE'"),
    ("False", "bool false"), ("yes", "'yes'"), ("on", "'on'"), ("null", "null"), ("Null", "null"),
    ("nULL", "'nULL'"), ("~", "null"), ("0", "int 0"), ("-0", "int 0"), ("+5", "int 5"),
    ("007", "int 7"), ("-007", "int -7"), ("0o17", "int 15"), ("0x1f", "int 31"), ("0x", "'0x'"),
    ("017", "int 17"), ("1_000", "'1_000'"), ("1.5", "float 1.5"), ("1e3", "float 1e3"),
    ("1.e3", "float 1.0e3"), (".5", "float 0.5"), ("+.5E-1", "float 0.5E-1"), ("1.", "float 1.0"),
    (".", "'.'"), ("e3", "'e3'"), ("1e", "'1e'"), (".inf", "float inf"), ("-.Inf", "float -inf"),
    (".iNF", "'.iNF'"), (".nan", "float nan"), ("-.nan", "'-.nan'"), ("1:30", "'1:30'"),
    (":sym", "':sym'"), ("--", "'--'"), ("12e03", "float 12e03"),
  ])
  func coreRules(_ text: String, _ expected: String) {
    #expect(Reading("- \(text)", rules: .core).shape == "[\(expected)]")
  }

  @Test func quotedTextsAreStrings() {
    #expect(Reading(#"["1", 'yes', "", ':a', "null"]"#).shape == "['1', 'yes', '', ':a', 'null']")
    #expect(Reading("- |\n  12\n- >-\n  true\n").shape == "['12\n', 'true']")
  }

  @Test func respeltNumbersAreWhatSwiftReads() throws {
    for text in ["1.", ".5", "1_0.5", "-.inf", ".nan", "1:30.5", "1.0e+3", "+1.5"] {
      let reading = Reading("[\(text)]")
      let tree = try #require(reading.tree)
      let node = try #require(reading.node("0"))
      #expect(tree.kind(node) == .float)
      #expect(Double(tree.string(node)) != nil, "\(text)")
    }
  }

  @Test func symbolsAreKeysToo() {
    let reading = Reading(":aws:\n  :key: :value\n  other: x\n")
    #expect(reading.shape == "{:aws: {:key: :value, other: 'x'}}")
    #expect(reading.quote(reading.node("aws", "key")) == ":value")
    #expect(
      Reading(":aws: 1\naws: 2\n").summary == [
        "yaml-duplicate-key: duplicate key `aws` [aws]"
      ])
    #expect(Reading(":aws: 1\n", rules: .core).shape == "{:aws: int 1}")
  }

  @Test func tagsOfYAMLAreHonoured() {
    let text = """
      [!!str 12, !!int "12", !!float 1, !!bool yes, !!null "", ! 7, !!seq [], !!map {}, !!str ]
      """
    let reading = Reading(text)
    #expect(reading.shape == "['12', int 12, float 1, bool true, null, '7', [], {}, '']")
    #expect(reading.diagnostics.isEmpty)
    #expect(reading.quote(reading.node("0")) == "12")
    #expect(
      Reading("!!int x").summary == ["yaml-tag: the value doesn't match its tag `!!int` [x]"])
  }

  @Test func otherTagsAreRefusedByName() {
    let reading = Reading("a: !Ref X\nb: &n !ruby/object:Foo\n  c: 1\nd: !!binary aGk=\n")
    #expect(
      reading.summary == [
        "yaml-tag: unknown tag `!Ref` [!Ref]",
        "yaml-tag: unknown tag `!ruby/object:Foo` [!ruby/object:Foo]",
        "yaml-tag: unknown tag `!!binary` [!!binary]",
      ])
    #expect(reading.tree != nil)
  }
}
