package import Diagnostics
package import SourceText

extension Diagnostic {
  /// - Parameters:
  ///   - what: what the engine lacks, as a noun.
  ///   - reason: why, in words.
  package static func targetLacks(
    _ target: Target, _ what: String, _ reason: String, hint: String, at span: Span?
  ) -> Diagnostic {
    Diagnostic(
      .targetLacks, "\(target.title) has no \(what): \(reason)", at: span, hint: "\(hint)")
  }
}
