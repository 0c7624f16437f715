import SourceText
import Text
import Values

/// A word of a shell script: its text, in which variables are marks, and its place.
struct ShellWord {
  var text: String
  var range: Range<Int>
  /// Whether any of it was in quotes.
  var isQuoted: Bool
}

/// Reads the commands of a shell script: quotes, continued lines, comments, assignments, variables,
/// `$(date …)` and here-documents that are written to files. It runs nothing.
struct ShellReader {
  private let bytes: [UInt8]
  private let source: SourceID
  private var at = 0
  private var given: [String: String]
  /// What the script itself assigns, with marks in it.
  private var assigned: [String: String] = [:]
  private(set) var marks = VariableMarks()
  private(set) var commands: [[ShellWord]] = []
  /// Files that the script writes with `cat > FILE << END`.
  private(set) var files: [String: (text: String, start: Int)] = [:]
  let moment: Value.Timestamp

  init(
    _ bytes: [UInt8], _ source: SourceID, given: [String: String], moment: Value.Timestamp
  ) {
    self.bytes = bytes
    self.source = source
    self.given = given
    self.moment = moment
    readAll()
  }

  // MARK: Commands

  private mutating func readAll() {
    var words: [ShellWord] = []
    while at < bytes.count {
      let byte = bytes[at]
      switch byte {
      case .space, .tab, .carriageReturn: at += 1
      case .backslash where isContinued: skipContinuation()
      case .hash: skipLine()
      case .newline, .semicolon, .ampersand, .bar, .openParenthesis, .closeParenthesis:
        end(&words)
        at += 1
      default:
        if let word = word() { words.append(word) } else { at += 1 }
      }
      if let last = words.last, !last.isQuoted, last.text.hasPrefix("<<"),
        !last.text.hasPrefix("<<<")
      {
        readDocument(&words)
      }
    }
    end(&words)
  }

  private var isContinued: Bool {
    at + 1 < bytes.count && (bytes[at + 1] == .newline || bytes[at + 1] == .carriageReturn)
  }

  private mutating func skipContinuation() {
    at +=
      bytes[at + 1] == .carriageReturn && at + 2 < bytes.count && bytes[at + 2] == .newline
      ? 3 : 2
  }

  private mutating func skipLine() {
    while at < bytes.count, bytes[at] != .newline { at += 1 }
  }

  /// Ends a command; assignments before it, or alone, count from here on.
  private mutating func end(_ words: inout [ShellWord]) {
    defer { words = [] }
    while let first = words.first {
      if ["export", "local", "readonly", "declare", "then", "do", "else"].contains(first.text) {
        words.removeFirst()
        continue
      }
      guard let equals = first.text.firstIndex(of: "="), isName(first.text[..<equals]) else {
        break
      }
      assigned[String(first.text[..<equals])] = String(
        first.text[first.text.index(after: equals)...])
      words.removeFirst()
    }
    if !words.isEmpty { commands.append(words) }
  }

  private func isName(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, !ASCII.isDigit(first) else { return false }
    return text.utf8.allSatisfy { ASCII.isWord($0) }
  }

  /// A here-document; kept if it is written to a file.
  private mutating func readDocument(_ words: inout [ShellWord]) {
    guard let mark = words.popLast() else { return }
    var name = mark.text.drop { $0 == "<" || $0 == "-" }
    if name.isEmpty {
      while at < bytes.count, bytes[at] == .space { at += 1 }
      name = word()?.text[...] ?? ""
    }
    // What follows on the line belongs to the command: `cat << END > FILE`.
    while at < bytes.count, bytes[at] != .newline {
      if let word = word() { words.append(word) } else { at += 1 }
    }
    at += 1
    let start = min(at, bytes.count)
    var text = ""
    while at < bytes.count {
      let lineStart = at
      skipLine()
      let line = String(decoding: bytes[lineStart..<at], as: UTF8.self)
      at += 1
      if line.drop(while: { $0 == "\t" }) == name { break }
      text += line + "\n"
    }
    let targets = words.indices.filter { words[$0].text.hasPrefix(">") }
    if let target = targets.last {
      let rest = words[target].text.drop { $0 == ">" }
      let path = rest.isEmpty && target + 1 < words.count ? words[target + 1].text[...] : rest
      files[String(path)] = (expanded(text), start)
    }
  }

  /// Variables in a here-document.
  private mutating func expanded(_ text: String) -> String {
    var inner = ShellReader(
      body: Array(text.utf8), source, given: given, assigned: assigned, marks: marks,
      moment: moment)
    var out: [UInt8] = []
    while inner.at < inner.bytes.count {
      if inner.bytes[inner.at] == .dollar {
        out += inner.dollar().utf8
      } else {
        out.append(inner.bytes[inner.at])
        inner.at += 1
      }
    }
    marks = inner.marks
    return String(decoding: out, as: UTF8.self)
  }

  private init(
    body: [UInt8], _ source: SourceID, given: [String: String], assigned: [String: String],
    marks: VariableMarks, moment: Value.Timestamp
  ) {
    bytes = body
    self.source = source
    self.given = given
    self.assigned = assigned
    self.marks = marks
    self.moment = moment
  }

  // MARK: Words

  private mutating func word() -> ShellWord? {
    let start = at
    var out: [UInt8] = []
    var isQuoted = false
    loop: while at < bytes.count {
      let byte = bytes[at]
      switch byte {
      case .space, .tab, .newline, .carriageReturn, .semicolon, .ampersand, .bar,
        .openParenthesis, .closeParenthesis:
        break loop
      case .apostrophe:
        isQuoted = true
        out += single()
      case .quote:
        isQuoted = true
        out += double()
      case .backslash:
        if isContinued {
          skipContinuation()
        } else {
          if at + 1 < bytes.count { out.append(bytes[at + 1]) }
          at += 2
        }
      case .dollar: out += dollar().utf8
      case .backtick: out += substitution(until: .backtick).utf8
      default:
        out.append(byte)
        at += 1
      }
    }
    guard at > start else { return nil }
    return ShellWord(
      text: String(decoding: out, as: UTF8.self), range: start..<min(at, bytes.count),
      isQuoted: isQuoted)
  }

  private mutating func single() -> ArraySlice<UInt8> {
    at += 1
    let start = at
    while at < bytes.count, bytes[at] != .apostrophe { at += 1 }
    defer { at += 1 }
    return bytes[start..<at]
  }

  private mutating func double() -> [UInt8] {
    at += 1
    var out: [UInt8] = []
    while at < bytes.count, bytes[at] != .quote {
      switch bytes[at] {
      case .backslash where at + 1 < bytes.count:
        if isContinued {
          skipContinuation()
          continue
        }
        if ![.quote, .backslash, .dollar, .backtick].contains(bytes[at + 1]) {
          out.append(.backslash)
        }
        out.append(bytes[at + 1])
        at += 2
      case .dollar: out += dollar().utf8
      case .backtick: out += substitution(until: .backtick).utf8
      default:
        out.append(bytes[at])
        at += 1
      }
    }
    at += 1
    return out
  }

  // MARK: Variables

  /// `$NAME`, `${NAME}`, `${NAME:-default}` or `$(command)`; anything else is a dollar.
  private mutating func dollar() -> String {
    let start = at
    at += 1
    guard at < bytes.count else { return "$" }
    if bytes[at] == .openParenthesis { return substitution(until: .closeParenthesis) }
    let hasBraces = bytes[at] == .openBrace
    if hasBraces { at += 1 }
    let nameStart = at
    while at < bytes.count, ASCII.isWord(bytes[at]) { at += 1 }
    let name = String(decoding: bytes[nameStart..<at], as: UTF8.self)
    guard !name.isEmpty else {
      at = start + 1
      return "$"
    }
    guard hasBraces else { return value(of: name, fallback: nil, from: start) }
    let restStart = at
    while at < bytes.count, bytes[at] != .closeBrace { at += 1 }
    let rest = String(decoding: bytes[restStart..<at], as: UTF8.self)
    at += 1
    let fallback = rest.hasPrefix(":-") || rest.hasPrefix(":=") ? String(rest.dropFirst(2)) : nil
    return value(of: name, fallback: fallback, from: start)
  }

  private mutating func value(of name: String, fallback: String?, from start: Int) -> String {
    let span = Span(source, start..<at)
    if let text = given[name] {
      return marks.mark(Variable(name, value: .string(text), span: span))
    }
    let known = assigned[name] ?? fallback
    // What is made of other variables is written with these.
    if let known, VariableMarks.hasMark(known) { return known }
    return marks.mark(
      Variable(
        name, value: .string(known ?? StandIn.text(name)), isKnown: known != nil, span: span))
  }

  /// `$(date +%Y-%m-%d)` is the run's time; what another command prints isn't known.
  private mutating func substitution(until end: UInt8) -> String {
    let start = at
    at += 1
    var depth = 1
    let inner = at
    while at < bytes.count, depth > 0 {
      if bytes[at] == end { depth -= 1 } else if bytes[at] == .openParenthesis { depth += 1 }
      at += 1
    }
    let text = String(decoding: bytes[inner..<max(inner, at - 1)], as: UTF8.self)
    let span = Span(source, start..<at)
    if let (format, offset) = ShellDate.read(text) {
      let time = Value.Timestamp(
        seconds: moment.seconds + offset, nanoseconds: moment.nanoseconds)
      return marks.mark(
        Variable(
          "$(\(text))", .time(format: format, offset: offset),
          value: .string(Moment.text(time, format)), span: span))
    }
    let words = text.split(separator: " ").prefix(3).joined(separator: "-")
    return marks.mark(
      Variable(words, value: .string(StandIn.text(words)), isKnown: false, span: span))
  }
}

/// The command `date`, as GNU's and BSD's.
enum ShellDate {
  /// The format of `formatTime`, and how far from now; nil if it isn't `date`, or says more.
  static func read(_ command: String) -> (format: String, offset: Int64)? {
    var words = command.split(separator: " ").map(String.init)
    guard words.first == "date" else { return nil }
    words.removeFirst()
    var (format, offset): (String?, Int64) = (nil, 0)
    let text = command.replacing("\"", with: "").replacing("'", with: "")
    for (words, seconds) in [
      (["yesterday", "-1 day", "1 day ago", "-v-1d", "-1day", "-1 days"], Int64(-86400)),
      (["tomorrow", "+1 day", "1 day"], 86400),
    ] where offset == 0 && words.contains(where: { text.contains($0) }) {
      offset = seconds
    }
    guard
      let plus = text.firstIndex(of: "+").map({ text[text.index(after: $0)...] })
        .flatMap({ $0.contains("%") ? $0 : nil })
    else { return nil }
    // `date -d "+1 day" +%F`: the format is the last one.
    let last = text.split(separator: "+").last { $0.contains("%") } ?? plus
    format = String(last.prefix { $0 != "\n" }).replacing("%F", with: "%Y-%m-%d")
      .replacing("%T", with: "%H:%M:%S")
    while format?.hasSuffix(" ") ?? false { format?.removeLast() }
    guard let format, isKnown(format) else { return nil }
    return (format, offset)
  }

  private static func isKnown(_ format: String) -> Bool {
    var isCode = false
    for character in format {
      if isCode, !"YmdHMSLs%".contains(character) { return false }
      isCode = !isCode && character == "%"
    }
    return true
  }
}
