import Diagnostics
import Foundation
import PlanDiff
import SourceText
import TestSupport
import Testing
import Values

/// The JSON of comparisons.
@Suite struct WriterTests {
  private func comparison(_ name: String, seed: Int) throws -> Comparison {
    let plan = try Documents.value(Documents.plan(name))
    let other = RandomEdits.edited(plan, seed: seed, count: 8)
    return Documents.comparison(try Documents.side(plan), try Documents.side(other))
  }

  /// The written edits, applied to one side's document, give the other's.
  @Test(arguments: Documents.planNames, 0..<30)
  func writtenEditsMakeOneSideOfTheOther(name: String, seed: Int) throws {
    var comparison = try comparison(name, seed: seed)
    let written = try Documents.value(ComparisonWriter.bytes(comparison))
    guard case .map(let map) = written, case .list(let changes)? = map["changes"] else {
      Issue.record("there are no changes")
      return
    }
    let edits = try changes.flatMap { change -> [Edit] in
      guard case .map(let change) = change, case .list(let edits)? = change["edits"] else {
        Issue.record("a change without edits")
        return []
      }
      return try edits.map { try #require(Edit($0)) }
    }
    // What stands for secrets is the same in both, so both documents are of one comparison.
    let made = comparison.document(\.before).applying(edits)
    #expect(made.equals(comparison.document(\.after)), "\(name), \(seed)")
  }

  @Test(
    .enabled(if: Python.hasModules, "the tests' Python modules are not installed"),
    arguments: Documents.planNames)
  func isOfItsSchema(name: String) throws {
    let bytes = ComparisonWriter.bytes(try comparison(name, seed: 3))
    let script = """
      import json, sys, jsonschema
      schema = json.load(open(sys.argv[1]))
      jsonschema.Draft202012Validator.check_schema(schema)
      jsonschema.Draft202012Validator(schema).validate(json.load(sys.stdin))
      """
    let schema = Locations.repository.appending(path: "schemas/diff.schema.json").path
    let run = try Python.run(
      script: script, [schema], input: String(decoding: bytes, as: UTF8.self))
    #expect(run.status == 0, "\(run.output.suffix(2000))")
  }

  @Test func pointersAreEscaped() throws {
    let edit = Edit([.key("a/b~c"), .index(3), .key("")], .remove)
    #expect(edit.pointer == "/a~1b~0c/3/")
    let map = Value.map(ValueMap(["a/b": .int(1), "c": .int(2)]))
    let written = Value.map(ValueMap(["op": .string("remove"), "path": .string("/a~1b")]))
    let made = map.applying([try #require(Edit(written))])
    #expect(made.equals(.map(ValueMap(["c": .int(2)]))))
    #expect(Edit(.map(ValueMap(["op": .string("other"), "path": .string("/a")]))) == nil)
    #expect(Edit(.map(ValueMap(["op": .string("remove"), "path": .string("a")]))) == nil)
  }

  /// Edits of another document are applied as far as possible, and never trap.
  @Test func editsOfAnotherDocumentDoNoHarm() {
    let list = Value.list([.int(1), .int(2)])
    let edits = [
      Edit([.index(9)], .remove), Edit([], .insert(.int(7), at: 50)),
      Edit([.index(0)], .move(to: 99)), Edit([.key("x"), .index(1)], .set(.null)),
    ]
    guard case .list = list.applying(edits) else {
      Issue.record("a list became something else")
      return
    }
    #expect(Value.int(1).applying(edits).equals(.int(1)))
  }
}
