import Compiler
import Diagnostics
import Testing
import Values

/// What the user says of severities: `--strict`, `--warn` and `--allow`.
@Suite struct SeverityTests {
  private static let given = [
    Diagnostic(.datasetAbsent, "an error", at: nil), Diagnostic(.dataLost, "a warning", at: nil),
    Diagnostic(.factAssumed, "a note", at: nil),
  ]

  private static func effective(_ set: (inout CompilerOptions) -> Void) -> [String] {
    var options = CompilerOptions(
      runTime: Value.Timestamp(seconds: 0, nanoseconds: 0), utcOffsetSeconds: 0)
    set(&options)
    return options.effective(given).map { "\($0.severity) \($0.code.rawValue)" }
  }

  @Test func choicesAreKept() {
    let (error, warning, note) = (
      "error dataset-absent", "warning data-lost", "information fact-assumed"
    )
    #expect(Self.effective { _ in } == [error, warning, note])
    #expect(Self.effective { $0.strict = true } == [error, "error data-lost", note])
    #expect(Self.effective { $0.allowed = [.dataLost, .datasetAbsent] } == [error, note])
    #expect(
      Self.effective { $0.warned = [.dataLost, .datasetAbsent] } == [
        "warning dataset-absent", warning, note,
      ])
    // A warning that is allowed isn't an error with --strict either.
    #expect(
      Self.effective {
        $0.allowed = [.dataLost]
        $0.strict = true
      } == [error, note])
    // An error that is made a warning stays a warning with --strict.
    #expect(
      Self.effective {
        $0.warned = [.datasetAbsent]
        $0.strict = true
      } == ["warning dataset-absent", "error data-lost", note])
  }
}
