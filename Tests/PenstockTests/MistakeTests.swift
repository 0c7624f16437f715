import Diagnostics
import Foundation
import TestSupport
import Testing

/// Every mistake in Mistakes/ is reported as its file says: at its place, once, with its remedy.
@Suite struct MistakeTests {
  static let cases: [String] = {
    let names =
      FileManager.default.enumerator(atPath: MistakeCase.folder.path)?.compactMap { $0 as? String }
    let found = (names ?? []).filter { $0.hasSuffix(".txt") }.sorted()
    return found.isEmpty ? ["no case.txt"] : found
  }()

  /// With PENSTOCK_RECORD=1 the file is rewritten, and the test fails.
  @Test(arguments: cases) func isReported(name: String) throws {
    let mistake = try MistakeCase(MistakeCase.folder.appending(path: name))
    let run = try mistake.run()
    let actual = "@ exit \(run.status)\n" + Self.withoutOurLines(run.errors)
    #expect(run.status == 0 || run.output.isEmpty, "output in spite of errors")
    for secret in mistake.environment.values where !secret.isEmpty {
      #expect(!run.errors.contains(secret) && !run.text.contains(secret), "a secret is shown")
    }
    for secret in ["hunter2", "horse-battery"] {
      #expect(!run.errors.contains(secret), "a secret is shown")
    }
    let judgement = mistake.judgement
    let faults =
      judgement.isMade ? judgement.faults(status: run.status, errors: run.errors) : [:]
    if mistake.golden == actual, Set(faults.keys) == Set(judgement.wrong.keys) { return }
    if ProcessInfo.processInfo.environment["PENSTOCK_RECORD"] == "1" {
      let head = EditJudgement.head(mistake.head, knowing: faults)
      try Data((head + actual).utf8).write(to: mistake.path)
      Issue.record("recorded \(name)")
    } else {
      judge(judgement, faults, name)
      if mistake.golden != actual { Issue.record("\(name) is reported as:\n\(actual)") }
    }
  }

  /// What is known to be wrong is wrong still, and nothing else.
  private func judge(_ judgement: MistakeJudgement, _ faults: [String: String], _ name: String) {
    for (aspect, fault) in faults where judgement.wrong[aspect] == nil {
      Issue.record("\(name): \(aspect): \(fault)")
    }
    for aspect in judgement.wrong.keys where faults[aspect] == nil {
      Issue.record("\(name): `~ \(aspect)` is right now: take the line away")
    }
  }

  @Test func thereAreManyOfAllKinds() throws {
    let judged = try Self.judged()
    #expect(judged.count >= 120)
    #expect(judged.count { $0.name.hasPrefix("own/") } >= 40, "in pipelines")
  }

  @Test func theTableIsWritten() throws {
    let rows = try Self.judged().map { name, mistake in
      let expected = mistake.judgement.expected
      return JudgementTable.Row(
        name: name, summary: mistake.summary,
        cells: [
          expected.map { $0.places.joined(separator: " or ") }.joined(separator: "; "),
          expected.map(\.words).joined(separator: "; "),
          expected.map(\.hint).joined(separator: "; "),
        ], wrong: mistake.judgement.wrong)
    }
    let table = JudgementTable(
      folder: MistakeCase.folder, title: "Mistakes, and what is expected of their reports",
      introduction: """
        Written by MistakeTests out of the cases beside it: where a report must point, what its first
        line must say (`&`: all, `|`: one of them, `!`: not), and the way out (`*`: any or none, `=`:
        in the hint itself). It was written before the report was seen where there is a verdict on
        0.1.0, and by reading the report elsewhere.
        """, columns: ["at", "first line", "way out"], rows: rows)
    try table.expectToBeWritten()
  }

  private static func judged() throws -> [(name: String, mistake: MistakeCase)] {
    try cases.map {
      (String($0.dropLast(4)), try MistakeCase(MistakeCase.folder.appending(path: $0)))
    }.filter(\.1.judgement.isMade)
  }

  /// Without the line numbers of built-in files, which change while the mistake is the same.
  private static func withoutOurLines(_ text: String) -> String {
    var isOurs = false
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      if line.hasPrefix("<builtin>/") {
        isOurs = true
        var parts = line.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
        if parts.count == 4 { (parts[1], parts[2]) = ("_", "_") }
        return parts.joined(separator: ":")
      }
      let bar = line.firstIndex(of: "|")
      if isOurs, let bar, line[..<bar].allSatisfy({ $0 == " " || $0.isNumber }) {
        return "    " + line[bar...]
      }
      isOurs = isOurs && line == " ..."
      return String(line)
    }
    return lines.joined(separator: "\n")
  }
}
