import Text
import Diagnostics
import SourceText
import Values

extension Composer {
  /// Reports libyaml's syntax error in our own words, and stops reading.
  mutating func refuse(_ problem: EventProblem) {
    isBroken = true
    if problem.isMemory {
      report(.yamlMemory(at: span(0..<0)))
      return
    }
    let at = offsets.offset(of: problem.mark)
    let context = problem.contextMark.map { offsets.offset(of: $0) }
    let advice = SyntaxAdvice(
      lines: SourceLines(bytes: bytes), problem: problem.text, context: problem.context, at: at,
      contextAt: context, lastScalar: lastScalar)
    // An error after a placeholder is caused by the placeholder, which has been reported.
    if let lastMark, advice.lines.line(of: at).overlaps(lastMark) { return }
    var diagnostic = advice.make(source) { shown($0) }
    if let mark = advice.templateMark {
      diagnostic = .templateMark(shown(mark), at: span(mark))
    }
    if file.isSubstituted(span(advice.line)) { diagnostic.hint = SyntaxAdvice.renderedHint }
    report(diagnostic)
  }
}

/// Explains a problem that libyaml reports, and what the author probably meant.
struct SyntaxAdvice {
  let lines: SourceLines
  /// libyaml's own text.
  let problem: String
  let context: String
  let at: Int
  let contextAt: Int?
  let lastScalar: Range<Int>

  static var renderedHint: String {
    "a value from the environment was put into this line: put quotes around its tag"
  }

  var line: Range<Int> { lines.line(of: at) }

  /// A template placeholder on the line, which explains any error there.
  var templateMark: Range<Int>? {
    for line in [line, contextAt.map(lines.line(of:)) ?? line] {
      if let open = lines.find("{{", in: line) ?? lines.find("{%", in: line) {
        return TemplateMarks.braces(lines.bytes, at: open) ?? open..<min(open + 2, line.upperBound)
      }
    }
    return nil
  }

  /// `shown` gives the text of a range, or nil if messages must not quote it.
  func make(_ source: SourceID, shown: (Range<Int>) -> String?) -> Diagnostic {
    func span(_ range: Range<Int>) -> Span { Span(source, range) }
    let here = at..<min(at + 1, max(at, lines.bytes.count))
    if let erb = lines.find("<%", in: line) {
      return .yamlSyntax(
        "a Ruby template tag `<%` isn't allowed here", at: span(erb..<(erb + 2)),
        hint: "only configs are rendered before they are read")
    }
    if let tab = lines.tabInIndentation(line) {
      return .yamlSyntax(
        "a tab indents this line", at: span(tab..<(tab + 1)),
        hint: "indent with spaces: YAML doesn't allow tabs here")
    }
    return inQuotes(source) ?? keys(source, here, shown) ?? structure(source, here)
      ?? starts(source, here) ?? rest(source, here)
  }

  /// Problems inside quoted text.
  private func inQuotes(_ source: SourceID) -> Diagnostic? {
    guard context == "while scanning a quoted scalar" || context == "while parsing a quoted scalar",
      let contextAt
    else { return nil }
    let quote = Span(source, contextAt..<(contextAt + 1))
    let here = Span(source, at..<min(at + 2, max(at, lines.bytes.count)))
    switch problem {
    case "found unexpected end of stream", "found unexpected document indicator":
      return .yamlSyntax(
        "the quote that opens here isn't closed", at: quote, hint: quoteHint(from: contextAt))
    case "found unknown escape character":
      return .yamlSyntax(
        "unknown escape in double quotes", at: here,
        hint: "write `\\\\` for a backslash, or use single quotes")
    default:
      return .yamlSyntax(
        "this escape isn't a valid character", at: Span(source, escape(before: at)),
        hint: "`\\x` takes two hexadecimal digits, `\\u` four and `\\U` eight")
    }
  }

  /// The backslash of the escape that the scanner is in, and the text after it.
  private func escape(before at: Int) -> Range<Int> {
    let start = (max(0, at - 10)..<at).last { lines.bytes[$0] == .backslash } ?? at
    return start..<min(start + 2, max(start, lines.bytes.count))
  }

  private func quoteHint(from open: Int) -> Hint {
    lines.byte(open) == .apostrophe
      ? "close it with `'`, and write a `'` inside as `''`"
      : "close it with `\"`, and write a `\"` inside as `\\\"`"
  }

  /// Problems with keys and colons.
  private func keys(
    _ source: SourceID, _ here: Range<Int>, _ shown: (Range<Int>) -> String?
  ) -> Diagnostic? {
    switch problem {
    case "could not find expected ':'":
      return keyWithoutColon(source, start: contextAt ?? at, shown)
    case "mapping values are not allowed in this context":
      let before = line.lowerBound..<min(at, line.upperBound)
      if let first = lines.colon(in: before) {
        return .yamlSyntax(
          "a second `: ` on this line", at: Span(source, here),
          notes: [.init("the first is here", at: Span(source, first..<(first + 1)))],
          hint: "put the value in quotes if the `:` belongs to it")
      }
      if let other = lines.dedentedLine(before: at) { return other.problem(source, shown) }
      return .yamlSyntax(
        "a key isn't allowed here", at: Span(source, lines.content(before)),
        hint: "the line above already has a value: is this line indented too far?")
    case "mapping keys are not allowed in this context":
      return .yamlSyntax(
        "`?` starts a key, and a key isn't allowed here", at: Span(source, here),
        hint: "put text that starts with `?` in quotes")
    default: return nil
    }
  }

  private func keyWithoutColon(
    _ source: SourceID, start: Int, _ shown: (Range<Int>) -> String?
  ) -> Diagnostic {
    let text = lines.content(start..<lines.line(of: start).upperBound)
    if let key = KeyShape.keyWithoutBlank(lines.bytes, in: text) {
      // The text after the colon may be a secret: only the key is shown.
      return .yamlSyntax(
        shown(key).map { "no space after the colon of `\($0)`" }
          ?? "no space after the colon of a key",
        at: Span(source, key.lowerBound..<(key.upperBound + 1)),
        hint: "add a space after the colon")
    }
    let first = lines.byte(text.lowerBound)
    let second = lines.byte(text.lowerBound + 1)
    if first == .hyphen, second != .space {
      return .yamlSyntax(
        "no space after the dash", at: Span(source, text.lowerBound..<(text.lowerBound + 1)),
        hint: "write a list item as `- item`")
    }
    return .yamlSyntax(
      "expected `key: value`, found only text", at: Span(source, text),
      hint: first == .quote || first == .apostrophe
        ? "is there a missing or extra quote on a line above?"
        : "write `key: value`, or indent text that continues the line above"
    )
  }

  /// Problems with indentation, lists and brackets.
  private func structure(_ source: SourceID, _ here: Range<Int>) -> Diagnostic? {
    let opening = contextAt.map { Span(source, $0..<min($0 + 1, lines.bytes.count)) }
    func note(_ message: String) -> [Diagnostic.Note] { [.init(message, at: opening)] }
    switch problem {
    case "did not find expected key", "did not find expected '-' indicator":
      return misplaced(source, here)
    case "did not find expected ',' or ']'":
      return .yamlSyntax(
        "expected `,` or `]`", at: Span(source, here), notes: note("the list starts here"),
        hint: bracketHint("]"))
    case "did not find expected ',' or '}'":
      return .yamlSyntax(
        "expected `,` or `}`", at: Span(source, here), notes: note("the map starts here"),
        hint: bracketHint("}"))
    case "did not find expected node content" where at >= lines.bytes.count:
      return .yamlSyntax(
        "the text ends where a value is expected", at: Span(source, here),
        hint: "is a `]` or `}` missing?")
    case "did not find expected node content":
      return .yamlSyntax(
        "expected a value", at: Span(source, here),
        hint: lines.byte(at).map { "put text that starts with `\(Self.name($0))` in quotes" })
    case "block sequence entries are not allowed in this context":
      return .yamlSyntax(
        "a list item can't start here", at: Span(source, here),
        hint: "put each `- item` on its own line, or text that starts with `- ` in quotes")
    case "did not find expected <document start>":
      return .yamlSyntax(
        "unexpected text after the end of the document", at: Span(source, here),
        hint: "the document's value ends above: is a line indented too little?")
    default: return nil
    }
  }

  private func bracketHint(_ closing: String) -> Hint {
    let isLater = contextAt.map { !lines.line(of: $0).contains(at) } ?? false
    if !isLater, lines.byte(at) == .colon { return "is a comma missing before this key?" }
    return isLater || at >= lines.bytes.count
      ? "close it with `\(closing)`" : "put text that contains `,`, `[` or `{` in quotes"
  }

  /// Something that doesn't belong to any open map or list.
  private func misplaced(_ source: SourceID, _ here: Range<Int>) -> Diagnostic {
    let opening = contextAt.map { Span(source, $0..<min($0 + 1, lines.bytes.count)) }
    let isMap = problem == "did not find expected key"
    let before = line.lowerBound..<min(at, line.upperBound)
    guard lines.isBlank(before) else {
      let quote = lines.byte(lastScalar.lowerBound)
      let isQuoted = (quote == .quote || quote == .apostrophe) && !lastScalar.isEmpty
      if isQuoted, lastScalar.upperBound <= at, line.contains(lastScalar.upperBound - 1) {
        let opening = Span(source, lastScalar.lowerBound..<(lastScalar.lowerBound + 1))
        let hint = quoteHint(from: lastScalar.lowerBound)
        if !line.contains(lastScalar.lowerBound) {
          return .yamlSyntax(
            "the quote that opens here isn't closed on its line", at: opening,
            notes: [
              .init(
                "the next quote closes it, which leaves this as stray text", at: Span(source, here))
            ], hint: hint)
        }
        return .yamlSyntax(
          "unexpected text after the closing quote", at: Span(source, here),
          notes: [.init("the quote was opened here", at: opening)], hint: hint)
      }
      return .yamlSyntax(
        "unexpected text after the value", at: Span(source, here),
        hint: "put the whole value in quotes if this is part of it")
    }
    // A key in the column of an item's dash is indented too little, not an item.
    let isKey = !isMap && lines.byte(at) != .hyphen
    return .yamlSyntax(
      "the indentation of this line doesn't match any line above", at: Span(source, here),
      notes: [.init("the open \(isMap ? "map" : "list") starts here", at: opening)],
      hint: isMap
        ? "all keys of a map start in the same column"
        : isKey
          ? "indent it like the keys of the item above it; items of a list start in the same column"
          : "all items of a list start in the same column")
  }

  /// Characters that plain text can't start with.
  private func starts(_ source: SourceID, _ here: Range<Int>) -> Diagnostic? {
    switch problem {
    case "found character that cannot start any token":
      let byte = lines.byte(at) ?? .space
      return .yamlSyntax(
        byte == .tab
          ? "a value can't start with a tab" : "a value can't start with `\(Self.name(byte))`",
        at: Span(source, here),
        hint: byte == .tab ? "use spaces" : "put the value in quotes")
    case "did not find expected alphabetic or numeric character":
      let start = contextAt ?? at
      let isAlias = lines.byte(start) == .asterisk
      return .yamlSyntax(
        isAlias
          ? "`*` starts an alias, but no name follows"
          : "`&` starts an anchor, but no name follows",
        at: Span(source, start..<min(start + 1, lines.bytes.count)),
        hint: "put text that starts with `\(isAlias ? "*" : "&")` in quotes")
    default:
      guard
        context == "while scanning a tag" || context == "while parsing a tag"
          || problem == "found undefined tag handle"
      else { return nil }
      let start = contextAt ?? at
      return .yamlSyntax(
        "`!` starts a tag, but this isn't a valid tag",
        at: Span(source, start..<min(start + 1, lines.bytes.count)),
        hint: "put text that starts with `!` in quotes")
    }
  }

  private func rest(_ source: SourceID, _ here: Range<Int>) -> Diagnostic {
    if context.contains("block scalar") {
      return .yamlSyntax(
        problem.contains("tab")
          ? "a line of a block of text is indented with a tab"
          : "unexpected text after a block's `|` or `>`",
        at: Span(source, here),
        hint: problem.contains("tab")
          ? "indent with spaces"
          : "start the text on the next line: only a digit, `+` or `-` may follow the `|` or `>`")
    }
    if context.contains("directive") || problem.contains("directive")
      || problem.contains("YAML document")
    {
      let start = lines.line(of: contextAt ?? at)
      return .yamlSyntax(
        "a line that starts with `%` isn't a directive of YAML 1.1 or 1.2",
        at: Span(source, lines.content(start)), hint: "put text that starts with `%` in quotes")
    }
    if problem.contains("tab") {
      return .yamlSyntax(
        "a tab isn't allowed as indentation", at: Span(source, here), hint: "use spaces")
    }
    return .yamlSyntax("this isn't valid YAML: \(problem)", at: Span(source, here))
  }

  /// A byte as shown in messages.
  private static func name(_ byte: UInt8) -> String {
    byte > .space && byte < 0x7F ? String(decoding: [byte], as: UTF8.self) : "a space"
  }
}
