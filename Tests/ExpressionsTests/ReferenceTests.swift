import Diagnostics
import Expressions
import SourceText
import Testing

/// What expressions refer to, in every spelling.
@Suite struct ReferenceTests {
  private func parse(_ template: String) throws -> [Reference] {
    var diagnostics: [Diagnostic] = []
    let parsed = try #require(
      Template.parse(template, locate: locate, into: &diagnostics),
      "\(diagnostics.map(\.message))")
    return parsed.references
  }

  /// The references of an expression, with what is done with each unless it is the value that counts.
  private func references(_ expression: String) throws -> [String] {
    // A comment would hide the brace.
    try parse("${\(expression)\n}").map { reference in
      switch reference.use {
      case .value: reference.text
      case .anyMember: "\(reference.text) (any member)"
      case .presence: "\(reference.text) (presence)"
      case .call(let function): "\(reference.text) (\(function))"
      }
    }
  }

  @Test(arguments: [
    "data.good", "data[\"good\"]", "data['good']", "data.?good", "data[?\"good\"]", "data.`good`",
    "(data).good", "((data[r\"good\"]))", ".data.good", "data . good // data.bad",
    "data[\n  \"good\" // data.bad\n]", "data[\"\\u0067ood\"]", "data[\"\"\"good\"\"\"]",
  ])
  func aMemberIsTheSameInEverySpelling(_ expression: String) throws {
    #expect(try references(expression) == ["data.good"])
    // It leads on in every spelling too.
    #expect(try references("(\(expression)\n)[\"deep\"].?er") == ["data.good.deep.er"])
  }

  @Test(arguments: [
    ("has(data.good)", ["data.good (presence)"]),
    ("has(data.?good.deep)", ["data.good.deep (presence)"]),
    ("has(data[\"good\"].deep)", ["data.good.deep (presence)"]),
    ("has(data[x].deep)", ["data (any member)", "x"]),
    ("data.good.startsWith(\"s3\")", ["data.good (startsWith)"]),
    ("data.?good.orValue(data.bad)", ["data.good (orValue)", "data.bad"]),
    ("s3.isEmpty(data.good)", ["s3 (isEmpty)", "data.good"]),
    ("size(data.good)", ["data.good"]),
    ("math.greatest(a, b.c)", ["a", "b.c"]),
  ])
  func whatIsDoneWithItIsSaid(_ expression: String, _ wanted: [String]) throws {
    #expect(try references(expression) == wanted)
  }

  @Test(arguments: [
    ("data", ["data"]),
    ("data[x]", ["data (any member)", "x"]),
    ("data[x].deep", ["data (any member)", "x"]),
    ("data.good[x.y][\"z\"]", ["data.good (any member)", "x.y"]),
    ("data[x][y]", ["data (any member)", "x", "y"]),
    ("data[\"go\" + \"od\"]", ["data (any member)"]),
    ("items[0].name", ["items (any member)"]),
    ("(x ? data : other).good", ["x", "data", "other"]),
    ("[data][0].good", ["data"]),
    ("{\"a\": data}.a.good", ["data"]),
    ("data == other", ["data", "other"]),
    ("json(data)", ["data"]),
  ])
  func whatIsNotKnownIsTheWhole(_ expression: String, _ wanted: [String]) throws {
    #expect(try references(expression) == wanted)
  }

  @Test(arguments: [
    ("[data].map(d, d.good)[0]", ["data"]),
    ("[1].map(data, data.good)", []),
    ("[1].map(data, .data.good)", ["data.good"]),
    ("data.map(data, data.good)", ["data"]),
    ("xs.filter(data, data.good == a)", ["xs", "a"]),
    ("xs.map(data, data.is, data.good)", ["xs"]),
    ("xs.all(i, data, data.good && i.b) && data.good", ["xs", "data.good"]),
    ("xs.transformList(i, data, data.good + other.good)", ["xs", "other.good"]),
    ("xs.transformMap(k, v, k != a, v.good)", ["xs", "a"]),
    ("xs.sortBy(data, data.good)", ["xs"]),
    ("cel.bind(data, other, data.good)", ["other"]),
    ("cel.bind(data, data.good, data.bad)", ["data.good"]),
    ("cel.bind(a, x, cel.bind(b, a, data[b]))", ["x", "data (any member)"]),
    ("other.?good.optMap(data, data.good)", ["other.good"]),
    ("cel.block([data.good, cel.index(0)], cel.index(1) + x)", ["data.good", "x"]),
    ("[1].map(s3, s3.isEmpty(\"\"))", []),
    ("[1].exists(x, [2].exists(data, data == x)) ? data.a : b", ["data.a", "b"]),
  ])
  func variablesOfMacrosHideGlobalNames(_ expression: String, _ wanted: [String]) throws {
    #expect(try references(expression) == wanted)
  }

  @Test(arguments: [
    "\"data.good\"", "'data[\"good\"]'", "\"${data.good}\"", "b'data.good'", "[\"data\"][0]",
    "{\"data\": \"good\"}", "1 // data.good", "{\"a\": 1}.a", "\"\\\"\" + \"data.good\"",
  ])
  func textsAndCommentsReferToNothing(_ expression: String) throws {
    #expect(try references(expression) == [])
  }

  @Test func aTextsExpressionsAreTakenInOrder() throws {
    let text = "s3://${a.b}/data.c/$${data.d}/${[x, {y: z}][?0]}$"
    #expect(try parse(text).map(\.text) == ["a.b", "x", "y", "z"])
    #expect(try parse("data.good").isEmpty)
  }

  @Test func namesThatAreNotFieldsAreQuoted() throws {
    #expect(try references("a[\"b-c\"][\"\"].d") == [#"a["b-c"][""].d"#])
    #expect(try references(#"a["\""]"#) == [#"a["\""]"#])
    #expect(try parse("${a[\"b.c\"]}").map(\.members) == [["b.c"]])
  }

  @Test func placesAreThoseOfTheWholePath() throws {
    let text = "1 ${has(a.b) && c[\"d\"].e[x] == \"\"}"
    let shown = try parse(text).map { reference in
      String(
        decoding: Array(text.utf8)[Int(reference.span.start)..<Int(reference.span.end)],
        as: UTF8.self)
    }
    #expect(shown == ["has(a.b)", "c[\"d\"].e", "x"])
  }

  @Test func anExpressionMayBeOneReference() throws {
    func reference(_ text: String) throws -> String? {
      var diagnostics: [Diagnostic] = []
      let parsed = Expression.parse(text, locate: locate, into: &diagnostics)
      return try #require(parsed).reference?.text
    }
    #expect(try reference("config.?a[\"b\"]") == "config.a.b")
    for other in ["config.a + 1", "config[x]", "size(config)", "[config]", "1"] {
      #expect(try reference(other) == nil, "\(other)")
    }
  }

  @Test func deepExpressionsAreGoneThrough() throws {
    let deep = "a" + String(repeating: ".b", count: 240)
    #expect(try parse("${\(deep)}").map(\.members.count) == [240])
    let nested = String(repeating: "[", count: 200) + "a.b" + String(repeating: "]", count: 200)
    #expect(try parse("${\(nested)}").map(\.text) == ["a.b"])
  }
}
