import Foundation
import TestSupport
import Testing

/// Edits that people make: what is reported for each, and what it means.
@Suite struct EditTests {
  static let files = Locations.files(in: EditCase.folder, withEnding: ".txt")

  @Test func thereAreManyOfAllKinds() throws {
    let cases = try Self.files.map { try EditCase($0) }
    #expect(cases.count >= 150)
    #expect(cases.count { !$0.isSnowplow } >= 40)
    #expect(cases.count { $0.judgement.causes.count > 1 } >= 30, "mixed edits")
    for name in ["security", "data", "new-cluster", "cost", "unknown", "cosmetic", "nothing"] {
      #expect(cases.count { $0.judgement.classes.contains(name) } >= 3, "\(name)")
    }
  }

  @Test(arguments: files)
  func isToldAndClassed(file: URL) throws {
    let edit = try EditCase(file)
    let scratch = try edit.sides()
    let run = try edit.diff(["before", "after"], ["--exit-code"], in: scratch)
    let gate = try edit.diff(
      ["before", "after"], ["--format", "json", "--fail-on", "security,data"], in: scratch)
    // Every format of those that involve secrets.
    var texts = [run.text, gate.text]
    if edit.mayHoldSecrets {
      texts += try ["markdown", "html"].map {
        try edit.diff(["before", "after"], ["--format", $0], in: scratch).text
      }
    }
    for secret in EditCase.secrets { #expect(!texts.contains { $0.contains(secret) }, "\(edit)") }
    let written = self.written(gate)
    var faults =
      written.map { edit.judgement.faults(in: $0, between: scratch.folder) }
      ?? ["refused": gate.errors.split(separator: "\n").dropFirst().first.map(String.init) ?? ""]
    // The reverse edit has the same classes.
    let back = self.written(try edit.diff(["after", "before"], ["--format", "json"], in: scratch))
    if let written, let back, written.summary != back.summary {
      faults["reverse"] = "the reverse edit is counted otherwise"
    }
    try expect(run.text, faults, edit)
    guard let there = written else { return }
    let isReal = there.classes.isDisjoint(with: ["cosmetic", "nothing"])
    #expect(run.status == (isReal ? 2 : 0), "\(edit): \(run.text)\(run.errors)")
    // A review can rely on the gate: it opens only where nothing of these classes changes.
    let isShut = !there.classes.isDisjoint(with: ["security", "data", "unknown"])
    #expect(gate.status == (isShut ? 2 : 0), "\(edit): \(run.text)")
  }

  @Test func theTableIsWritten() throws {
    let rows = try Self.files.map { try EditCase($0) }.map { edit in
      let judgement = edit.judgement
      return JudgementTable.Row(
        name: edit.path.deletingPathExtension().lastPathComponent, summary: edit.summary,
        cells: [
          judgement.causes.map(\.classText).joined(separator: "; "),
          judgement.causes.map(\.text).filter { !$0.isEmpty }.joined(separator: "; "),
          (judgement.headlines.map { "\($0.kind): \($0.word)" } + judgement.prices.sorted())
            .joined(separator: "; "),
        ], wrong: judgement.wrong)
    }
    let table = JudgementTable(
      folder: EditCase.folder, title: "Edits, and what is expected of their reports",
      introduction: """
        Written by EditTests out of the cases beside it. What is expected was written from the
        documentation, for most edits before the report was seen; a class with `?` may be there.
        """, columns: ["classes", "from", "headline, price"], rows: rows)
    try table.expectToBeWritten()
  }

  /// Nothing where there is no comparison.
  private func written(_ run: Run) -> EditJudgement.Written? {
    try? JSONDecoder().decode(EditJudgement.Written.self, from: Data(run.output))
  }

  /// What is known to be wrong is wrong still, and nothing else.
  private func expect(_ text: String, _ faults: [String: String], _ edit: EditCase) throws {
    let known = edit.judgement.wrong
    if text == edit.golden, Set(faults.keys) == Set(known.keys) { return }
    if ProcessInfo.processInfo.environment["PENSTOCK_RECORD"] == "1" {
      let head = EditJudgement.head(edit.head, knowing: faults)
      try Data((head + "@ diff\n" + text).utf8).write(to: edit.path)
      Issue.record("recorded \(edit)")
      return
    }
    for (aspect, fault) in faults where known[aspect] == nil {
      Issue.record("\(edit): \(aspect): \(fault)")
    }
    for aspect in known.keys where faults[aspect] == nil {
      Issue.record("\(edit): `~ \(aspect)` is right now: take the line away")
    }
    if text != edit.golden {
      Issue.record("\(edit) is told as:\n\(text)\ninstead of:\n\(edit.golden ?? "(nothing)")")
    }
  }
}
