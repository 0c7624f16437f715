import Text
package import Diagnostics
import SourceText

/// Parses a command line, using the tables in `CommandName` and `Option`.
///
/// `--name value`, `--name=value`, `-n value`, `-nvalue`, `-dq` for `-d -q`; `--` ends the options;
/// a long option may be shortened to a unique prefix, as with Ruby's option parser.
package struct InvocationParser {
  /// What a command line asks for.
  package enum Result {
    case run(Invocation)
    case help(CommandName?)
    case version
    /// What can come last in these words, which a shell has read.
    case complete([String])
    /// No command at all.
    case nothing
    case refused([Diagnostic], ExitStatus)
  }

  private let arguments: [String]
  private let text: CommandLineText
  private var at = 1
  private var invocation: Invocation
  private let options: [Option]
  private var diagnostics: [Diagnostic] = []

  /// - Parameter isLoader: whether the program was called in place of StorageLoader.
  package static func parse(
    _ arguments: [String], _ text: CommandLineText, isLoader: Bool = false
  ) -> Result {
    let first = arguments.first ?? ""
    if ["--version", "-V", "-v"].contains(first) { return .version }
    if arguments.starts(with: [CommandName.completions.rawValue, "--" + Option.complete.long]) {
      return .complete(Array(arguments.dropFirst(2)))
    }
    if first == "--help" || first == "-h" { return .help(nil) }
    if isLoader {
      if arguments.contains(where: { $0 == "--help" || $0 == "-h" }) { return .help(nil) }
      return .refused(FormerCommandLine.ofLoader(arguments, text), .failure)
    }
    if arguments.isEmpty { return .nothing }
    guard let command = CommandName(rawValue: first) else {
      let former = FormerCommandLine.ofRunner(arguments, text)
      return .refused(former ?? [unknownFirst(first, text)], .usage)
    }
    var parser = InvocationParser(arguments, text, command)
    parser.readAll()
    if parser.invocation.has(.help) { return .help(command) }
    if parser.takesStages, let former = FormerCommandLine.ofRunner(arguments, text) {
      return .refused(former, command.usageStatus)
    }
    guard parser.diagnostics.isEmpty else {
      return .refused(parser.diagnostics, command.usageStatus)
    }
    return .run(parser.invocation)
  }

  /// A command line that isn't complete: what of it can be read.
  static func begun(_ command: CommandName, _ arguments: [String]) -> Invocation {
    let arguments = [command.rawValue] + arguments
    var parser = InvocationParser(arguments, CommandLineText(arguments), command)
    parser.readAll()
    return parser.invocation
  }

  private init(_ arguments: [String], _ text: CommandLineText, _ command: CommandName) {
    self.arguments = arguments
    self.text = text
    invocation = Invocation(command: command)
    options = command.options
  }

  /// Whether the command line may be one of EmrEtlRunner: it selects stages, and of no other
  /// pipeline. After an unknown option, what looks like a pipeline may be its value.
  private var takesStages: Bool {
    options.contains(.skip)
      && ([nil, CommandName.defaultPipeline].contains(invocation.argument?.value)
        || diagnostics.contains { $0.code == .unknownOption })
  }

  private static func unknownFirst(_ first: String, _ text: CommandLineText) -> Diagnostic {
    let span = text.span(0, 0..<first.utf8.count)
    return first.hasPrefix("-")
      ? .unknownOption(first, among: ["--help", "--version"], at: span)
      : .unknownCommand(first, at: span)
  }

  private mutating func readAll() {
    var isPlain = false
    while at < arguments.count {
      let argument = arguments[at]
      if !isPlain, let dash = argument.unicodeScalars.first, Self.dashes.contains(dash) {
        let name = argument.unicodeScalars.drop { Self.dashes.contains($0) || $0 == "-" }
        refuse(argument, meaning: (name.count == 1 ? "-" : "--") + String(name))
      } else if isPlain || argument == "-" || !argument.hasPrefix("-") {
        addArgument(argument)
      } else if argument == "--" {
        isPlain = true
      } else if argument.hasPrefix("--") {
        readLong(argument)
      } else if let meant = longOption(oneHyphen: argument) {
        refuse(argument, meaning: "--" + meant.long)
      } else {
        readShort(argument)
      }
      at += 1
    }
  }

  /// What text editors make of hyphens.
  private static let dashes: [Unicode.Scalar] = ["\u{2013}", "\u{2014}", "\u{2212}", "\u{2011}"]

  /// The option that `-config` or `-config=x` means.
  private func longOption(oneHyphen argument: String) -> Option? {
    let name = String(decoding: argument.utf8.dropFirst().prefix { $0 != .equals }, as: UTF8.self)
    return name.utf8.count > 2 ? options.first { $0.long == name } : nil
  }

  /// Refuses an option that is written in another way than options are.
  private mutating func refuse(_ argument: String, meaning option: String) {
    diagnostics.append(
      .misspeltOption(argument, meaning: option, at: text.span(at, 0..<argument.utf8.count)))
    // Its value isn't an argument of the command.
    let name = String(option.drop { $0 == "-" })
    let isKnown = options.contains { option in
      option.value != nil && (option.long == name || option.short.map(String.init) == name)
    }
    if isKnown, at + 1 < arguments.count, !isOption(arguments[at + 1]) { at += 1 }
  }

  private mutating func addArgument(_ argument: String) {
    let span = text.span(at, 0..<argument.utf8.count)
    if invocation.argument != nil, invocation.secondArgument == nil,
      invocation.command.secondArgument != nil
    {
      invocation.secondArgument = Spanned(argument, span)
    } else if invocation.secondArgument != nil,
      invocation.command.secondArgument?.isRepeatable == true
    {
      invocation.moreArguments.append(Spanned(argument, span))
    } else if invocation.command.argument == nil || invocation.argument != nil {
      diagnostics.append(.unexpectedArgument(argument, of: invocation.command, at: span))
    } else {
      invocation.argument = Spanned(argument, span)
    }
  }

  private mutating func readLong(_ argument: String) {
    let body = argument.utf8.dropFirst(2)
    let name = String(decoding: body.prefix { $0 != .equals }, as: UTF8.self)
    let nameSpan = text.span(at, 0..<(2 + name.utf8.count))
    guard let option = option(named: name) else {
      diagnostics.append(
        .unknownOption("--" + name, among: options.map { "--" + $0.long }, at: nameSpan))
      return
    }
    let isInline = body.count > name.utf8.count
    guard option.value != nil else {
      if isInline {
        diagnostics.append(.unexpectedOptionValue("--" + option.long, at: nameSpan))
      } else {
        invocation.options.append((option, Spanned("", nameSpan)))
      }
      return
    }
    if isInline {
      let value = String(decoding: body.dropFirst(name.utf8.count + 1), as: UTF8.self)
      let start = 3 + name.utf8.count
      add(option, value, text.span(at, start..<(start + value.utf8.count)))
    } else {
      readNext(option, named: "--" + option.long, at: nameSpan)
    }
  }

  private func option(named name: String) -> Option? {
    if let exact = options.first(where: { $0.long == name }) { return exact }
    let begun = options.filter { $0.long.hasPrefix(name) }
    return begun.count == 1 && !name.isEmpty ? begun.first : nil
  }

  private mutating func readShort(_ argument: String) {
    var offset = 1
    var rest = argument.dropFirst()
    while let letter = rest.first {
      rest.removeFirst()
      let span = text.span(at, offset..<(offset + letter.utf8.count))
      offset += letter.utf8.count
      guard let option = options.first(where: { $0.short == letter }) else {
        let known = options.compactMap { $0.short.map { "-\($0)" } }
        diagnostics.append(.unknownOption("-\(letter)", among: known, at: span))
        return
      }
      guard option.value != nil else {
        invocation.options.append((option, Spanned("", span)))
        continue
      }
      if rest.isEmpty {
        readNext(option, named: "-\(letter)", at: span)
      } else if rest.hasPrefix("=") {
        let whole = text.span(at, 0..<argument.utf8.count)
        let meant = "-\(letter) \(rest.dropFirst())"
        diagnostics.append(.misspeltOption(argument, meaning: meant, at: whole))
      } else {
        add(option, String(rest), text.span(at, offset..<(offset + rest.utf8.count)))
      }
      return
    }
  }

  /// Takes the next argument as the value, unless it is one of the command's options.
  private mutating func readNext(_ option: Option, named name: String, at span: Span) {
    guard at + 1 < arguments.count, !isOption(arguments[at + 1]) else {
      let kind = option.value?.name ?? ""
      diagnostics.append(.missingOptionValue(name, kind: kind, at: span))
      return
    }
    at += 1
    add(option, arguments[at], text.span(at, 0..<arguments[at].utf8.count))
  }

  private func isOption(_ argument: String) -> Bool {
    argument == "--"
      || options.contains { option in
        argument == "--" + option.long || option.short.map { argument == "-\($0)" } ?? false
      }
  }

  private mutating func add(_ option: Option, _ given: String, _ givenAt: Span) {
    var (value, span) = (given, givenAt)
    if case .file? = option.value { (value, span) = Self.path(given, givenAt) }
    if case .folder? = option.value { (value, span) = Self.path(given, givenAt) }
    if value.isEmpty, option.needsText {
      diagnostics.append(.emptyOptionValue("--" + option.long, at: span))
    }
    if case .oneOf(let choices)? = option.value, !choices.contains(value) {
      diagnostics.append(
        .invalidOptionValue(value, of: "--" + option.long, among: choices, at: span))
    }
    if case .warning? = option.value {
      if let code = DiagnosticCode(rawValue: value) {
        if code.severity == .error, !code.canBeWarning {
          diagnostics.append(.neverWarning(value, of: "--" + option.long, at: span))
        }
      } else {
        diagnostics.append(.unknownDiagnostic(value, at: span))
      }
    }
    if !option.isRepeatable,
      let before = invocation.options.last(where: { $0.0 == option })?.1, before.value != value
    {
      diagnostics.append(.repeatedOption("--" + option.long, at: span, first: before.span))
    }
    invocation.options.append((option, Spanned(value, span)))
  }

  /// A path, also of a URL `file:/…`, as programs on the JVM take it.
  private static func path(_ text: String, _ span: Span) -> (String, Span) {
    guard text.utf8.count >= 5, text.prefix(5).lowercased() == "file:" else { return (text, span) }
    var rest = text.dropFirst(5)
    for host in ["//localhost/", "///"]
    where rest.prefix(host.count).lowercased() == host { rest = rest.dropFirst(host.count - 1) }
    let start = Int(span.end) - rest.utf8.count
    let decoded = PercentEncoding.decodedBytes(String(rest))
    // A path can't hold a zero byte.
    let path =
      decoded.contains(0) ? nil : String(validating: decoded, as: UTF8.self)
    return (path ?? String(rest), Span(span.source, start..<Int(span.end)))
  }
}
