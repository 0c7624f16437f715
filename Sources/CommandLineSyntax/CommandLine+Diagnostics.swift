package import Diagnostics
package import SourceText

extension Diagnostic {
  package static func emptyOptionValue(_ option: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .missingOptionValue, "the value of `\(option)` is empty", at: span,
      hint: "is a variable unset?")
  }

  /// Two long names, without the dashes.
  static func exclusiveOptions(_ first: String, _ second: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .outdatedCommandLine, "`--\(first)` and `--\(second)` exclude each other", at: span,
      hint: "leave one of them out")
  }

  package static func invalidOptionValue(
    _ value: String, of option: String, among choices: [String], at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .invalidOptionValue, "`\(value)` isn't a value of `\(option)`", at: span,
      hint: Suggestion.hint(for: value, among: choices)
        ?? "it takes \(choices.map { "`\($0)`" }.joined(separator: ", "))")
  }

  package static func invalidOptionValue(
    _ value: String, of option: String, expected: String, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .invalidOptionValue, "`\(value)` isn't a value of `\(option)`", at: span,
      hint: "it takes \(expected)")
  }

  package static func missingArgument(_ name: String, of command: CommandName, at span: Span)
    -> Diagnostic
  {
    Diagnostic(
      .missingArgument, "missing argument of `\(command.rawValue)`: \(name)", at: span,
      hint: command.argument?.summary)
  }

  /// Several runs at once can't each hold the one lock.
  package static func lockOfMany(_ width: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .invalidOptionValue, "\(width) runs at once can't hold the same lock", at: span,
      hint: "leave out `--max-active`, or the lock")
  }

  package static func missingOption(_ option: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .missingArgument, "missing option: --\(option)", at: span,
      hint: "give the first and the last time: `--\(option) 2026-01-01..2026-01-31`")
  }

  package static func missingOptionValue(_ option: String, kind: String, at span: Span)
    -> Diagnostic
  {
    Diagnostic(
      .missingOptionValue, "`\(option)` needs a value", at: span,
      hint: "it takes \(kind); is a variable unset?")
  }

  /// - Parameter parts: what of it is out of date, at least one.
  static func outdatedCommandLine(
    _ parts: [(message: String, span: Span)], hint: String
  ) -> Diagnostic {
    Diagnostic(
      .outdatedCommandLine, parts.first?.message ?? "", at: parts.first?.span,
      notes: parts.dropFirst().map { Note($0.message, at: $0.span) },
      hint: hint)
  }

  static func neverWarning(_ code: String, of option: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .invalidOptionValue, "`\(code)` is always an error, which `\(option)` doesn't change",
      at: span, hint: "leave it out, and fix what is reported: `penstock explain \(code)`")
  }

  package static func notFormatted(_ path: String, at span: Span?) -> Diagnostic {
    Diagnostic(
      .formatRefused, "`\(path)` isn't YAML, and `fmt` lays out only that", at: span,
      hint: "leave it out")
  }

  package static func outputFailed(_ path: String, _ reason: String, at span: Span?) -> Diagnostic {
    Diagnostic(.outputFailed, "cannot write `\(path)`: \(reason)", at: span)
  }

  /// - Parameter count: the key's length in bytes.
  package static func secretsKeyShort(_ count: Int) -> Diagnostic {
    Diagnostic(
      .secretsKeyShort,
      "`PENSTOCK_SECRETS_KEY` has \(count) characters, and fewer than 32 can be guessed: "
        + "secrets aren't compared", at: nil,
      hint: "make one with `openssl rand -hex 32`, and keep it")
  }

  static func repeatedOption(_ option: String, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      .repeatedOption, "`\(option)` is given twice, with different values", at: span,
      notes: [Note("the other value is here", at: first)],
      hint: "leave one out")
  }

  /// - Parameters:
  ///   - first: an option that takes a file, and has a folder.
  ///   - options: both options with the other one's value.
  package static func swappedOptions(
    _ first: String, _ other: String, at span: Span, second: Span, _ options: String
  ) -> Diagnostic {
    Diagnostic(
      .unreadableFile, "`\(first)` takes a file and `\(other)` a folder: they are swapped",
      at: span,
      notes: [Note("the file is here", at: second)], hint: "write `\(options)`")
  }

  package static func unexpectedArgument(
    _ argument: String, of command: CommandName, at span: Span
  ) -> Diagnostic {
    let isOption = command.options.contains { $0.long == argument }
    return Diagnostic(
      .unexpectedArgument, "unexpected argument `\(argument)` for `\(command.rawValue)`", at: span,
      hint: isOption ? "did you mean `--\(argument)`?" : nil)
  }

  /// An argument of a program that took only options.
  static func unexpectedArgument(_ argument: String, at span: Span) -> Diagnostic {
    Diagnostic(.unexpectedArgument, "unexpected argument `\(argument)`", at: span)
  }

  package static func unexpectedOptionValue(_ option: String, at span: Span) -> Diagnostic {
    Diagnostic(.unexpectedOptionValue, "`\(option)` takes no value", at: span)
  }

  package static func unexpectedSide(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .unexpectedArgument, "`--git` already names both sides, so `\(name)` is one too many",
      at: span,
      hint: "name the folder of inputs alone: `penstock diff --git BASE FOLDER`")
  }

  package static func unknownCommand(_ name: String, at span: Span) -> Diagnostic {
    let names = CommandName.allCases.map(\.rawValue)
    return Diagnostic(
      .unknownCommand, "unknown command `\(name)`", at: span,
      hint: Suggestion.hint(for: name, among: names)
        ?? CommandName.named(elsewhere: name).map { "did you mean `\($0.rawValue)`?" }
        ?? "`penstock help` lists the commands")
  }

  package static func unknownDiagnostic(_ code: String, at span: Span) -> Diagnostic {
    let codes = DiagnosticCode.allCases.map(\.rawValue)
    return Diagnostic(
      .unknownDiagnostic, "unknown diagnostic `\(code)`", at: span,
      hint: Suggestion.hint(for: code, among: codes) ?? "`penstock explain` lists them")
  }

  package static func unknownOption(_ option: String, among options: [String], at span: Span)
    -> Diagnostic
  {
    let near = option.utf8.count > 2 ? Suggestion.hint(for: option, among: options) : nil
    return Diagnostic(
      .unknownOption, "unknown option `\(option)`", at: span,
      hint: near ?? "`--help` lists the options")
  }

  /// An option with other hyphens than it has, or with `=` after a letter.
  static func misspeltOption(_ text: String, meaning option: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .unknownOption, "unknown option `\(text)`", at: span, hint: "did you mean `\(option)`?")
  }

  package static func unknownPipeline(_ name: String, among names: [String], at span: Span?)
    -> Diagnostic
  {
    Diagnostic(
      .unknownPipeline, "`\(name)` is neither a file nor a built-in pipeline", at: span,
      hint: Suggestion.hint(for: name, among: names)
        ?? "`penstock pipelines` lists what is built in")
  }

  package static func unknownSchema(_ name: String, among names: [String], at span: Span)
    -> Diagnostic
  {
    Diagnostic(
      .unknownSchema, "there is no built-in schema `\(name)`", at: span,
      hint: Suggestion.hint(for: name, among: names) ?? "`penstock schema` lists them")
  }

  /// - Parameter paths: those that may have been meant.
  package static func unreadableFile(
    _ path: String, _ reason: String, among paths: [String] = [], at span: Span?
  ) -> Diagnostic {
    Diagnostic(
      .unreadableFile, "cannot read `\(path)`: \(reason)", at: span,
      hint: Suggestion.hint(for: path, among: paths.filter { $0 != path }))
  }
}
