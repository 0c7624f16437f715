import Diagnostics
import PipelineSyntax
import SourceText
import TestSupport
import Testing
import Values

/// Declarations out of a step kind's tree.
@Suite struct StepKindDeclTests {
  @Test func takesEveryKey() throws {
    var reading = try Reading(
      """
      penstock: v1
      step-kind: k
      parameters:
        properties:
          src: { x-data: true }
          dest: { x-data: true }
          other: { x-data: false }
          plain: {}
      reads: [src]
      writes: [dest]
      deletes: [src, { parameter: dest, if: other }]
      part: [src, other]
      encrypted: { other: true }
      applications: [Spark]
      retry: true
      fresh-output: true
      jar: a.jar
      main-class: a.B
      arguments:
        - text
        - { option: class }
        - { value: jar }
        - { pairs: conf, flag: --conf }
        - { pairs: conf }
        - { options: args, prefix: "-" }
        - { options: args }
        - { options: parameters }
        - { option: dest, flag: -dest }
        - { each: src, flag: -src }
        - { options: parameters, join: "=" }
      """)
    let found = reading.kind()
    let kind = try #require(found)
    #expect(reading.diagnostics.isEmpty)
    #expect(kind.name.value == "k" && kind.data == ["src", "dest"])
    #expect(kind.reads.map(\.value) == ["src"] && kind.writes.map(\.value) == ["dest"])
    #expect(kind.deletes.map(\.parameter) == ["src", "dest"])
    #expect(kind.deletes.map(\.condition) == [nil, "other"])
    #expect(kind.part == ["src", "other"] && kind.applications == ["Spark"])
    #expect(kind.retry && kind.needsFreshOutput && kind.encrypted != nil && kind.parameters != nil)
    #expect(reading.text(kind.jar) == "a.jar" && reading.text(kind.mainClass) == "a.B")
    let arguments = kind.arguments.map { argument in
      switch argument {
      case .text(let node): "text \(reading.text(node) ?? "")"
      case .option(let name, let flag): "option \(name) '\(flag)'"
      case .each(let name, let flag): "each \(name) '\(flag)'"
      case .value(let name): "value \(name)"
      case .pairs(let name, let flag): "pairs \(name) '\(flag)'"
      case .options(let name, let prefix, let join):
        "options \(name ?? "all") '\(prefix)' \(join ?? "apart")"
      }
    }
    #expect(
      arguments == [
        "text text", "option class '--class'", "value jar", "pairs conf '--conf'", "pairs conf ''",
        "options args '-' apart", "options args '--' apart", "options all '--' apart",
        "option dest '-dest'", "each src '-src'", "options all '--' ="
      ])
  }

  @Test func aBareOneHasNothing() throws {
    var reading = try Reading("step-kind: k")
    let found = reading.kind()
    let kind = try #require(found)
    #expect(kind.data.isEmpty && kind.reads.isEmpty && kind.arguments.isEmpty)
    #expect(!kind.retry && !kind.needsFreshOutput && kind.jar == nil && kind.encrypted == nil)
  }

  @Test(arguments: ["x", "{}", "step-kind: [a]", "jar: a"]) func aNameIsNeeded(_ text: String)
    throws
  {
    var reading = try Reading(text)
    let kind = reading.kind()
    #expect(kind == nil)
  }

  @Test(arguments: [
    "reads: 1️⃣\"${x}\"", "writes: [a, 1️⃣\"${x}\"]", "deletes: [1️⃣\"${x}\"]",
    "deletes: [{ parameter: a, if: 1️⃣\"${x}\" }]", "part: [1️⃣\"${x}\"]",
    "applications: [1️⃣\"${x}\"]", "retry: 1️⃣\"${x}\"", "fresh-output: 1️⃣\"${x}\"",
    "encrypted: { a: 1️⃣\"${x}\" }", "parameters: { properties: { a: { x-data: 1️⃣\"${x}\" } } }",
    "arguments: [{ option: 1️⃣\"${x}\" }]", "arguments: [{ value: 1️⃣\"${x}\" }]",
    "arguments: [{ pairs: a, flag: 1️⃣\"${x}\" }]", "arguments: [{ options: a, prefix: 1️⃣\"${x}\" }]",
  ]) func wantsLiterals(_ text: String) throws {
    var reading = try Reading("step-kind: k\n" + text)
    _ = reading.kind()
    expectDiagnostics(
      reading.diagnostics, in: reading.source, [ExpectedDiagnostic(.pipelineLiteralWanted, from: 1)]
    )
  }

  @Test func expressionsAreForWhatIsEvaluated() throws {
    var reading = try Reading(
      "{ step-kind: k, jar: '${a}', main-class: '${b}', arguments: ['${c}', 'd ${e}'] }")
    _ = reading.kind()
    #expect(reading.diagnostics.isEmpty)
  }
}
