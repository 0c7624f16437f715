import Compiler
import Diagnostics
import SourceText
import Testing
import Values

/// Inputs laid over one another are what they would be as one file.
@Suite struct LayerTests {
  private static let pipeline =
    UseTests.head(
      """
      stages:
        - stage: a
          steps:
            - { name: S, command: { command: [echo, "${json(config)}"] } }

      """) + UseTests.cluster

  private func compile(_ layers: [String], _ settings: [String] = []) -> String {
    UseTests.compile(UseTests.input(Self.pipeline, config: layers, settings: settings))
  }

  static let cases: [(layers: [String], whole: String)] = [
    (["a: 1\nb: { c: 1, d: 2 }\n", "b: { d: 3, e: 4 }\n"], "a: 1\nb: { c: 1, d: 3, e: 4 }\n"),
    (["a: [1, 2]\n", "a: [3]\n"], "a: [3]\n"),
    (["a: { b: 1 }\n", "a: 2\n"], "a: 2\n"),
    (["a: 1\n", "a: { b: 1 }\n"], "a: { b: 1 }\n"),
    (["a: 1\nb: 2\n", "a:\n"], "b: 2\n"),
    (["a:\nb: 2\n", "a:\n"], "a:\nb: 2\n"),
    (["b: 2\n", "a: null\n"], "b: 2\na: null\n"),
    (["a: { b: 1, c: 2 }\n", "a: { b: null }\n"], "a: { c: 2 }\n"),
    (["a: 1\n", "# nothing\n", "b: 2\n"], "a: 1\nb: 2\n"),
    (["a: { b: 1 }\n", "a:\n", "a: { c: 1 }\n"], "a: { c: 1 }\n"),
    (["a: { b: 1 }\n", "a: 1\n", "a: { c: 1 }\n"], "a: { c: 1 }\n"),
    (["x: &x { b: 1, c: 2 }\na: *x\n", "a: { b: 3 }\n"], "x: { b: 1, c: 2 }\na: { b: 3, c: 2 }\n"),
    (
      ["a: \"tab\\tx\"\n", "b: >\n  folded\n  text\nc: 'it''s'\n"],
      "a: \"tab\\tx\"\nb: \"folded text\\n\"\nc: it's\n"
    ),
    (["{\"a\": 1}", "a: 1.50\nb: 12345678901234567890\n"], "a: 1.50\nb: 12345678901234567890\n"),
  ]

  @Test(arguments: cases) func layersAreOneFile(layers: [String], whole: String) {
    let expected = compile([whole])
    #expect(expected.hasPrefix("["))
    #expect(compile(layers) == expected)
  }

  static let settings: [(file: String, settings: [String], whole: String)] = [
    ("a: { b: 1 }\n", ["a.b=2"], "a: { b: 2 }\n"),
    ("a: { b: 1 }\n", ["config.a.b=2", "a.b=3"], "a: { b: 3 }\n"),
    ("a: { b: 1 }\n", ["a.c.d=true"], "a: { b: 1, c: { d: true } }\n"),
    ("a: { b: 1, c: 1 }\n", ["a.b=null"], "a: { c: 1 }\n"),
    ("a: [1, { b: 2 }]\n", ["a[1].b=x y", "a[0]=[1,2]"], "a: [[1, 2], { b: x y }]\n"),
    ("a: 1\n", ["a=", "b=1.50"], "a: ''\nb: 1.50\n"),
    ("a.b: 1\n", ["a\\.b={\"c\": [null]}"], "a.b: { c: [null] }\n"),
    ("a: 1\n", ["a=x=y"], "a: x=y\n"),
  ]

  @Test(arguments: settings)
  func aSettingIsAnEdit(file: String, settings: [String], whole: String) {
    let expected = compile([whole])
    #expect(expected.hasPrefix("["))
    #expect(compile([file], settings) == expected)
  }

  /// Errors point into the file of the value, and into the command line.
  @Test func valuesKeepTheirPlaces() throws {
    let pipeline = Self.pipeline.replacing("${json(config)}", with: "${config.n + 1}")
      .replacing(
        "stages:\n",
        with: "checks: [{ require: \"${config.n > 1}\", message: few, at: config.n }]\nstages:\n")
    for (layers, settings, name) in [
      (["n: 0\n", "n: 1\n"], [] as [String], "c1.yml"), (["n: 1\n", "b: 1\n"], [], "c0.yml"),
      (["n: 5\n"], ["n=1"], "<command line>"),
    ] {
      let result = Compiler.compile(
        UseTests.input(pipeline, config: layers, settings: settings))
      let error = try #require(result.diagnostics.first { $0.code == .checkFailed })
      let span = try #require(error.span)
      let file = try #require(result.sources[span.source])
      #expect(file.name == name)
      #expect(String(decoding: file.text[file.written(span)], as: UTF8.self) == "1")
    }
  }

  /// A secret is named after the file that it is in.
  @Test func secretsAreOfTheirFiles() throws {
    let result = Compiler.compile(
      UseTests.input(Self.pipeline, config: ["password: one\nx: 1\n", "password: two\n"]))
    var bytes: [UInt8] = []
    result.write(.requests, pretty: true) { bytes += $0 }
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(!text.contains("two") && !text.contains("one"))
  }
}
