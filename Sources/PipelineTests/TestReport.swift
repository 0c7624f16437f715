import DiagnosticRendering
package import Diagnostics
import Documents
package import SourceText
import Text
import Values

/// The results of the tests of a file.
package struct SuiteReport: Sendable {
  /// The file's path.
  package var name: String
  package var results: [TestResult]
  /// What is wrong with the file itself.
  package var mistakes: [Diagnostic]
  /// Of the diagnostics of both.
  package var sources: SourceSet

  package init(
    name: String, results: [TestResult], mistakes: [Diagnostic], sources: SourceSet
  ) {
    self.name = name
    self.results = results
    self.mistakes = mistakes
    self.sources = sources
  }

  package var hasPassed: Bool { !mistakes.hasErrors && results.allSatisfy(\.hasPassed) }

  /// All that is wrong, for other formats.
  package var diagnostics: [Diagnostic] {
    mistakes + results.flatMap { $0.failures.map(\.fullDiagnostic) }
  }
}

/// The results of all tests, in the order of their files.
package struct TestReport: Sendable {
  package var suites: [SuiteReport]
  /// Nil if it wasn't asked for.
  package var coverage: Coverage?
  /// The paths of the snapshots that were written.
  package var written: [String] = []
  /// What is wrong besides.
  package var problems: [Diagnostic] = []

  package init(_ suites: [SuiteReport]) { self.suites = suites }

  private var all: [TestResult] { suites.flatMap(\.results) }

  package var hasPassed: Bool {
    suites.allSatisfy(\.hasPassed) && !problems.hasErrors
  }

  // MARK: Text

  /// - Parameter isChatty: whether passed tests are named too.
  package func text(colored: Bool, isChatty: Bool) -> String {
    var text = ""
    for suite in suites {
      text += suite.text(colored: colored, isChatty: isChatty)
    }
    for path in written { text += "written: \(path)\n" }
    if let coverage { text += coverage.text }
    let failed = all.count { !$0.hasPassed }
    let broken = suites.count { $0.mistakes.hasErrors }
    var words = ["\(all.count - failed) passed"]
    if failed > 0 { words.insert("\(failed) failed", at: 0) }
    if broken > 0 { words.append("\(broken) invalid file\(broken == 1 ? "" : "s")") }
    return text
      + "\(all.count) test\(all.count == 1 ? "" : "s"): \(words.joined(separator: ", "))\n"
  }

  // MARK: Formats for programs

  package var json: [UInt8] {
    var map = ValueMap([
      "passed": .int(Int64(all.count { $0.hasPassed })),
      "failed": .int(Int64(all.count { !$0.hasPassed })), "valid": .bool(hasPassed),
    ])
    map["files"] = .list(suites.map(\.value))
    map["written"] = .list(written.map { .string($0) })
    if let coverage { map["coverage"] = coverage.value }
    map["problems"] = .list(problems.map { .string($0.message) })
    var writer = CanonicalJSONWriter(pretty: true)
    writer.value(.map(map), revealingSecrets: false)
    writer.newline()
    return writer.bytes
  }

  /// As JUnit's Ant task writes it.
  package var junit: String {
    let failed = all.count { !$0.hasPassed }
    let broken = suites.count { $0.mistakes.hasErrors }
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    text +=
      "<testsuites tests=\"\(all.count)\" failures=\"\(failed)\" errors=\"\(broken)\">\n"
    for suite in suites { text += suite.junit }
    return text + "</testsuites>\n"
  }

  /// Version 14 of the Test Anything Protocol.
  package var tap: String {
    var text = "TAP version 14\n"
    var number = 0
    for suite in suites {
      if suite.mistakes.hasErrors {
        number += 1
        text += "not ok \(number) - \(Self.tapText(suite.name))\n"
        text += Self.tapDetails(suite.mistakeText)
      }
      for result in suite.results {
        number += 1
        text += result.hasPassed ? "ok" : "not ok"
        text += " \(number) - \(Self.tapText("\(suite.name): \(result.name)"))\n"
        if !result.hasPassed { text += Self.tapDetails(suite.failureText(result)) }
      }
    }
    return text + "1..\(number)\n"
  }

  private static func tapText(_ text: String) -> String {
    VisibleText.line(text).replacing("\\", with: "\\\\").replacing("#", with: "\\#")
  }

  private static func tapDetails(_ text: String) -> String {
    var lines = "  ---\n  message: |\n"
    for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      lines += line.isEmpty ? "\n" : "    " + String(decoding: line, as: UTF8.self) + "\n"
    }
    return lines + "  ...\n"
  }
}

extension SuiteReport {
  fileprivate func text(colored: Bool, isChatty: Bool) -> String {
    let failed = results.count { !$0.hasPassed }
    let passed = results.count - failed
    var words: [String] = []
    if failed > 0 { words.append("\(failed) failed") }
    if passed > 0 || failed == 0 && !mistakes.hasErrors { words.append("\(passed) passed") }
    if mistakes.hasErrors { words.append("invalid") }
    var text = "\(name): \(words.joined(separator: ", "))\n"
    text += render(mistakes, colored: colored)
    for result in results {
      if isChatty { text += "  \(result.hasPassed ? "ok" : "not ok") \(result.name)\n" }
      for failure in result.failures { text += shown(failure, colored: colored) }
    }
    return text
  }

  fileprivate func shown(_ failure: TestFailure, colored: Bool) -> String {
    var text = render([failure.diagnostic], colored: colored)
    for line in failure.difference {
      let color = line.hasPrefix("-") ? "31" : line.hasPrefix("+") ? "32" : ""
      let line = VisibleText.line(line.hasSuffix(" ") ? String(line.dropLast()) : line)
      text += colored && !color.isEmpty ? "    \u{1B}[\(color)m\(line)\u{1B}[0m\n" : "    \(line)\n"
    }
    return text
  }

  /// Without the count of errors at the end.
  private func render(
    _ diagnostics: [Diagnostic], colored: Bool
  ) -> String {
    if diagnostics.isEmpty { return "" }
    let text = String(
      decoding: DiagnosticRenderer.render(
        diagnostics, sources: sources, format: .text, color: colored), as: UTF8.self)
    var lines = text.utf8.split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
    ).map { String(decoding: $0, as: UTF8.self) }
    // The last lines are a blank one, the count, and what comes after the last line end.
    if lines.count > 3 { lines.removeLast(3) }
    return lines.map { $0 + "\n" }.joined()
  }

  fileprivate var mistakeText: String { render(mistakes, colored: false) }

  fileprivate func failureText(_ result: TestResult) -> String {
    result.failures.map { shown($0, colored: false) }.joined()
  }

  fileprivate var value: Value {
    .map(
      ValueMap([
        "file": .string(name),
        "mistakes": .list(mistakes.map { value(of: $0, []) }),
        "tests": .list(
          results.map { result in
            .map(
              ValueMap([
                "name": .string(result.name), "passed": .bool(result.hasPassed),
                "failures": .list(result.failures.map { value(of: $0.diagnostic, $0.difference) }),
              ]))
          }),
      ]))
  }

  private func value(of diagnostic: Diagnostic, _ difference: [String]) -> Value {
    var map = ValueMap([
      "code": .string(diagnostic.code.rawValue), "message": .string(diagnostic.message),
    ])
    if let span = diagnostic.span, let position = sources.position(of: span) {
      map["line"] = .int(Int64(position.line))
      map["column"] = .int(Int64(position.column))
    }
    if let hint = diagnostic.hint { map["hint"] = .string(hint) }
    map["difference"] = .list(difference.map { .string($0) })
    return .map(map)
  }

  fileprivate var junit: String {
    let failed = results.count { !$0.hasPassed }
    let isBroken = mistakes.hasErrors
    var text =
      "  <testsuite name=\"\(Self.xml(name))\" tests=\"\(results.count + (isBroken ? 1 : 0))\" failures=\"\(failed)\" errors=\"\(isBroken ? 1 : 0)\">\n"
    if isBroken {
      text += "    <testcase classname=\"\(Self.xml(name))\" name=\"the file\">\n"
      text +=
        "      <error message=\"the file is invalid\">\(Self.xml(mistakeText))</error>\n    </testcase>\n"
    }
    for result in results {
      text +=
        "    <testcase classname=\"\(Self.xml(name))\" name=\"\(Self.xml(result.name))\""
      guard let first = result.failures.first else {
        text += "/>\n"
        continue
      }
      text += ">\n      <failure message=\"\(Self.xml(first.diagnostic.message))\">"
      text += "\(Self.xml(failureText(result)))</failure>\n    </testcase>\n"
    }
    return text + "  </testsuite>\n"
  }

  /// Text for XML, without the characters that it can't have.
  private static func xml(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "\n", "\t": out.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: continue
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
