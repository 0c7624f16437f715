import Foundation
import TestSupport
import Testing

/// Edits that people make: what is reported for each, and what it means.
@Suite struct EditTests {
  static let files = Locations.files(in: EditCase.folder, withEnding: ".txt")

  /// The parts of a written comparison that are compared.
  private struct Written: Decodable {
    struct Change: Decodable {
      var classes: [String]
      var consequence: Bool
    }

    var summary: [String: Int]
    var changes: [Change]
  }

  @Test func thereAreManyOfAllKinds() throws {
    let cases = try Self.files.map { try EditCase($0) }
    #expect(cases.count >= 60)
    for name in ["security", "data", "new-cluster", "cost", "cosmetic", "nothing"] {
      #expect(cases.count { $0.classes.contains(name) } >= 3, "\(name)")
    }
  }

  @Test(arguments: files)
  func isToldAndClassed(file: URL) throws {
    let edit = try EditCase(file)
    let scratch = try edit.sides()
    let run = try edit.diff(["before", "after"], ["--exit-code"], in: scratch)
    let hasSubstance = edit.classes.isDisjoint(with: ["cosmetic", "nothing"])
    #expect(run.status == (hasSubstance ? 2 : 0), "\(edit): \(run.text)\(run.errors)")
    try expect(run.text, edit)
    // Every format of those that involve secrets.
    let forms = edit.mayHoldSecrets ? ["text", "markdown", "json", "html"] : []
    for form in forms {
      let text = try edit.diff(["before", "after"], ["--format", form], in: scratch).text
      for secret in EditCase.secrets { #expect(!text.contains(secret), "\(edit) \(form)") }
    }
    let there = try written(edit, ["before", "after"], scratch)
    #expect(classes(there) == edit.classes, "\(edit)")
    // The reverse edit has the same classes.
    let back = try written(edit, ["after", "before"], scratch)
    #expect(there.summary == back.summary, "\(edit)")
  }

  private func written(_ edit: EditCase, _ sides: [String], _ scratch: Scratch) throws -> Written {
    let run = try edit.diff(sides, ["--format", "json"], in: scratch)
    return try JSONDecoder().decode(Written.self, from: Data(run.output))
  }

  private func classes(_ written: Written) -> Set<String> {
    let told = written.changes.filter { !$0.consequence }
    if told.isEmpty { return ["nothing"] }
    let classes = Set(told.flatMap(\.classes))
    return classes == ["cosmetic"] ? classes : classes.subtracting(["cosmetic"])
  }

  private func expect(_ text: String, _ edit: EditCase) throws {
    if text == edit.golden { return }
    if ProcessInfo.processInfo.environment["PENSTOCK_RECORD"] == "1" {
      try Data((edit.head + "@ diff\n" + text).utf8).write(to: edit.path)
      Issue.record("recorded \(edit)")
    } else {
      Issue.record("\(edit) is told as:\n\(text)\ninstead of:\n\(edit.golden ?? "(nothing)")")
    }
  }
}
