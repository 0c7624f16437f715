import Diagnostics
import SourceText

extension Diagnostic {
  static func templateMark(_ mark: String?, at span: Span) -> Diagnostic {
    Diagnostic(
      .templateMark,
      mark.map { "the placeholder `\($0)` was not filled in" }
        ?? "a placeholder was not filled in",
      at: span, hint: "put the value here, or run the tool that fills in the template first")
  }

  static func templateRubyUnsupported(
    _ what: String, quoting name: String? = nil, at span: Span
  ) -> Diagnostic {
    Diagnostic(
      .templateRuby, name.map { "the name in `ENV[\($0)]` has no quotes" } ?? what, at: span,
      hint: name.map { "put the name in quotes: `ENV['\($0)']`" }
        ?? "a template may hold `<%= ENV['NAME'] %>`, `<%= ENV['NAME'] || 'default' %>`, "
        + "`<%= ENV.fetch('NAME', 'default') %>` and `<%# comments %>`")
  }

  static func templateUnclosed(at span: Span) -> Diagnostic {
    Diagnostic(
      .templateSyntax, "the template tag that opens here isn't closed", at: span,
      hint: "close it with `%>`, or write `<%%` for a literal `<%`")
  }

  static func templateUnset(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .templateUnset, "the environment variable `\(name)` isn't set", at: span,
      hint: "set it, or give a default: `ENV.fetch('\(name)', 'default')`")
  }

  static func yamlAliasExpansion(limit: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlAlias, "the document's aliases expand to more than \(limit) values in all", at: span,
      hint: "write the values out, or make the document smaller")
  }

  static func yamlAliasRecursive(_ alias: String?, at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlAlias, "the alias\(quoted(alias)) is inside the value it refers to", at: span,
      hint: "an alias can only refer to a value that ends above it")
  }

  static func yamlAliasUndefined(_ alias: String?, known: [String], at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlAlias, "there is no anchor above for the alias\(quoted(alias))", at: span,
      hint: alias.flatMap { Suggestion.hint(for: $0, among: known) }
        ?? "put text that starts with `*` in quotes")
  }

  static func yamlColonWithoutBlank(_ key: String?, at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlSuspiciousText,
      key.map { "`\($0):` isn't read as a key: there is no space after its colon" }
        ?? "this looks like a key but is read as text: there is no space after its colon", at: span,
      hint: "add a space after the colon, or put the text in quotes")
  }

  static func yamlCurlyQuotes(at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlSuspiciousText, "these quotes are curly, so they are a part of the text", at: span,
      hint: "write straight quotes, `\"` or `'`, or none")
  }

  static func yamlDashWithoutBlank(isKey: Bool, at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlSuspiciousText,
      isKey
        ? "a key that starts with a dash isn't a list item"
        : "text that starts with a dash and a quote isn't a list item",
      at: Span(span.source, span.start, span.start + 1),
      hint: Hint(
        "add a space after the dash, or put the text in quotes",
        replacement: Hint.Replacement(.text("-"), with: "- ")))
  }

  static func yamlRubyTime(_ text: String?, at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlSuspiciousText,
      text.map { "`\($0)` is a date in Ruby, and a text here" }
        ?? "this is a date in Ruby, and a text here", at: span,
      hint: Hint(
        "put it in quotes",
        replacement: text.map { Hint.Replacement(.text($0), with: "'\($0)'") }))
  }

  static func yamlDuplicateKey(_ name: String?, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      .yamlDuplicateKey,
      name.map { "duplicate key `\($0)`" } ?? "duplicate key",
      at: span, notes: [Note("it is first given here", at: first)],
      hint: "remove one: most readers silently keep only one of the two")
  }

  static func yamlKeyIsContainer(at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlKey, "a list or map can't be a key", at: span,
      hint: "put text that starts with `{` or `[` in quotes")
  }

  static func yamlMemory(at span: Span) -> Diagnostic {
    Diagnostic(.yamlTooCostly, "not enough memory to read this text", at: span)
  }

  static func yamlMergeOfNoMap(at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlMerge, "`<<` takes a map or a list of maps", at: span,
      hint: "write `<<: *name`, where `&name` marks a map")
  }

  static func yamlSeveralDocuments(at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlSeveralDocuments, "a second document starts here, and only one is read", at: span,
      hint: "remove the `---`, or keep each document in its own file")
  }

  static func yamlSyntax(
    _ message: String, at span: Span, notes: [Note] = [], hint: Hint? = nil
  ) -> Diagnostic {
    Diagnostic(.yamlSyntax, message, at: span, notes: notes, hint: hint)
  }

  static func yamlTagMismatch(_ tag: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlTag, "the value doesn't match its tag `\(tag)`", at: span,
      hint: "remove the tag, or fix the value")
  }

  static func yamlTagUnknown(_ tag: String?, at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlTag, "unknown tag\(quoted(tag))", at: span,
      hint: "remove the tag, or put text that starts with `!` in quotes")
  }

  static func yamlText(_ problem: TextCheck.Problem, at span: Span) -> Diagnostic {
    switch problem {
    case .utf16:
      Diagnostic(
        .yamlEncoding, "the text is UTF-16", at: span, hint: "save it as UTF-8")
    case .notUTF8:
      Diagnostic(
        .yamlEncoding, "the text isn't UTF-8 here", at: span,
        hint: "save it as UTF-8; is it Latin-1?")
    case .control(let scalar):
      Diagnostic(
        .yamlEncoding, "the character U+\(Self.hexadecimal(scalar)) isn't allowed in YAML",
        at: span,
        hint: scalar == 0 ? "is this a text file?" : "write it as an escape in double quotes")
    case .blanks(let limit):
      Diagnostic(
        .yamlTooCostly, "more than \(limit) spaces in a row in a text of this size", at: span,
        hint: "remove the spaces")
    }
  }

  static func yamlTooDeep(limit: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlTooDeep, "the document is nested deeper than \(limit) levels", at: span,
      hint: "make the document flatter")
  }

  static func yamlTooManyDirectives(at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlTooCostly, "more than 32 directives", at: span,
      hint: "put text that starts with `%` in quotes")
  }

  /// A name after a space, if it may be shown.
  private static func quoted(_ name: String?) -> String { name.map { " `\($0)`" } ?? "" }

  private static func hexadecimal(_ scalar: UInt32) -> String {
    let digits = String(scalar, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
