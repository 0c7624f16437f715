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
    #expect(!run.errors.contains("hunter2"), "a secret is shown")
    if mistake.golden == actual { return }
    if ProcessInfo.processInfo.environment["PENSTOCK_RECORD"] == "1" {
      try Data((mistake.head + actual).utf8).write(to: mistake.path)
      Issue.record("recorded \(name)")
    } else {
      Issue.record("\(name) is reported as:\n\(actual)")
    }
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
