import Import
import Diagnostics
import SourceText
import Text
import Values

/// A JSON file with actions of Go's templates in it, as a JSON text in which marks stand for what
/// the actions would write.
struct GoTemplate {
  /// The file with its actions replaced.
  private(set) var file: SourceFile
  /// What each mark in the file stands for, by its number.
  private(set) var marks: [GoAction] = []

  /// Starts and ends a mark. These characters are for private use: a JSON file has them as little as
  /// a terminal does.
  static let opening = "\u{F5A0}"
  static let closing = "\u{F5A1}"

  /// Nil and an error if an action decides what else is in the file.
  init?(_ file: SourceFile, source: SourceID, into diagnostics: inout [Diagnostic]) {
    var renderer = Renderer(text: file.text, source: source)
    renderer.render()
    diagnostics += renderer.diagnostics
    guard !renderer.diagnostics.hasErrors else { return nil }
    marks = renderer.marks
    self.file =
      marks.isEmpty && renderer.map.derivedCount == file.text.count
      ? file
      : SourceFile(name: file.name, text: file.text, parsed: renderer.out, rendering: renderer.map)
  }

  /// The parts of a text of the file.
  func pieces(_ text: String) -> [(known: String, mark: Int?)] {
    var pieces: [(known: String, mark: Int?)] = []
    var rest = Substring(text)
    while let start = rest.firstRange(of: Self.opening),
      let end = rest[start.upperBound...].firstRange(of: Self.closing),
      let number = Int(rest[start.upperBound..<end.lowerBound]), marks.indices.contains(number)
    {
      pieces.append((String(rest[..<start.lowerBound]), number))
      rest = rest[end.upperBound...]
    }
    pieces.append((String(rest), nil))
    return pieces
  }

  private struct Renderer {
    let text: [UInt8]
    let source: SourceID
    var out: [UInt8] = []
    var map = OffsetMap()
    var marks: [GoAction] = []
    var diagnostics: [Diagnostic] = []
    private var isInText = false
    private var isEscaped = false

    init(text: [UInt8], source: SourceID) {
      self.text = text
      self.source = source
    }

    mutating func render() {
      var at = 0
      while at < text.count {
        let start = at
        while at < text.count, !text[at...].starts(with: [.openBrace, .openBrace]) {
          follow(text[at])
          at += 1
        }
        put(Array(text[start..<at]), from: start..<at)
        guard at < text.count else { return }
        guard let end = GoAction.end(in: text, from: at) else {
          report(
            "the template action that opens here isn't closed", at..<(at + 2), "close it with `}}`")
          return
        }
        action(at..<end)
        at = end
        if text[..<end].dropLast(2).last == .hyphen {
          let next = text[end...].firstIndex { !ASCII.isSpace($0) } ?? text.count
          map.appendReplacement(derivedCount: 0, origin: end..<next)
          at = next
        }
      }
    }

    private mutating func follow(_ byte: UInt8) {
      if isEscaped {
        isEscaped = false
      } else if isInText, byte == .backslash {
        isEscaped = true
      } else if byte == .quote {
        isInText.toggle()
      }
    }

    private mutating func put(_ bytes: [UInt8], from range: Range<Int>) {
      out += bytes
      map.append(derivedCount: bytes.count, origin: range)
    }

    private mutating func replace(_ bytes: [UInt8], from range: Range<Int>) {
      out += bytes
      map.appendReplacement(derivedCount: bytes.count, origin: range)
    }

    private mutating func report(_ message: String, _ range: Range<Int>, _ hint: String?) {
      diagnostics.append(.importMalformed(message, at: Span(source, range), hint: hint))
    }

    private mutating func action(_ range: Range<Int>) {
      let action = GoAction(Array(text[range.dropFirst(2).dropLast(2)]))
      switch action.meaning {
      case .comment: replace([], from: range)
      case .control(let word):
        report(
          "`{{\(word)}}` decides what is in the file, so its job flow isn't known", range,
          "write the file out for one case")
        replace([], from: range)
      case .literal(let literal):
        // A template that writes a template: the second one's action is what counts.
        if let inner = GoAction.inner(of: literal) {
          mark(inner, range)
        } else {
          mark(action, range)
        }
      case .variable, .environment, .now, .time, .file, .unknown: mark(action, range)
      }
    }

    private mutating func mark(_ action: GoAction, _ range: Range<Int>) {
      marks.append(action)
      let mark = GoTemplate.opening + String(marks.count - 1) + GoTemplate.closing
      // Outside of a text it may be a number or a bool.
      replace(Array((isInText ? mark : "\"\(mark)\"").utf8), from: range)
    }
  }
}

/// What stands between `{{` and `}}`.
struct GoAction: Sendable {
  enum Meaning: Sendable, Hashable {
    case comment
    /// `if`, `range`, `with`, `define`, …
    case control(String)
    case literal(String)
    /// A variable that is given with `--vars`.
    case variable(String)
    case environment(String)
    /// `nowWithFormat`: the time at which the file is read.
    case now(layout: String)
    /// `timeWithFormat`: the time in a variable.
    case time(variable: String, layout: String)
    /// `base64File`.
    case file(String)
    /// Something else, as it is written.
    case unknown(String)
  }

  let meaning: Meaning

  /// The end of the action that starts at an offset; texts in it may hold `}}`.
  static func end(in text: [UInt8], from start: Int) -> Int? {
    var at = start + 2
    var quote: UInt8?
    while at < text.count {
      let byte = text[at]
      if let open = quote {
        if byte == .backslash, open == .quote {
          at += 1
        } else if byte == open {
          quote = nil
        } else if byte == .newline, open == .quote {
          return nil
        }
      } else if byte == .quote || byte == .backtick {
        quote = byte
      } else if text[at...].starts(with: [.closeBrace, .closeBrace]) {
        return at + 2
      }
      at += 1
    }
    return nil
  }

  init(_ content: [UInt8]) {
    var content = content[...]
    if content.first == .hyphen { content = content.dropFirst() }
    if content.last == .hyphen { content = content.dropLast() }
    let text = ASCII.trimmed(String(decoding: content, as: UTF8.self))
    meaning = text.hasPrefix("/*") ? .comment : Self.meaning(Self.words(text), text)
  }

  private init(meaning: Meaning) { self.meaning = meaning }

  private enum Word: Hashable {
    case name(String)
    case text(String)
    case other(String)

    var text: String? { if case .text(let text) = self { text } else { nil } }

    /// The name of a variable: `.name`.
    var field: String? {
      if case .name(let name) = self, name.hasPrefix("."), name.utf8.count > 1 {
        String(name.dropFirst())
      } else {
        nil
      }
    }
  }

  private static func meaning(_ words: [Word], _ text: String) -> Meaning {
    // `X | f` is `f X`.
    if let bar = words.lastIndex(of: .other("|")) {
      let rest = Array(words[(bar + 1)...]) + Array(words[..<bar])
      return words[..<bar].contains(.other("|")) ? .unknown(text) : meaning(rest, text)
    }
    let first = words.first
    switch words.count {
    case 1:
      if let literal = first?.text { return .literal(literal) }
      if let field = first?.field { return .variable(field) }
    case 2:
      guard case .name(let function)? = first, let argument = words[1].text else { break }
      switch function {
      case "systemEnv": return .environment(argument)
      case "nowWithFormat": return .now(layout: argument)
      case "base64File": return .file(argument)
      case "base64": return .literal(Base64.encode(argument))
      default: break
      }
    case 3:
      guard let argument = words[2].text else { break }
      if first == .name("index"), words[1] == .name(".") { return .variable(argument) }
      if first == .name("timeWithFormat"), let field = words[1].field {
        return .time(variable: field, layout: argument)
      }
    default: break
    }
    if case .name(let word)? = words.first,
      ["if", "else", "end", "range", "with", "define", "block", "template", "break", "continue"]
        .contains(word)
    {
      return .control(word)
    }
    if case .other(let word)? = words.first, word.hasPrefix("$") { return .control(word) }
    return .unknown(text)
  }

  private static func words(_ text: String) -> [Word] {
    var words: [Word] = []
    var rest = Array(text.utf8)[...]
    while let first = rest.first {
      if ASCII.isSpace(first) {
        rest = rest.dropFirst()
      } else if first == .quote || first == .backtick {
        let (literal, end) = self.text(rest)
        words.append(.text(literal))
        rest = rest[end...]
      } else if first == .bar {
        words.append(.other("|"))
        rest = rest.dropFirst()
      } else {
        let end =
          rest.firstIndex { ASCII.isSpace($0) || $0 == .bar || $0 == .quote || $0 == .backtick }
          ?? rest.endIndex
        let word = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
        let isName = word.utf8.allSatisfy { ASCII.isWord($0) || $0 == .dot }
        words.append(isName ? .name(word) : .other(word))
        rest = rest[end...]
      }
    }
    return words
  }

  /// A text in Go's quotes, and where it ends.
  private static func text(_ bytes: ArraySlice<UInt8>) -> (String, Int) {
    guard let quote = bytes.first else { return ("", bytes.endIndex) }
    var out: [UInt8] = []
    var at = bytes.startIndex + 1
    while at < bytes.endIndex, bytes[at] != quote {
      if quote == .quote, bytes[at] == .backslash, at + 1 < bytes.endIndex {
        at += 1
        switch bytes[at] {
        case UInt8(ascii: "n"): out.append(.newline)
        case UInt8(ascii: "t"): out.append(.tab)
        default: out.append(bytes[at])
        }
      } else {
        out.append(bytes[at])
      }
      at += 1
    }
    return (String(decoding: out, as: UTF8.self), min(at + 1, bytes.endIndex))
  }

  /// The only action in a text that a template writes; nil if the text has something else.
  static func inner(of literal: String) -> GoAction? {
    let bytes = Array(literal.utf8)
    guard bytes.starts(with: [.openBrace, .openBrace]), end(in: bytes, from: 0) == bytes.count
    else { return nil }
    let action = GoAction(Array(bytes.dropFirst(2).dropLast(2)))
    switch action.meaning {
    case .comment, .control, .unknown: return nil
    case .literal, .variable, .environment, .now, .time, .file: return action
    }
  }
}
