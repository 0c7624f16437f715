package import Diagnostics
package import Locations
package import SourceText

extension Diagnostic {
  /// Quotes the text only if the problem's words don't: it may be composed of more than what is at
  /// the span.
  package static func locationInvalid(
    _ text: String, _ problem: LocationProblem, at span: Span?
  ) -> Diagnostic {
    let message =
      problem == .noScheme ? "`\(text)` isn't a location: \(problem.words)" : problem.words
    return Diagnostic(.locationInvalid, message, at: span, hint: problem.hint)
  }

  package static func locationSuspicious(
    _ location: Location, _ doubt: BucketName.Doubt, at span: Span?
  ) -> Diagnostic {
    Diagnostic(
      .locationSuspicious, "the bucket `\(location.bucket)` \(doubt.words)", at: span,
      severity: .warning)
  }
}
