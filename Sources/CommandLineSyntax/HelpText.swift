import Diagnostics
import Text

/// A command's help, within 80 columns.
package struct HelpText {
  private let command: CommandName
  private let program: String

  /// - Parameter program: the name that the program was called by.
  package static func text(of command: CommandName, program: String) -> String {
    HelpText(command: command, program: program).text
  }

  private var text: String {
    let row = command.row
    var text = Self.sentence(row.summary) + "\n\nusage: \(Self.usage(of: command, program))\n"
    if !row.arguments.isEmpty {
      text += "\n" + Columns.folded(row.arguments.map { ($0.name, $0.summary) })
    }
    for (group, options) in Self.groups(of: command) {
      text += "\n\(group.rawValue):\n" + Columns.folded(options.map { (Self.form($0), $0.summary) })
    }
    text += "\nExamples:\n"
    for example in command.examples {
      text += "  # \(example.does)\n  \(program) \(example.line)\n"
    }
    text += "\nExit status:\n"
    return text
      + Columns.folded(command.exits.map { (String($0.status.code), $0.when) })
  }

  /// `penstock diff [A] [B] [options]`.
  static func usage(of command: CommandName, _ program: String) -> String {
    ([program, command.rawValue] + command.row.arguments.map(\.usage) + ["[options]"])
      .joined(separator: " ")
  }

  /// The listed options in groups, in the order of the groups.
  static func groups(of command: CommandName) -> [(Option.Group, [Option])] {
    let options = command.listedOptions
    return Option.Group.allCases.compactMap { group in
      let members = options.filter { $0.group == group }
      return members.isEmpty ? nil : (group, members)
    }
  }

  /// `-c, --config FILE`.
  private static func form(_ option: Option) -> String {
    let short = option.short.map { "-\($0), " } ?? "    "
    return short + "--" + option.long + (option.value.map { " " + $0.name } ?? "")
  }

  static func sentence(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst() + "."
  }
}
