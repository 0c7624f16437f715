/// Completions for bash; they don't need the bash-completion package.
package enum BashCompletions {
  /// The script asks the program itself, so it is the same for all of its versions.
  ///
  /// Bash splits words at `=` and `:`, too; the script joins them again, and gives bash what comes
  /// after the last of these.
  package static let script = #"""
    # bash completions of penstock: source this file.
    _penstock() {
      local program=$1 rest=${COMP_LINE:0:COMP_POINT} word current cut i line kind=:none prefix=
      local -a words=() candidates=()
      COMPREPLY=()
      case $program in '~/'*) program=$HOME/${program#'~/'} ;; esac
      for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((i > 0)) && [[ $rest == [!$' \t\n']* || ( -z $rest && -z $word ) ]] \
          && [[ -n $word || $rest != '' || $COMP_LINE != *[$' \t\n'] ]]; then
          words[${#words[@]}-1]+=$word
        else
          words[${#words[@]}]=$word
        fi
        rest=${rest#"${rest%%[!$' \t\n']*}"}
        rest=${rest#"$word"}
      done
      current=${words[${#words[@]}-1]}
      # What of the word stays as it is: bash replaces only its last part.
      cut=${COMP_WORDS[COMP_CWORD]}
      case $cut in [=:]*) cut= ;; esac
      cut=${current%"$cut"}
      for ((i = 1; i < ${#words[@]}; i++)); do
        word=${words[i]#[\'\"]}
        case ${words[i]} in \"*) word=${word%\"} ;; \'*) word=${word%\'} ;; *) word=${word//\\/} ;; esac
        words[i]=$word
      done
      while IFS= read -r line; do
        case $line in
          :*) kind=${line%%$'\t'*}; prefix=${line#*$'\t'} ;;
          *) candidates[${#candidates[@]}]=${line%%$'\t'*} ;;
        esac
      done < <("$program" completions --complete "${words[@]:1}" 2>/dev/null </dev/null)
      for line in "${candidates[@]}"; do
        case $current in
          [\'\"]*) ;;
          *)
            case $line in *[!A-Za-z0-9_./:=,@%+-]*) printf -v line %q "$line" ;; esac
            line=${line#"$cut"} ;;
        esac
        COMPREPLY[${#COMPREPLY[@]}]=$line
      done
      if ((${#COMPREPLY[@]} == 1)) && [[ ${COMPREPLY[0]} == *= ]]; then
        compopt -o nospace 2>/dev/null
      fi
      case $kind in
        :files) word=-f ;;
        :folders) word=-d ;;
        *) return ;;
      esac
      compopt -o filenames 2>/dev/null
      current=${words[${#words[@]}-1]}
      while IFS= read -r line; do
        COMPREPLY[${#COMPREPLY[@]}]=${line#"${cut#"$prefix"}"}
      done < <(compgen "$word" -- "${current#"$prefix"}")
    }
    complete -F _penstock penstock \#(CommandName.runner)

    """#
}
