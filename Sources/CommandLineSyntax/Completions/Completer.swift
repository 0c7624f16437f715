import SourceText

/// What can come next on a command line, for the completions of shells.
package struct Completer {
  /// A text that a shell may insert.
  package struct Candidate: Hashable, Sendable {
    package var text: String
    /// In a few words; empty for none.
    package var summary: String

    package init(_ text: String, _ summary: String = "") {
      self.text = text
      self.summary = summary
    }
  }

  /// What the shell completes by itself.
  package enum Files: String, Sendable { case none, files, folders }

  package struct Answer: Sendable {
    package var candidates: [Candidate] = []
    package var files = Files.none
    /// What of the current word comes before a file's name, as in `--config=`.
    package var prefix = ""
  }

  /// Looks up names; the command line as far as it is complete says of which pipeline or run.
  package typealias Lookup = (LiveName, Invocation) -> [Candidate]

  private let command: CommandName
  /// All but the current word, without the command.
  private let before: [String]
  private let current: String
  private let lookup: Lookup
  private var answer = Answer()

  /// - Parameter words: after the program's name; the last is the current one, and may be empty.
  package static func answer(_ words: [String], lookup: Lookup) -> Answer {
    withoutActuallyEscaping(lookup) { lookup in
      guard words.count > 1 else { return first(words.first ?? "") }
      guard let command = words.first.flatMap({ CommandName(rawValue: $0) }) else {
        return Answer()
      }
      var completer = Completer(
        command: command, before: Array(words.dropFirst().dropLast()), current: words.last ?? "",
        lookup: lookup)
      completer.complete()
      return completer.answer
    }
  }

  private init(
    command: CommandName, before: [String], current: String, lookup: @escaping Lookup
  ) {
    self.command = command
    self.before = before
    self.current = current
    self.lookup = lookup
  }

  private static func first(_ current: String) -> Answer {
    let commands = CommandName.allCases.map { Candidate($0.rawValue, $0.summary) }
    let options = [Option.help, .version].map { Candidate("--" + $0.long, $0.summary) }
    return Answer(
      candidates: (commands + (current.hasPrefix("-") ? options : []))
        .filter { $0.text.hasPrefix(current) })
  }

  // MARK: Where the current word is

  private mutating func complete() {
    var waiting: Option?
    var position = 0
    var isPlain = false
    for word in before {
      if waiting != nil {
        waiting = nil
      } else if isPlain || word == "-" || !word.hasPrefix("-") {
        position += 1
      } else if word == "--" {
        isPlain = true
      } else {
        waiting = option(waitingAfter: word)
      }
    }
    if let waiting { return offer(waiting, current, after: "") }
    guard current.hasPrefix("-"), !isPlain else { return offerArgument(position) }
    if current.hasPrefix("--"), let equals = current.firstIndex(of: "=") {
      let name = current[..<equals].dropFirst(2)
      guard let option = command.listedOptions.first(where: { $0.long == name }) else { return }
      let start = current.index(after: equals)
      return offer(option, String(current[start...]), after: String(current[..<start]))
    }
    offerOptions()
  }

  /// The option of a word whose value is the next one.
  private func option(waitingAfter word: String) -> Option? {
    if word.hasPrefix("--") {
      let option = command.options.first { "--" + $0.long == word }
      return option?.value == nil ? nil : option
    }
    var rest = word.dropFirst()
    while let letter = rest.popFirst() {
      guard let option = command.options.first(where: { $0.short == letter }) else { return nil }
      if option.value != nil { return rest.isEmpty ? option : nil }
    }
    return nil
  }

  private var invocation: Invocation { InvocationParser.begun(command, before) }

  // MARK: What can be there

  private mutating func offerOptions() {
    let given = invocation
    for option in command.listedOptions where option.isRepeatable || !given.has(option) {
      add("--" + option.long, option.summary, current, after: "")
    }
  }

  private mutating func offerArgument(_ position: Int) {
    let arguments = command.row.arguments
    let further = arguments.last.flatMap { $0.isRepeatable ? $0 : nil }
    guard let argument = arguments.indices.contains(position) ? arguments[position] : further else {
      if current.isEmpty { offerOptions() }
      return
    }
    for value in argument.values { offer(value, current, after: "") }
  }

  private mutating func offer(_ option: Option, _ typed: String, after prefix: String) {
    switch option {
    case .pipeline: offer(.name("", .pipeline), typed, after: prefix)
    case .param:
      guard !typed.contains("=") else { return }
      for name in lookup(.parameter, invocation) {
        add(name.text + "=", name.summary, typed, after: prefix)
      }
      return
    case .input:
      guard let equals = typed.firstIndex(of: "=") else {
        for name in lookup(.input, invocation) {
          add(name.text + "=", name.summary, typed, after: prefix)
        }
        return
      }
      let start = typed.index(after: equals)
      return offer(.file(""), String(typed[start...]), after: prefix + typed[..<start])
    default: break
    }
    if let value = option.value { offer(value, typed, after: prefix) }
  }

  private mutating func offer(_ value: Option.Value, _ typed: String, after prefix: String) {
    switch value {
    case .file: (answer.files, answer.prefix) = (.files, prefix)
    case .folder: (answer.files, answer.prefix) = (.folders, prefix)
    case .text: break
    case .oneOf(let choices): for text in choices { add(text, "", typed, after: prefix) }
    case .warning:
      for candidate in lookup(.warning, invocation) {
        add(candidate.text, candidate.summary, typed, after: prefix)
      }
    case .name(_, let kind):
      for candidate in lookup(kind, invocation) {
        add(candidate.text, candidate.summary, typed, after: prefix)
      }
    case .names(_, let kind): addItems(lookup(kind, invocation), typed, after: prefix)
    case .someOf(_, let choices):
      addItems(choices.map { Candidate($0) }, typed, after: prefix)
    }
  }

  /// One more of a list's items.
  private mutating func addItems(_ items: [Candidate], _ typed: String, after prefix: String) {
    let start = typed.lastIndex(of: ",").map { typed.index(after: $0) } ?? typed.startIndex
    let given = Set(typed[..<start].split(separator: ",").map(String.init))
    for item in items where !given.contains(item.text) {
      add(item.text, item.summary, String(typed[start...]), after: prefix + typed[..<start])
    }
  }

  /// Control characters could do anything to a terminal, and separate candidates.
  private mutating func add(
    _ text: String, _ summary: String, _ typed: String, after prefix: String
  ) {
    guard text.hasPrefix(typed), !text.unicodeScalars.contains(where: Self.isControl) else {
      return
    }
    answer.candidates.append(
      Candidate(
        prefix + text, summary.unicodeScalars.contains(where: Self.isControl) ? "" : summary))
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}

extension Completer.Answer {
  /// A candidate and its summary to a line, separated by a tab; then what the shell completes by
  /// itself, after a colon: `:none`, or `:files` or `:folders`, a tab, and the prefix.
  package var text: String {
    candidates.map { $0.text + ($0.summary.isEmpty ? "" : "\t" + $0.summary) + "\n" }.joined()
      + ":" + files.rawValue + (files == .none ? "" : "\t" + prefix) + "\n"
  }
}
