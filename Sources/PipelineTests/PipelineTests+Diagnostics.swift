package import Diagnostics
package import SourceText

extension Diagnostic {
  static func codeUnknown(_ code: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .testInvalid, "there is no diagnostic `\(code)`", at: span,
      hint: Suggestion.hint(for: code, among: DiagnosticCode.allCases.map(\.rawValue)))
  }

  package static func coverageTooLow(_ found: String, wanted: String) -> Diagnostic {
    Diagnostic(.coverageTooLow, "\(found), which is less than \(wanted) %")
  }

  static func factsUnreadable(_ reason: String, at span: Span) -> Diagnostic {
    Diagnostic(.testInvalid, "the facts can't be used: \(reason)", at: span)
  }

  static func faultUnknown(_ text: String, forms: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .testInvalid, "`\(text)` isn't a fault that can be simulated", at: span,
      notes: [Note("the forms are \(forms)")])
  }

  static func faultsWithoutRun(at span: Span) -> Diagnostic {
    Diagnostic(
      .testInvalid, "faults happen in a sandbox run, which this test doesn't make", at: span,
      hint: "say under `expect` what the `run` does")
  }

  static func inputNotThere(_ name: String, among names: [String], at span: Span) -> Diagnostic {
    Diagnostic(
      .testInvalid, "the pipeline takes no input `\(name)`", at: span,
      hint: Suggestion.hint(for: name, among: names))
  }

  static func optionInvalid(_ name: String, expected: String, at span: Span) -> Diagnostic {
    Diagnostic(.testInvalid, "`\(name)` has to be \(expected)", at: span)
  }

  static func pathBlocked(_ path: String, _ reason: String, hint: Hint? = nil, at span: Span)
    -> Diagnostic
  {
    Diagnostic(.testInvalid, "`\(path)` can't be changed: \(reason)", at: span, hint: hint)
  }

  static func patternInvalid(_ text: String, _ reason: String, at span: Span) -> Diagnostic {
    Diagnostic(.testInvalid, "`\(text)` isn't a regular expression: \(reason)", at: span)
  }

  static func stageNotThere(_ name: String, among names: [String], at span: Span) -> Diagnostic {
    Diagnostic(
      .testInvalid, "the pipeline has no stage `\(name)`", at: span,
      hint: Suggestion.hint(for: name, among: names))
  }

  static func testFailed(
    _ test: String, _ what: String, at span: Span?, hint: Hint? = nil
  ) -> Diagnostic {
    Diagnostic(.testFailed, "`\(test)`: \(what)", at: span, hint: hint)
  }

  static func testFileMissing(_ path: String, _ reason: String, at span: Span) -> Diagnostic {
    Diagnostic(.testInvalid, "`\(path)` can't be read: \(reason)", at: span)
  }

  static func testNameTwice(_ name: String, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      .testNameTwice, "two tests are named `\(name)`", at: span,
      notes: [Note("the first one is here", at: first)])
  }

  package static func testsNotFound(in places: [String], at span: Span?) -> Diagnostic {
    let list = places.map { "`\($0)`" }.joined(separator: ", ")
    return Diagnostic(
      .testsNotFound, "no file of tests is in \(list)", at: span,
      hint: "name it `NAME.test.yml`, or put it in a folder `tests`")
  }

  package static func testsNotSelected(at span: Span?) -> Diagnostic {
    Diagnostic(
      .testsNotFound, "no test's name or file has this text", at: span,
      hint: "`penstock test --list` lists the tests")
  }

  package static func testsOfNothing(_ name: String, among names: [String], at span: Span)
    -> Diagnostic
  {
    Diagnostic(
      .testInvalid, "there is no pipeline `\(name)`", at: span,
      hint: Suggestion.hint(for: name, among: names))
  }

  static func unreachableReached(_ what: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .testFailed, "this was \(what), so it can come about", at: span,
      hint: "take it out of `unreachable`")
  }

  /// - Parameter lines: where the condition is; not empty.
  static func unreachableElsewhere(_ text: String, line: Int, lines: [Int], at span: Span)
    -> Diagnostic
  {
    let places = Set(lines).sorted().map(String.init).joined(separator: ", ")
    return Diagnostic(
      .testInvalid, "the pipeline has no condition `\(text)` at line \(line)", at: span,
      hint: "it is at line \(places)")
  }

  static func unreachableUnknown(_ text: String, among texts: [String], at span: Span)
    -> Diagnostic
  {
    Diagnostic(
      .testInvalid, "the pipeline has no condition `\(text)`", at: span,
      hint: Suggestion.hint(for: text, among: texts))
  }
}
