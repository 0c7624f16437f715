import Diagnostics
import Expressions
import Testing
import Values

/// Texts with expressions in them.
struct TemplateTests {
  private func evaluate(_ text: String, _ variables: [String: Value] = [:]) throws -> Value {
    var diagnostics: [Diagnostic] = []
    let template = try #require(
      Template.parse(text, locate: locate, into: &diagnostics), "\(diagnostics)")
    return try template.evaluate(in: EvaluationContext(variables: variables)).get()
  }

  @Test func aSingleExpressionKeepsItsType() throws {
    #expect(try evaluate("${1 + 1}").equals(.int(2)))
    #expect(try evaluate("${optional.none()}").equals(.optional(nil)))
    #expect(try evaluate("${ {'a': '}'}.a }").text == "}")
  }

  @Test(arguments: [
    ("a${1}b${true}", "a1btrue"), ("$${x}${'$'}{", "${x}${"), ("$", "$"), ("a$b$", "a$b$"),
    ("${\"}\"}${'''}'''}${r\"\\}\"}", "}}\\}"), ("${2.5} ${1e21}", "2.5 1000000000000000000000"),
    ("${1}${optional.of('x')}", "1x"), ("", ""), ("$$${1}", "$${1}"),
  ])
  func texts(_ text: String, _ expected: String) throws {
    #expect(try evaluate(text).revealed.text == expected)
  }

  @Test func literals() {
    #expect(Template.literal("a $${b} $c $$") == "a ${b} $c $$")
    #expect(Template.literal("plain") == "plain")
  }

  @Test(arguments: ["${", "${1", "a ${'}", "${1 2}", "${}", "x ${ a b }"])
  func mistakes(_ text: String) {
    var diagnostics: [Diagnostic] = []
    #expect(Template.parse(text, locate: locate, into: &diagnostics) == nil)
    #expect(diagnostics.map(\.code) == [.expressionSyntax])
  }

  @Test func valuesThatAreNoText() {
    for text in ["a${[1]}", "a${null}", "a${optional.none()}", "a${b'x'}"] {
      #expect(throws: EvaluationError.self) { try evaluate(text) }
    }
    var diagnostics: [Diagnostic] = []
    let template = Template.parse("a${[1]}", locate: locate, into: &diagnostics)
    #expect(template?.check(in: TypeEnvironment(), into: &diagnostics) == .string)
    #expect(diagnostics.map(\.code) == [.expressionType])
  }

  @Test func placesAreThoseOfTheText() throws {
    var diagnostics: [Diagnostic] = []
    let template = try #require(
      Template.parse("é ${a + nowhere}", locate: locate, into: &diagnostics))
    _ = template.check(in: TypeEnvironment().declaring("a", .int), into: &diagnostics)
    #expect(diagnostics.first?.span == locate(9..<16))
  }
}
