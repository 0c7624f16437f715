import Diagnostics
import Text

/// Man pages, from the same tables as the help: macros of man(7).
package struct ManPage {
  private let version: String
  /// `2026-03-01`; empty if it isn't known.
  private let date: String
  private var text = ""

  private init(_ version: String, _ date: String) {
    self.version = version
    self.date = date
  }

  /// All pages with their files' names.
  /// - Parameters:
  ///   - version: of the program.
  ///   - date: the day when this version was made; empty if it isn't known.
  package static func all(version: String, date: String) -> [(name: String, text: String)] {
    let commands = CommandName.allCases.map { command in
      ("penstock-\(command.rawValue).1", page(of: command, version, date))
    }
    return [("penstock.1", overview(version, date))] + commands
      + [("\(CommandName.runner).1", runner(version, date))]
  }

  private static func page(of command: CommandName, _ version: String, _ date: String) -> String {
    var page = ManPage(version, date)
    page.title("penstock-\(command.rawValue)", command.summary)
    page.section("SYNOPSIS")
    page.synopsis(
      "penstock \(command.rawValue)", command.row.arguments.map(\.usage) + ["[options]"])
    if !command.row.arguments.isEmpty {
      page.section("ARGUMENTS")
      for argument in command.row.arguments {
        page.entry(italic(argument.name), argument.summary)
      }
    }
    page.options(of: command)
    page.section("EXAMPLES")
    for example in command.examples { page.example("penstock " + example.line, example.does) }
    page.section("EXIT STATUS")
    for exit in command.exits { page.entry(bold(String(exit.status.code)), exit.when) }
    page.section("SEE ALSO")
    page.line("\\fBpenstock\\fR(1)")
    return page.text
  }

  private static func overview(_ version: String, _ date: String) -> String {
    var page = ManPage(version, date)
    page.title("penstock", "compile batch pipelines to Amazon EMR job flows")
    page.section("SYNOPSIS")
    page.synopsis("penstock", ["COMMAND", "[arguments]", "[options]"])
    page.section("DESCRIPTION")
    page.paragraph(
      """
      Compiles a pipeline, written as YAML, and the inputs of one run to a job flow for Amazon EMR, \
      shows what a run will do, carries it out, and recovers it after a failure.
      """)
    page.section("COMMANDS")
    for command in CommandName.allCases {
      page.entry("\\fBpenstock-\(escaped(command.rawValue))\\fR(1)", command.summary)
    }
    page.section("ENVIRONMENT")
    for variable in environment { page.entry(bold(variable.name), variable.use) }
    page.section("FILES")
    page.entry(
      italic("~/.local/state/penstock/journal.db"),
      "the journal of runs; XDG_STATE_HOME may name another folder")
    page.section("EXIT STATUS")
    page.paragraph("The page of each command lists its exit statuses.")
    page.section("SEE ALSO")
    page.line(Self.bold(CommandName.runner) + "(1)")
    return page.text
  }

  /// The name under which it replaces EmrEtlRunner.
  private static func runner(_ version: String, _ date: String) -> String {
    var page = ManPage(version, date)
    page.title(CommandName.runner, "run EmrEtlRunner's pipeline on Amazon EMR")
    page.section("SYNOPSIS")
    page.synopsis("\(CommandName.runner) run", ["[options]"])
    page.line(".br")
    page.synopsis("\(CommandName.runner) lint", ["WHAT", "[options]"])
    page.section("DESCRIPTION")
    page.paragraph(
      """
      Takes the place of EmrEtlRunner, with its configuration, options, log and exit \
      statuses. It is penstock(1) under another name: all its commands work. After a wrong \
      option it exits with 1, as EmrEtlRunner did.
      """)
    page.options(of: .run)
    page.section("EXAMPLES")
    page.example(
      "\(CommandName.runner) run -c config.yml -r resolver.json -t targets -n enrichments",
      "a run, as in a crontab")
    page.example(
      "\(CommandName.runner) lint resolver -r resolver.json", "check the resolver")
    page.section("EXIT STATUS")
    for exit in CommandName.run.exits { page.entry(bold(String(exit.status.code)), exit.when) }
    page.section("SEE ALSO")
    page.line("\\fBpenstock\\fR(1), \\fBpenstock\\-run\\fR(1), \\fBpenstock\\-lint\\fR(1)")
    return page.text
  }

  private static let environment: [(name: String, use: String)] = [
    ("AWS_ACCESS_KEY_ID", "and the other variables of AWS tools: credentials, profile and region"),
    ("AWS_ENDPOINT_URL", "another address of AWS; `_EMR`, `_S3` and `_STS` for one service"),
    ("AWS_CA_BUNDLE", "a file of certificates to trust, instead of the system's"),
    ("HTTPS_PROXY", "a proxy, with `NO_PROXY` for exceptions"),
    ("NO_COLOR", "no colours, whatever the value"),
    ("XDG_STATE_HOME", "where the journal's folder is"),
  ]

  // MARK: Parts

  private mutating func title(_ name: String, _ summary: String) {
    line(
      ".TH \(Self.escaped(name.uppercased())) 1 \"\(date)\" \"penstock \(version)\" \"Penstock\"")
    section("NAME")
    line("\(Self.escaped(name)) \\- \(Self.escaped(summary))")
  }

  private mutating func options(of command: CommandName) {
    section("OPTIONS")
    for (group, options) in HelpText.groups(of: command) {
      line(".SS \(Self.escaped(group.rawValue))")
      for option in options {
        let short = option.short.map { Self.bold("-\($0)") + ", " } ?? ""
        let value = option.value.map { " " + Self.italic($0.name) } ?? ""
        entry(short + Self.bold("--" + option.long) + value, option.summary)
      }
    }
  }

  private mutating func synopsis(_ command: String, _ rest: [String]) {
    line(Self.bold(command) + " " + rest.map(Self.italic).joined(separator: " "))
  }

  private mutating func example(_ command: String, _ does: String) {
    line(".TP")
    line(Self.bold(command))
    line(Self.protected(Self.escaped(does)))
  }

  /// - Parameter term: roff.
  private mutating func entry(_ term: String, _ text: String) {
    line(".TP")
    line(term)
    line(Self.protected(Self.escaped(text)))
  }

  private mutating func section(_ title: String) { line(".SH \(title)") }

  private mutating func paragraph(_ text: String) {
    for sentence in Self.sentences(text) { line(Self.protected(Self.escaped(sentence))) }
  }

  private mutating func line(_ roff: String) { text += roff + "\n" }

  // MARK: Text

  /// One to a line, as roff spaces them right.
  private static func sentences(_ text: String) -> [String] {
    text.replacing(". ", with: ".\n").split(separator: "\n").map(String.init)
  }

  private static func bold(_ text: String) -> String { "\\fB\(escaped(text))\\fR" }

  private static func italic(_ text: String) -> String { "\\fI\(escaped(text))\\fR" }

  /// A line that starts with a dot or an apostrophe would be a request.
  private static func protected(_ line: String) -> String {
    line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : line
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      case "`": result += "\\(ga"
      case "'": result += "\\(aq"
      case "…": result += "\\&..."
      default: result.append(character)
      }
    }
    return result
  }
}
