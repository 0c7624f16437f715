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

  /// `-c, --config FILE`. Many choices continue on a line below.
  private static func form(_ option: Option) -> String {
    let start = (option.short.map { "-\($0), " } ?? "    ") + "--" + option.long
    guard let value = option.value?.name else { return start }
    var lines = [start + " "]
    for (index, choice) in value.split(separator: "|").enumerated() {
      let piece = (index == 0 ? "" : "|") + choice
      if index > 0, lines[lines.count - 1].utf8.count + piece.utf8.count > 76 {
        lines.append(String(repeating: " ", count: start.utf8.count + 3) + piece)
      } else {
        lines[lines.count - 1] += piece
      }
    }
    return lines.joined(separator: "\n")
  }

  static func sentence(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst() + "."
  }
}
