import Values

/// Completions for zsh.
package enum ZshCompletions {
  /// - Parameter choices: what can stand as a command's argument, where that is known beforehand.
  package static func script(_ choices: (CommandName) -> [String]) -> String {
    var cases = ""
    for command in CommandName.allCases { cases += clause(for: command, choices) }
    let commands = CommandName.allCases.map { "    \(quoted("\($0.rawValue):\($0.summary)"))\n" }
    return """
      #compdef penstock
      # zsh completions of penstock: put this file into a folder of $fpath as _penstock.
      _penstock() {
        local -a commands
        commands=(
      \(commands.joined())  )
        if (( CURRENT == 2 )); then
          _describe command commands
          _arguments '--help[show help]' '--version[show the version]'
          return
        fi
        local command=$words[2]
        shift words
        (( CURRENT -= 1 ))
        case $command in
      \(cases)  esac
      }
      if [ "$funcstack[1]" = _penstock ]; then _penstock "$@"; else compdef _penstock penstock; fi

      """
  }

  private static func clause(
    for command: CommandName, _ choicesOf: (CommandName) -> [String]
  ) -> String {
    var lines: [String] = []
    for option in command.options {
      let value = option.value.map { ":\(label($0)):\(action(for: $0))" } ?? ""
      let repeats = option.isRepeatable ? "*" : ""
      let summary = "[\(escaped(option.summary))]"
      lines.append(quoted("\(repeats)--\(option.long)\(summary)\(value)"))
      if let short = option.short { lines.append(quoted("\(repeats)-\(short)\(summary)\(value)")) }
    }
    if let argument = command.argument {
      let choices = choicesOf(command).joined(separator: " ")
      let action =
        command.takesFile
        ? " _alternative 'names:name:(\(choices))' 'files:file:_files'" : "(\(choices))"
      lines.append("\"1:\(argument.name):\(action)\"")
    }
    if let argument = command.secondArgument { lines.append("\"2:\(argument.name):_files\"") }
    let body = lines.map { "        \($0)" }.joined(separator: " \\\n")
    return "    \(command.rawValue))\n      _arguments \\\n\(body) ;;\n"
  }

  private static func label(_ value: Option.Value) -> String {
    switch value {
    case .oneOf, .code: "value"
    case .file(let name), .folder(let name), .text(let name): escaped(name)
    }
  }

  private static func action(for value: Option.Value) -> String {
    switch value {
    case .file: "_files"
    case .folder: "_files -/"
    case .text: " "
    case .oneOf(let choices): "(\(choices.joined(separator: " ")))"
    case .code: "(\(Option.codes.joined(separator: " ")))"
    }
  }

  private static func escaped(_ text: String) -> String {
    text.flatMap { "[]:\\".contains($0) ? ["\\", $0] : [$0] }.reduce(into: "") { $0.append($1) }
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.reduce(into: "") { $0 += $1 == "'" ? "'\\''" : String($1) } + "'"
  }
}
