import Diagnostics
import SourceText

extension Diagnostic {
  static func templateMark(_ mark: String?, at span: Span) -> Diagnostic {
    Diagnostic(
      .templateMark,
      mark.map { "the template's mark `\($0)` was not filled in" }
        ?? "a template's mark was not filled in",
      at: span, hint: "put the value here, or run the tool that fills the template first")
  }

  static func templateRubyUnsupported(_ what: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .templateRuby, what, at: span,
      hint: "a template may hold `<%= ENV['NAME'] %>`, `<%= ENV['NAME'] || 'default' %>`, "
        + "`<%= ENV.fetch('NAME', 'default') %>` and `<%# comments %>`")
  }

  static func templateUnclosed(at span: Span) -> Diagnostic {
    Diagnostic(
      .templateSyntax, "the template's mark that opens here is not closed", at: span,
      hint: "close it with `%>`; a `<%` that is meant as text is written `<%%`")
  }

  static func templateUnset(_ name: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .templateUnset, "the environment variable `\(name)` is not set", at: span,
      hint: "set it, or give a default: `ENV.fetch('\(name)', 'default')`")
  }

  static func yamlAliasExpansion(limit: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlAlias, "the document's aliases stand for more than \(limit) values in all", at: span,
      hint: "write the values out, or make the document smaller")
  }

  static func yamlAliasRecursive(_ alias: String?, at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlAlias, "the alias\(quoted(alias)) stands inside what it stands for", at: span,
      hint: "an alias may only stand for a value that ends above it")
  }

  static func yamlAliasUndefined(_ alias: String?, known: [String], at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlAlias, "no anchor stands above for the alias\(quoted(alias))", at: span,
      hint: alias.flatMap { Suggestion.hint(for: $0, among: known) }
        ?? "put a text that starts with `*` in quotes")
  }

  static func yamlColonWithoutBlank(_ key: String?, at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlSuspiciousText,
      key.map { "`\($0):` is no key but the start of a text: no space stands behind its colon" }
        ?? "a text that looks like a key: no space stands behind its colon", at: span,
      hint: "a space is needed behind the colon; put the text in quotes if it is one")
  }

  static func yamlDashWithoutBlank(isKey: Bool, at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlSuspiciousText,
      isKey
        ? "a key that starts with a dash is no list item"
        : "a text that starts with a dash and a quote is no list item",
      at: Span(span.source, span.start, span.start + 1),
      hint: "a space is needed behind the dash; put the text in quotes if it is one")
  }

  static func yamlDuplicateKey(_ name: String?, at span: Span, first: Span) -> Diagnostic {
    Diagnostic(
      .yamlDuplicateKey,
      name.map { "the key `\($0)` stands twice in one map" } ?? "a key stands twice in one map",
      at: span, notes: [Note("it first stands here", at: first)],
      hint: "readers keep one of the two without a word: remove the wrong one")
  }

  static func yamlKeyIsContainer(at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlKey, "a list or map cannot be a key", at: span,
      hint: "put a text that starts with `{` or `[` in quotes")
  }

  static func yamlMemory(at span: Span) -> Diagnostic {
    Diagnostic(.yamlTooCostly, "not enough memory to read this text", at: span)
  }

  static func yamlMergeOfNoMap(at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlMerge, "`<<` takes a map or a list of maps", at: span,
      hint: "write `<<: *name`, where `&name` stands at a map")
  }

  static func yamlSeveralDocuments(at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlSeveralDocuments, "a second document starts here, and only one is read", at: span,
      hint: "remove the `---`, or keep the documents in files of their own")
  }

  static func yamlSyntax(
    _ message: String, at span: Span, notes: [Note] = [], hint: String? = nil
  ) -> Diagnostic {
    Diagnostic(.yamlSyntax, message, at: span, notes: notes, hint: hint)
  }

  static func yamlTagMismatch(_ tag: String, at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlTag, "the value is not what its tag `\(tag)` says", at: span,
      hint: "remove the tag, or mend the value")
  }

  static func yamlTagUnknown(_ tag: String?, at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlTag, "the tag\(quoted(tag)) means nothing here", at: span,
      hint: "remove the tag; put a text that starts with `!` in quotes")
  }

  static func yamlText(_ problem: TextCheck.Problem, at span: Span) -> Diagnostic {
    switch problem {
    case .utf16:
      Diagnostic(
        .yamlEncoding, "the text is UTF-16", at: span, hint: "save it as UTF-8")
    case .notUTF8:
      Diagnostic(
        .yamlEncoding, "the text is not UTF-8 here", at: span,
        hint: "save it as UTF-8; is it Latin-1?")
    case .control(let scalar):
      Diagnostic(
        .yamlEncoding, "the character U+\(Self.hexadecimal(scalar)) cannot stand in YAML", at: span,
        hint: scalar == 0 ? "is this a text file?" : "write it as an escape in double quotes")
    case .blanks(let limit):
      Diagnostic(
        .yamlTooCostly, "more than \(limit) blanks in a row in a text of this size", at: span,
        hint: "remove the blanks")
    }
  }

  static func yamlTooDeep(limit: Int, at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlTooDeep, "the document nests deeper than \(limit) levels", at: span,
      hint: "make the document flatter")
  }

  static func yamlTooManyDirectives(at span: Span) -> Diagnostic {
    Diagnostic(
      .yamlTooCostly, "more than 32 directives", at: span,
      hint: "put a text that starts with `%` in quotes")
  }

  /// A name behind a blank, where it may be shown.
  private static func quoted(_ name: String?) -> String { name.map { " `\($0)`" } ?? "" }

  private static func hexadecimal(_ scalar: UInt32) -> String {
    let digits = String(scalar, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
