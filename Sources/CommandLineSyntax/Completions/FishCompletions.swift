/// Completions for fish.
package enum FishCompletions {
  /// The script asks the program itself, so it is the same for all of its versions.
  package static let script = #"""
    # fish completions of penstock: put this file into ~/.config/fish/completions.
    function __penstock_complete
      set -l before (commandline -opc)
      set -l current (commandline -ct)
      set -l program (string replace -r '^~/' "$HOME/" -- $before[1])
      type -q -- $program; or return
      set -l lines ($program completions --complete $before[2..-1] "$current" 2>/dev/null </dev/null)
      for line in $lines[1..-2]
        echo $line
      end
      set -l last (string split -m 1 \t -- $lines[-1])
      switch "$last[1]"
        case :files
          __penstock_files "$last[2]" "$current" __fish_complete_path
        case :folders
          __penstock_files "$last[2]" "$current" __fish_complete_directories
      end
    end

    function __penstock_files --argument-names prefix current complete
      for file in ($complete (string sub -s (math (string length -- "$prefix") + 1) -- "$current"))
        echo $prefix$file
      end
    end

    for name in penstock \#(CommandName.runner)
      complete -c $name -f -a '(__penstock_complete)'
    end

    """#
}
