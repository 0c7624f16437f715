import Values

/// Completions for fish.
package enum FishCompletions {
  /// - Parameter choicesOf: what can stand as a command's argument, where that is known beforehand.
  package static func script(_ choicesOf: (CommandName) -> [String]) -> String {
    var lines = ["# fish completions of penstock: put this file into ~/.config/fish/completions."]
    lines.append("complete -c penstock -f")
    lines.append("complete -c penstock -n __fish_use_subcommand -l version -d 'show the version'")
    for command in CommandName.allCases {
      lines.append(
        "complete -c penstock -n __fish_use_subcommand -a \(command.rawValue) "
          + "-d \(quoted(command.summary))")
    }
    for command in CommandName.allCases {
      let start = "complete -c penstock -n '__fish_seen_subcommand_from \(command.rawValue)'"
      let choices = choicesOf(command).joined(separator: " ")
      if !choices.isEmpty || command.takesFile {
        lines.append("\(start)\(command.takesFile ? " -F" : "") -a \(quoted(choices))")
      }
      for option in command.options {
        let short = option.short.map { " -s \($0)" } ?? ""
        let value = option.value.map(action) ?? ""
        lines.append(
          "\(start)\(short) -l \(option.long)\(value) -d \(quoted(option.summary))")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func action(for value: Option.Value) -> String {
    switch value {
    case .file: " -r -F"
    case .folder: " -x -a '(__fish_complete_directories)'"
    case .text: " -x"
    case .oneOf(let choices): " -x -a \(quoted(choices.joined(separator: " ")))"
    case .code: " -x -a \(quoted(Option.codes.joined(separator: " ")))"
    }
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.reduce(into: "") { $0 += $1 == "'" || $1 == "\\" ? "\\\($1)" : String($1) } + "'"
  }
}
