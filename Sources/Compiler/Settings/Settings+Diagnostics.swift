import Diagnostics
import SourceText

extension Diagnostic {
  static func inputLayered(_ name: String, at span: Span?, first: Span?) -> Diagnostic {
    Diagnostic(
      .inputLayered, "`\(name)` is a folder of files, and folders aren't laid over one another",
      at: span, notes: first.map { [Note("the other one is here", at: $0)] } ?? [],
      hint: "leave one out, or put all files into one folder")
  }

  static func inputIsFile(_ name: String, files: Int, at span: Span?) -> Diagnostic {
    Diagnostic(
      .inputLayered, "the input `\(name)` is one file, and this is a folder with \(files) of them",
      at: span, hint: "name the file; several of them are laid over one another in your order")
  }

  static func notASetting(_ text: String, _ option: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .invalidOptionValue, "`\(text)` isn't a value of `--\(option)`", at: span,
      hint: option == "set"
        ? "it takes a key of an input and its value: `a.b=3`, `list[0].x=y`"
        : "it takes a parameter's name and its value: `NAME=VALUE`")
  }

  static func paramGivenTwice(_ name: String, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      .repeatedOption, "the parameter `\(name)` is given twice, with different values", at: span,
      notes: [Note("the other value is here", at: first)], hint: "leave one out")
  }

  static func paramIsSecret(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .paramInvalid,
      "`\(name)` would be a secret, and parameters are recorded in plans and shown", at: span,
      hint: "let an input have it, or say `x-secret: false` if it isn't one")
  }

  /// - Parameter missing: names, each with what it is.
  static func paramMissing(
    _ missing: [(name: String, what: String, span: Span)]
  ) -> Diagnostic {
    let names = missing.map { "`\($0.name)`" + ($0.what.isEmpty ? "" : " (\($0.what))") }
    return Diagnostic(
      .paramMissing,
      missing.count == 1
        ? "the parameter \(names[0]) is missing"
        : "\(missing.count) parameters are missing: \(names.joined(separator: ", "))",
      notes: missing.map { Note("`\($0.name)` is declared here", at: $0.span) },
      hint: "give \(missing.map { "`--param \($0.name)=…`" }.joined(separator: " "))")
  }

  static func paramUnknown(_ name: String, among names: [String], at span: Span) -> Diagnostic {
    Diagnostic(
      .paramUnknown, "the pipeline has no parameter `\(name)`", at: span,
      hint: Suggestion.hint(for: name, among: names)
        ?? (names.isEmpty
          ? "this pipeline has no `params`; `--set` changes a value of an input"
          : "its parameters are \(names.map { "`\($0)`" }.joined(separator: ", "))"))
  }

  static func paramWrongMoment(
    _ name: String, _ text: String, wanted: String, at span: Span, declared: Span
  ) -> Diagnostic {
    Diagnostic(
      .schemaBadFormat, "`\(text)` isn't \(wanted)", at: span,
      notes: [Note("the parameter `\(name)` is declared here", at: declared)])
  }

  static func setOfFolder(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .setUnknownKey, "`\(name)` is a folder of files: `--set` changes the value of a single file",
      at: span, hint: "edit the file in the folder")
  }

  static func setNoInput(_ names: [String], at span: Span) -> Diagnostic {
    Diagnostic(
      .setUnknownKey,
      names.isEmpty
        ? "the pipeline has no input whose value could be set"
        : "the pipeline has several inputs: begin with the name of one", at: span,
      hint: names.isEmpty
        ? "`--param` gives the pipeline's parameters"
        : names.map { "`--set \($0).…`" }.joined(separator: ", "))
  }

  static func setNoItem(_ index: Int, count: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .setUnknownKey,
      "there is no item \(index) here: the list has \(count == 1 ? "1 item" : "\(count) items")",
      at: span, hint: count == 0 ? "set the whole list: `key=[…]`" : "items count from 0")
  }

  /// - Parameter found: what the value at `path` is, which has to be a list or a map.
  static func setNotAContainer(
    _ path: String, _ found: String, wanted: String, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .setUnknownKey,
      path.isEmpty
        ? "the input is \(found), not \(wanted)" : "`\(path)` is \(found), not \(wanted)",
      at: span)
  }

  static func setUnknownKey(_ key: String, among names: [String], at span: Span) -> Diagnostic {
    Diagnostic(
      .setUnknownKey, "there is no key `\(key)` here, neither in the input nor in its schema",
      at: span,
      hint: Suggestion.hint(for: key, among: names)
        ?? (names.isEmpty
          ? nil : "the keys here are \(names.prefix(8).map { "`\($0)`" }.joined(separator: ", "))"))
  }

  static func setSecret(_ key: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .setSecret,
      "`\(key)` is a secret: on the command line, other users of the machine can see it, and plans "
        + "record command lines", at: span,
      hint: "lay a file that has it over the others: `-c secrets.yml`")
  }
}
