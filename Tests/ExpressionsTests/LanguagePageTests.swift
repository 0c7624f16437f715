import Diagnostics
import Expressions
import Foundation
import SourceText
import TestSupport
import Testing
import Values

/// What docs/language.md says about functions.
@Suite struct LanguagePageTests {
  /// Each row below `<!-- functions -->` is an expression and its value.
  @Test func functionsDoWhatThePageSays() throws {
    let rows = try Self.rows()
    #expect(rows.count > 10)
    for (text, value) in rows {
      var diagnostics: [Diagnostic] = []
      let parsed = Expression.parse(
        text, locate: { Span(SourceID(index: 0), $0) }, into: &diagnostics)
      let expression = try #require(parsed, "\(text)")
      _ = expression.check(in: TypeEnvironment(), into: &diagnostics)
      #expect(diagnostics.isEmpty, "\(text): \(diagnostics.map(\.message))")
      let result = expression.evaluate(in: EvaluationContext(variables: [:]))
      guard case .success(let found) = result else {
        Issue.record("\(text): \(result)")
        continue
      }
      #expect(Self.plain(found) == value, "\(text)")
    }
  }

  /// Every Penstock function is on the page.
  @Test func pageNamesEveryFunctionOfOurs() throws {
    let shown = try Self.rows().map(\.text).joined(separator: " ")
    let source = try Self.text("Sources/Expressions/Builtin.swift").components(separatedBy: "\n")
    let start = try #require(source.firstIndex { $0.contains("// Penstock's own.") })
    let cases = source[(start + 1)...].prefix { $0.hasPrefix("  case ") }
    #expect(!cases.isEmpty)
    for line in cases {
      for name in line.dropFirst(7).components(separatedBy: ", ") {
        #expect(shown.contains("\(name)("), "\(name)")
      }
    }
  }

  private static func plain(_ value: Value) -> String {
    switch value {
    case .string(let text): text
    case .bool(let flag): String(flag)
    case .int(let number): String(number)
    default: "\(value)"
    }
  }

  private static func rows() throws -> [(text: String, value: String)] {
    let lines = try text("docs/language.md").components(separatedBy: "\n")
    let start = try #require(lines.firstIndex(of: "<!-- functions -->"))
    return lines[(start + 3)...].prefix { $0.hasPrefix("|") }.map { line in
      let parts = line.components(separatedBy: "`")
      return (parts[1], parts[3])
    }
  }

  private static func text(_ path: String) throws -> String {
    String(
      decoding: try Locations.bytes(Locations.repository.appending(path: path)), as: UTF8.self)
  }
}
