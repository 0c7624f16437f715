package import Diagnostics
package import SourceText
import Values

extension Diagnostic {
  /// What was written asks EMR for something else than the source.
  static func importDifferent(_ flow: String, _ differences: [String], at span: Span?) -> Diagnostic
  {
    Diagnostic(
      .importDifferent,
      "the pipeline of `\(flow)` asks EMR for something else than its source", at: span,
      notes: differences.map { Note($0) },
      hint: "change the pipeline by hand before you use it, and compare with `penstock diff`")
  }

  /// Something that the pipeline doesn't do although the source does.
  package static func importLost(_ what: String, _ reason: String, at span: Span?) -> Diagnostic {
    Diagnostic(.importLost, "`\(what)` isn't carried over: \(reason)", at: span)
  }

  /// A source that can't be read, or makes no sense.
  ///
  /// - Parameter problem: what is wrong, as a message: "`Steps` must be a list".
  package static func importMalformed(
    _ problem: String, at span: Span?, hint: String? = nil
  ) -> Diagnostic {
    Diagnostic(.importMalformed, problem, at: span, hint: hint)
  }

  /// Something that has to be known or decided.
  package static func importNote(_ what: String, _ reason: String, at span: Span?) -> Diagnostic {
    Diagnostic(.importNote, "`\(what)`: \(reason)", at: span)
  }

  /// A file that no reader recognises.
  package static func importUnknown(
    _ name: String, kinds: [SourceKind], at span: Span?
  ) -> Diagnostic {
    Diagnostic(
      .importUnknown, "`\(name)` isn't a job flow in any form that can be imported", at: span,
      notes: [
        Note(
          "`import` reads " + kinds.map { "\($0.summary) (`\($0.name)`)" }.joined(separator: "; "))
      ],
      hint: "name the form with `--from`, and the errors say what is missing")
  }
}
