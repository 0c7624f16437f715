package import Diagnostics
package import Locations
package import SourceText

extension Diagnostic {
  /// The text is quoted only where nothing of it is in the problem's words: it may be made of more
  /// than what is at the place.
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
