import Diagnostics
import SourceText

extension Diagnostic {
  static func migrationAdded(_ keys: [String], at span: Span?) -> Diagnostic {
    Diagnostic(
      .migrationAdded,
      "these keys are new, with values that change nothing: "
        + keys.map { "`\($0)`" }.joined(separator: ", "), at: span)
  }

  static func migrationChanged(_ key: String, _ value: String, _ why: String, at span: Span)
    -> Diagnostic
  {
    Diagnostic(.migrationChanged, "`\(key)` is `\(value)` now: \(why)", at: span)
  }

  static func migrationDerived(_ key: String, _ value: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .migrationAdded, "`\(key)` is new: `\(value)` is written", at: span,
      hint: "see that nothing else is there, and that the jobs may write there",
      severity: .warning)
  }

  static func migrationDropped(_ key: String, _ why: String, at span: Span) -> Diagnostic {
    Diagnostic(.migrationDropped, "`\(key)` is not carried over: \(why)", at: span)
  }

  static func migrationFill(_ key: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .migrationAdded, "`\(key)` is new, and `ADD HERE` is written: nothing tells its value",
      at: span, hint: "put the value there before the file is used", severity: .warning)
  }

  static func migrationNote(_ note: String, at span: Span) -> Diagnostic {
    Diagnostic(.migrationChanged, note, at: span)
  }

  static func migrationRefused(_ layout: String, _ why: String, at span: Span?) -> Diagnostic {
    Diagnostic(.migrationRefused, "\(layout) cannot be migrated: \(why)", at: span)
  }

  static func migrationTemplateInJSON(_ key: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .migrationDropped,
      "`\(key)` is not carried over: it comes from the environment, which a JSON file cannot take",
      at: span,
      hint: "`ADD HERE` is written: put the value there, or a reference to EC2's parameter store")
  }

  static func notAConfiguration(at span: Span?) -> Diagnostic {
    Diagnostic(
      .migrationRefused, "this is no configuration of any layout that is known", at: span,
      hint: "a configuration has a map `aws`, and buckets under `s3`")
  }

  static func targetNotCarried(
    _ kind: String?, among known: [String], at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .migrationDropped,
      kind.map { "a target of the type `\($0)` is not carried over" }
        ?? "a target without a type is not carried over", at: span,
      hint: kind.flatMap { Suggestion.hint(for: $0, among: known) }
        ?? "the types are \(known.map { "`\($0)`" }.joined(separator: ", "))")
  }
}
