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
      switch problem {
      case .noScheme: "`\(text)` isn't a location: \(problem.words)"
      case .web, .blank, .dots: "`\(text)` isn't a place for data: \(problem.words)"
      // What is before a bucket may be a key with its secret; others name what is wrong.
      case .user, .bucket, .noBucket, .placeholder, .capitals: problem.words
      }
    var hint = problem.hint
    if problem == .noScheme, isReference(text) { hint = "write an expression as `${\(text)}`" }
    return Diagnostic(.locationInvalid, message, at: span, hint: hint)
  }

  /// Whether a text is a name and its members, as an expression has them.
  private static func isReference(_ text: String) -> Bool {
    ["config.", "data.", "run.", "cluster."].contains { text.hasPrefix($0) }
      && text.utf8.allSatisfy { $0 == 0x2E || $0 == 0x5F || $0 >= 0x30 && $0 < 0x7B }
  }

  package static func locationSuspicious(
    _ location: Location, _ doubt: BucketName.Doubt, at span: Span?
  ) -> Diagnostic {
    Diagnostic(
      .locationSuspicious, "the bucket `\(location.bucket)` \(doubt.words)", at: span,
      severity: .warning)
  }
}
