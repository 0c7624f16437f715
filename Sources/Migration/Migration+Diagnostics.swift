import Diagnostics
import SourceText

extension Diagnostic {
  static func migrationAdded(_ keys: [String], at span: Span?) -> Diagnostic {
    Diagnostic(
      .migrationAdded,
      "these keys are new; their values don't change anything: "
        + keys.map { "`\($0)`" }.joined(separator: ", "), at: span)
  }

  static func migrationByHand(_ tasks: [String], in file: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .migrationChanged, "some things are left to do by hand; \(file) lists them too", at: span,
      notes: tasks.enumerated().map { Note("\($0 + 1). \($1)") })
  }

  /// - Parameter old: the version of a job that isn't one of the releases'.
  static func migrationChanged(
    _ key: String, _ value: String, _ why: String, own old: String? = nil, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .migrationChanged, "`\(key)` is now `\(value)`: \(why)", at: span,
      hint: old.map {
        "`\($0)` looks like a build of your own: find out whether `\(value)` has what you changed"
      }, severity: old == nil ? nil : .warning)
  }

  static func migrationAssets(
    _ key: String, jobs: [String], standard: String?, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .migrationChanged,
      "`\(key)` is a bucket of your own, which may not have the new jars: "
        + jobs.joined(separator: ", "), at: span,
      hint: "copy them there" + (standard.map { ", or use `\($0)`" } ?? ""), severity: .warning)
  }

  /// - Parameter text: a number that isn't known here.
  static func migrationUncounted(
    _ key: String, _ text: String, minus: Int64, _ why: String, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .migrationAdded, "`\(key)` is set to `ADD HERE`: \(why), and `\(text)` isn't a known number",
      at: span, hint: "put the number there less \(minus), before you use the file",
      severity: .warning)
  }

  static func migrationDiffers(_ key: String, from today: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .migrationDropped,
      "`\(key)` isn't carried over: the configuration has another value, as `\(today)`", at: span,
      hint: "make sure that the configuration's value is right for both")
  }

  static func migrationDerived(_ key: String, _ value: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .migrationAdded, "`\(key)` is new, and set to `\(value)`", at: span,
      hint: "check that nothing else is stored there, and that the jobs may write there",
      severity: .warning)
  }

  static func migrationDropped(_ key: String, _ why: String, at span: Span) -> Diagnostic {
    Diagnostic(.migrationDropped, "`\(key)` isn't carried over: \(why)", at: span)
  }

  static func migrationFill(_ key: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .migrationAdded, "`\(key)` is new, and set to `ADD HERE`: its value is unknown",
      at: span, hint: "put the value there before you use the file", severity: .warning)
  }

  static func migrationFillTarget(_ key: String, in file: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .migrationAdded,
      "`\(key)` of `\(file)` is new, and set to `ADD HERE`: its value is unknown", at: span,
      hint: "put the value there before you use the file", severity: .warning)
  }

  /// - Parameter today: the only table that the loader fills.
  static func migrationTable(_ table: String, today: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .migrationDropped,
      "the table's name `\(table)` isn't carried over: the loader loads into `\(today)`, and targets "
        + "name only the schema", at: span,
      hint: "rename the table to `\(today)`, or make a view of the old name")
  }

  static func migrationNoSchema(
    _ table: String, _ key: String, in file: String, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .migrationAdded,
      "`\(key)` of `\(file)` is set to `ADD HERE`: `\(table)` has no schema, so the database looked "
        + "the table up in its search path", at: span,
      hint: "put the schema there that has the table, perhaps `public`, before you use the file",
      severity: .warning)
  }

  static func migrationNote(_ note: String, at span: Span) -> Diagnostic {
    Diagnostic(.migrationChanged, note, at: span)
  }

  static func migrationRefused(_ layout: String, _ why: String, at span: Span?) -> Diagnostic {
    Diagnostic(.migrationRefused, "\(layout) can't be migrated: \(why)", at: span)
  }

  static func migrationTemplateInJSON(_ key: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .migrationDropped,
      "`\(key)` isn't carried over: it comes from the environment, which a JSON file can't use",
      at: span,
      hint: "replace `ADD HERE` with the value, or with a reference to EC2's parameter store")
  }

  static func notAConfiguration(at span: Span?) -> Diagnostic {
    Diagnostic(
      .migrationRefused, "this isn't a configuration in any known layout", at: span,
      hint: "give a configuration: it has a map `aws`, with buckets under `s3`")
  }

  static func successorNeedsToday(at span: Span?) -> Diagnostic {
    Diagnostic(
      .migrationRefused, "this isn't a configuration in the current layout", at: span,
      hint: "migrate it to the current layout first: `penstock migrate CONFIG -o DIR`")
  }

  static func targetNotCarried(
    _ kind: String?, among known: [String], at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .migrationDropped,
      kind.map { "a target of type `\($0)` isn't carried over" }
        ?? "a target without a type isn't carried over", at: span,
      hint: kind.flatMap { Suggestion.hint(for: $0, among: known) }
        ?? "known types are \(known.map { "`\($0)`" }.joined(separator: ", "))")
  }
}
