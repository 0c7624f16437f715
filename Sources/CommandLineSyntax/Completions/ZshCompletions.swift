/// Completions for zsh.
package enum ZshCompletions {
  /// The script asks the program itself, so it is the same for all of its versions.
  package static let script = #"""
    #compdef penstock \#(CommandName.runner)
    # zsh completions of penstock: put this file into a folder of $fpath as _penstock.
    _penstock() {
      local program=${(Q)words[1]} line kind=:none prefix
      local -a candidates
      case $program in '~/'*) program=$HOME/${program#'~/'} ;; esac
      local -a typed=("${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}")
      while IFS= read -r line; do
        case $line in
          :*) kind=${line%%$'\t'*}; prefix=${line#*$'\t'} ;;
          *$'\t'*) candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
          *) candidates+=("${line//:/\\:}") ;;
        esac
      done < <("$program" completions --complete "${typed[@]}" 2>/dev/null </dev/null)
      local -a ending
      if (( $#candidates == 1 )) && [[ ${candidates[1]%%:*} == *= ]]; then ending=(-S ''); fi
      local found=1
      if (( $#candidates )); then _describe -V penstock candidates "${ending[@]}" && found=0; fi
      if [[ $kind == :files || $kind == :folders ]]; then
        if [[ -n $prefix ]]; then compset -P "${(q)prefix}"; fi
        if [[ $kind == :files ]]; then _files && found=0; else _files -/ && found=0; fi
      fi
      return found
    }
    if [ "$funcstack[1]" = _penstock ]; then
      _penstock "$@"
    else
      compdef _penstock penstock \#(CommandName.runner)
    fi

    """#
}
