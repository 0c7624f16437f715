package import Diagnostics
package import SourceText

extension Diagnostic {
  /// The pipeline is compiled without what the engine lacks.
  ///
  /// - Parameters:
  ///   - what: what the engine lacks, as a noun.
  ///   - reason: why, in words.
  package static func targetDrops(
    _ target: Target, _ what: String, _ reason: String, at span: Span?
  ) -> Diagnostic {
    Diagnostic(
      .targetLacks, lack(target, what, reason), at: span, severity: .warning)
  }

  /// - Parameters:
  ///   - what: what the engine lacks, as a noun.
  ///   - reason: why, in words.
  package static func targetLacks(
    _ target: Target, _ what: String, _ reason: String, hint: String, at span: Span?
  ) -> Diagnostic {
    Diagnostic(
      .targetLacks, lack(target, what, reason), at: span, hint: hint.isEmpty ? nil : hint)
  }

  private static func lack(_ target: Target, _ what: String, _ reason: String) -> String {
    "\(target.title) doesn't support \(what): \(reason)"
  }
}
