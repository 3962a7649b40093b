# shellcheck shell=sh
# The part of a launcher that is the same for every image. What is generated calls it.

lapidary_fail() {
  printf 'ERROR: failed to launch: %s\n' "$1" >&2
  exit 82
}

# Sets a variable and passes it on.
lapidary_set() {
  eval "$1=\$2"
  export "${1?}"
}

lapidary_get() {
  eval "lapidary_old=\${$1-}"
}

# Sets a variable to a text before, or after, what it holds; the delimiter stands only between two.
lapidary_prepend() {
  lapidary_get "$1"
  lapidary_set "$1" "$2${lapidary_old:+$3$lapidary_old}"
}

lapidary_append() {
  lapidary_get "$1"
  lapidary_set "$1" "${lapidary_old:+$lapidary_old$3}$2"
}

lapidary_default() {
  lapidary_get "$1"
  [ -n "$lapidary_old" ] || lapidary_set "$1" "$2"
}

# Takes away what the platform put into the environment for the launcher.
lapidary_clear_environment() {
  unset CNB_LAYERS_DIR CNB_APP_DIR CNB_PROCESS_TYPE CNB_PLATFORM_API CNB_DEPRECATION_MODE
  # Without a PATH, shells have one of their own, which they do not pass on.
  case $(export -p) in
  *' PATH='*) ;;
  *)
    unset PATH
    return
    ;;
  esac
  lapidary_rest=$PATH:
  lapidary_kept=
  while [ -n "$lapidary_rest" ]; do
    case ${lapidary_rest%%:*} in
    /cnb/process | /cnb/lifecycle) ;;
    *) lapidary_kept=$lapidary_kept:${lapidary_rest%%:*} ;;
    esac
    lapidary_rest=${lapidary_rest#*:}
  done
  lapidary_set PATH "${lapidary_kept#:}"
}

# Becomes the command in the given directory. Its program is looked for before the directory changes.
lapidary_become() {
  lapidary_directory=$1
  shift
  case $1 in
  */*) lapidary_is_program "$1" ;;
  *) lapidary_is_on_path "$1" ;;
  esac || lapidary_fail "path lookup: $1 is no program that can be run"
  case $lapidary_directory in
  -*) lapidary_directory=./$lapidary_directory ;;
  esac
  CDPATH='' cd "$lapidary_directory" || lapidary_fail "change directory"
  lapidary_exec "$@"
}

lapidary_exec() {
  # The shell's own, which nobody asked for.
  unset PWD OLDPWD
  exec "$@"
}

# The kernel does not start a text file without `#!`; only shells run such a file. So it does not count.
lapidary_is_program() {
  [ -f "$1" ] && [ -x "$1" ] && [ -s "$1" ] || return 1
  [ -r "$1" ] || return 0
  IFS= read -r lapidary_line <"$1" 2>/dev/null || :
  case $lapidary_line in
  '#!'* | *[![:print:][:space:]]*) ;;
  *) return 1 ;;
  esac
}

lapidary_is_on_path() {
  lapidary_rest=${PATH-}:
  while [ -n "$lapidary_rest" ]; do
    lapidary_directory_on_path=${lapidary_rest%%:*}
    if lapidary_is_program "${lapidary_directory_on_path:-.}/$1"; then
      # As in Go, a program that a relative entry of PATH leads to is refused.
      case $lapidary_directory_on_path in
      /*) return 0 ;;
      *) return 1 ;;
      esac
    fi
    lapidary_rest=${lapidary_rest#*:}
  done
  return 1
}

# Runs an exec.d program and sets what it writes to descriptor 3.
lapidary_exec_d() {
  { lapidary_toml=$(lapidary_exec "$1" 3>&1 >&4 4>&- </dev/null); } 4>&1 ||
    lapidary_fail "exec.d: $1 exited with $?"
  lapidary_read_toml || lapidary_fail "exec.d: $1 wrote no TOML of names and strings"
}

# Sets each name of the TOML text in lapidary_toml. Fails at anything but a table of strings.
lapidary_read_toml() {
  lapidary_rest=${lapidary_toml#"$lapidary_mark"}$lapidary_newline
  lapidary_seen=$lapidary_newline
  case $lapidary_rest in
  *["$lapidary_controls"]*) return 1 ;;
  esac
  while [ -n "$lapidary_rest" ]; do
    case $lapidary_rest in
    '#'*) lapidary_rest=${lapidary_rest#*"$lapidary_newline"} ;;
    ' '* | "$lapidary_tab"* | "$lapidary_newline"* | "$lapidary_return$lapidary_newline"*)
      lapidary_rest=${lapidary_rest#?}
      ;;
    *) lapidary_read_pair || return 1 ;;
    esac
  done
}

lapidary_read_pair() {
  lapidary_read_key || return 1
  lapidary_skip_blanks
  case $lapidary_rest in
  =*) lapidary_rest=${lapidary_rest#=} ;;
  *) return 1 ;;
  esac
  lapidary_skip_blanks
  lapidary_read_string || return 1
  lapidary_skip_blanks
  case $lapidary_rest in
  '#'* | "$lapidary_newline"* | "$lapidary_return$lapidary_newline"*) ;;
  *) return 1 ;;
  esac
  lapidary_set "$lapidary_key" "$lapidary_text"
}

# Reads a bare or quoted key that a variable can be called, and that did not come before.
lapidary_read_key() {
  case $lapidary_rest in
  '"""'* | "'''"*) return 1 ;;
  '"'* | "'"*)
    lapidary_read_string || return 1
    lapidary_key=$lapidary_text
    ;;
  *)
    lapidary_key=${lapidary_rest%%[!A-Za-z0-9_-]*}
    lapidary_rest=${lapidary_rest#"$lapidary_key"}
    ;;
  esac
  lapidary_takes_name "$lapidary_key" || return 1
  case $lapidary_seen in
  *"$lapidary_newline$lapidary_key$lapidary_newline"*) return 1 ;;
  esac
  lapidary_seen=$lapidary_seen$lapidary_key$lapidary_newline
}

lapidary_takes_name() {
  case $1 in
  '' | [0-9]* | *[!A-Za-z0-9_]*) return 1 ;;
  esac
}

lapidary_skip_blanks() {
  while :; do
    case $lapidary_rest in
    ' '* | "$lapidary_tab"*) lapidary_rest=${lapidary_rest#?} ;;
    *) return 0 ;;
    esac
  done
}

# Reads one of TOML's four kinds of string into lapidary_text.
lapidary_read_string() {
  lapidary_text=
  case $lapidary_rest in
  '"""'*)
    lapidary_open_lines
    lapidary_read_basic_lines
    ;;
  "'''"*)
    lapidary_open_lines
    lapidary_read_literal_lines
    ;;
  '"'*)
    lapidary_rest=${lapidary_rest#?}
    lapidary_read_basic
    ;;
  "'"*)
    lapidary_rest=${lapidary_rest#?}
    lapidary_read_literal
    ;;
  *) return 1 ;;
  esac
}

# Drops the opening quotes, and the line break that may follow them.
lapidary_open_lines() {
  lapidary_rest=${lapidary_rest#???}
  case $lapidary_rest in
  "$lapidary_newline"*) lapidary_rest=${lapidary_rest#?} ;;
  "$lapidary_return$lapidary_newline"*) lapidary_rest=${lapidary_rest#??} ;;
  esac
}

# Moves a beginning of the rest to the text.
lapidary_take() {
  lapidary_text=$lapidary_text$1
  lapidary_rest=${lapidary_rest#"$1"}
}

lapidary_read_literal() {
  lapidary_take "${lapidary_rest%%["'$lapidary_newline"]*}"
  case $lapidary_rest in
  "'"*) lapidary_rest=${lapidary_rest#?} ;;
  *) return 1 ;;
  esac
}

lapidary_read_literal_lines() {
  case $lapidary_rest in
  *"'''"*) ;;
  *) return 1 ;;
  esac
  lapidary_take "${lapidary_rest%%"'''"*}"
  lapidary_close_lines "'"
}

lapidary_read_basic() {
  while :; do
    lapidary_take "${lapidary_rest%%["\"\\$lapidary_newline"]*}"
    case $lapidary_rest in
    '"'*)
      lapidary_rest=${lapidary_rest#?}
      return 0
      ;;
    '\'*) lapidary_read_escape || return 1 ;;
    *) return 1 ;;
    esac
  done
}

lapidary_read_basic_lines() {
  while :; do
    lapidary_take "${lapidary_rest%%[\"\\]*}"
    case $lapidary_rest in
    '"""'*)
      lapidary_close_lines '"'
      return 0
      ;;
    '"'*) lapidary_take '"' ;;
    '\'*) lapidary_join_lines || lapidary_read_escape || return 1 ;;
    *) return 1 ;;
    esac
  done
}

# Drops the closing quotes. Up to two more before them belong to the text.
lapidary_close_lines() {
  lapidary_rest=${lapidary_rest#???}
  for lapidary_time in 1 2; do
    case $lapidary_rest in
    "$1"*) lapidary_take "$1" ;;
    esac
  done
}

# A backslash at the end of a line drops all white space up to the next character.
lapidary_join_lines() {
  lapidary_kept=$lapidary_rest
  lapidary_rest=${lapidary_rest#?}
  lapidary_skip_blanks
  case $lapidary_rest in
  "$lapidary_newline"* | "$lapidary_return$lapidary_newline"*) ;;
  *)
    lapidary_rest=$lapidary_kept
    return 1
    ;;
  esac
  while :; do
    case $lapidary_rest in
    ' '* | "$lapidary_tab"* | "$lapidary_newline"* | "$lapidary_return$lapidary_newline"*)
      lapidary_rest=${lapidary_rest#?}
      ;;
    *) return 0 ;;
    esac
  done
}

lapidary_read_escape() {
  case $lapidary_rest in
  '\b'*) lapidary_text=$lapidary_text$lapidary_backspace ;;
  '\t'*) lapidary_text=$lapidary_text$lapidary_tab ;;
  '\n'*) lapidary_text=$lapidary_text$lapidary_newline ;;
  '\f'*) lapidary_text=$lapidary_text$lapidary_feed ;;
  '\r'*) lapidary_text=$lapidary_text$lapidary_return ;;
  '\"'*) lapidary_text=$lapidary_text'"' ;;
  '\\'*) lapidary_text=$lapidary_text'\' ;;
  '\e'*) lapidary_text=$lapidary_text$lapidary_escape ;;
  '\x'*) lapidary_read_code_point '??' || return 1 ;;
  '\u'*) lapidary_read_code_point '????' || return 1 ;;
  '\U'*) lapidary_read_code_point '????????' || return 1 ;;
  *) return 1 ;;
  esac
  lapidary_rest=${lapidary_rest#??}
}

# Appends the character whose code follows in as many hexadecimal digits as the pattern has marks.
lapidary_read_code_point() {
  lapidary_digits=${lapidary_rest#??}
  # Not quoted: $1 is used as a pattern, not as text.
  # shellcheck disable=SC2295
  lapidary_after=${lapidary_digits#$1}
  lapidary_digits=${lapidary_digits%"$lapidary_after"}
  case $lapidary_digits in
  '' | *[!0-9A-Fa-f]*) return 1 ;;
  esac
  lapidary_append_character $((0x$lapidary_digits)) || return 1
  lapidary_rest=xx$lapidary_after
}

# Appends a Unicode character in UTF-8. No variable can hold NUL, and surrogates are no characters.
lapidary_append_character() {
  if [ "$1" -eq 0 ] || [ "$1" -gt 1114111 ] || { [ "$1" -ge 55296 ] && [ "$1" -le 57343 ]; }; then
    return 1
  elif [ "$1" -lt 128 ]; then
    set -- "$1"
  elif [ "$1" -lt 2048 ]; then
    set -- $((192 | $1 >> 6)) $((128 | $1 & 63))
  elif [ "$1" -lt 65536 ]; then
    set -- $((224 | $1 >> 12)) $((128 | $1 >> 6 & 63)) $((128 | $1 & 63))
  else
    set -- $((240 | $1 >> 18)) $((128 | $1 >> 12 & 63)) $((128 | $1 >> 6 & 63)) $((128 | $1 & 63))
  fi
  # Command substitution drops a line break at the end, so something has to stand behind it.
  # shellcheck disable=SC2059
  lapidary_bytes=$(printf "$(printf '\\%03o' "$@")" && printf .)
  lapidary_text=$lapidary_text${lapidary_bytes%.}
}

lapidary_newline='
'
lapidary_tab=$(printf '\t')
lapidary_return=$(printf '\r')
lapidary_backspace=$(printf '\b')
lapidary_feed=$(printf '\f')
lapidary_escape=$(printf '\033')
# A byte order mark, and the control characters that TOML forbids.
lapidary_mark=$(printf '\357\273\277')
lapidary_controls=$(printf '\001\002\003\004\005\006\007\010\013\014\016\017\020\021\022\023\024\025\026\027\030\031\032\033\034\035\036\037\177')
