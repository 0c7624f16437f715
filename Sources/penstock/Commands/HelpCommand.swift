import CommandLineSyntax
import Diagnostics
import Host
import SourceText

/// `penstock help`, and `--help` anywhere.
enum HelpCommand {
  static func run(_ context: CommandContext) -> ExitStatus {
    guard let name = context.invocation.argument else { return context.write(overview) }
    guard let command = CommandName(rawValue: name.value) else {
      return context.refuse([.unknownCommand(name.value, at: name.span)], .usage)
    }
    return context.write(text(of: command))
  }

  static var overview: String {
    """
    Compiles batch pipelines to Amazon EMR job flows.

    usage: \(ProgramName.current) COMMAND [options]

    \(Columns.text(CommandName.allCases.map { ($0.rawValue, $0.summary) }, indent: "  "))
    `\(ProgramName.current) help COMMAND` tells more; `\(ProgramName.current) --version` shows the version.

    """
  }

  /// In place of StorageLoader, which has no commands.
  static var ofLoader: String {
    """
    StorageLoader is a part of EmrEtlRunner since R90: its command `run` loads and archives.

    usage: \(ProgramName.current) [StorageLoader's options]

    Prints EmrEtlRunner's command line of today for one of StorageLoader, and carries out nothing.

    """
  }

  static func text(of command: CommandName) -> String {
    var text = sentence(command.summary) + "\n\nusage: \(ProgramName.current) " + command.rawValue
    let arguments = [command.argument, command.secondArgument].compactMap(\.self)
    for argument in arguments { text += " [\(argument.name)]" }
    text += " [options]\n"
    if !arguments.isEmpty {
      text += "\n" + Columns.text(arguments.map { ($0.name, $0.summary) }, indent: "  ")
    }
    text += "\noptions:\n"
    let rows = command.options.map { option in
      let short = option.short.map { "-\($0), " } ?? "    "
      let value = option.value.map { " " + $0.name } ?? ""
      return (short + "--" + option.long + value, option.summary)
    }
    return text + Columns.text(rows, indent: "  ")
  }

  private static func sentence(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst() + "."
  }
}
