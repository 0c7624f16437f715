import Values

/// Completions for bash; they don't need the bash-completion package.
package enum BashCompletions {
  /// - Parameter choices: what can stand as a command's argument, where that is known beforehand.
  package static func script(_ choices: (CommandName) -> [String]) -> String {
    var cases = ""
    for command in CommandName.allCases { cases += clause(for: command, choices) }
    let commands = CommandName.allCases.map(\.rawValue).joined(separator: " ")
    return """
      # bash completions of penstock: source this file.
      _penstock() {
        local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
        local words="" files=""
        COMPREPLY=()
        if [ "$COMP_CWORD" -eq 1 ]; then
          words="\(commands) --help --version"
        else
          case ${COMP_WORDS[1]} in
      \(cases)    esac
        fi
        COMPREPLY=($(compgen -W "$words" -- "$current"))
        case $files in
          file) COMPREPLY+=($(compgen -f -- "$current")) ;;
          folder) COMPREPLY+=($(compgen -d -- "$current")) ;;
        esac
      }
      complete -o filenames -F _penstock penstock

      """
  }

  private static func clause(
    for command: CommandName, _ choicesOf: (CommandName) -> [String]
  ) -> String {
    var text = "      \(command.rawValue))\n        case $previous in\n"
    for option in command.options {
      guard let value = option.value else { continue }
      let names = ["--" + option.long] + (option.short.map { ["-\($0)"] } ?? [])
      text += "          \(names.joined(separator: "|"))) \(action(for: value)) ;;\n"
    }
    let options = command.options.map { "--" + $0.long }.joined(separator: " ")
    let choices = choicesOf(command).joined(separator: " ")
    text += """
                *)
                  if [[ $current == -* ]]; then words="\(options)"
                  else words="\(choices)"\(command.takesFile ? " files=file" : ""); fi ;;
              esac ;;

      """
    return text
  }

  private static func action(for value: Option.Value) -> String {
    switch value {
    case .file: "files=file"
    case .folder: "files=folder"
    case .text: ":"
    case .oneOf(let choices): "words=\"\(choices.joined(separator: " "))\""
    case .code: "words=\"\(Option.codes.joined(separator: " "))\""
    }
  }
}
