package import Diagnostics
package import SourceText

extension Diagnostic {
  /// - Parameter what: what the engine has no place for, in the plural or with its article.
  package static func targetLacks(
    _ target: Target, _ what: String, hint: String, at span: Span?
  ) -> Diagnostic {
    Diagnostic(.targetLacks, "\(target.title) has no place for \(what)", at: span, hint: "\(hint)")
  }
}
