# shellcheck shell=sh
# Variables whose names a shell cannot hold, such as `A-B`. It drops them when it starts, and cannot set
# them, so they are kept as `NAME=value` in numbered variables, and `env` passes them on.
# These functions replace those of launcher.sh.

lapidary_odds=0
lapidary_odd_words=

# PWD and OLDPWD are the shell's own: those of the user are kept beside them.
lapidary_is_shell_name() {
  case $1 in
  '' | [0-9]* | *[!A-Za-z0-9_]* | PWD | OLDPWD) return 1 ;;
  esac
}

lapidary_takes_name() {
  [ -n "$1" ]
}

lapidary_get() {
  lapidary_old=
  if lapidary_is_shell_name "$1"; then
    eval "lapidary_old=\${$1-}"
  elif lapidary_find_odd "$1"; then
    lapidary_old=${lapidary_pair#"$1="}
  fi
}

lapidary_set() {
  if lapidary_is_shell_name "$1"; then
    eval "$1=\$2"
    export "${1?}"
  else
    lapidary_keep_odd "$1" "$2"
  fi
}

# Finds the place of a variable among those that are kept, or the next free one.
lapidary_find_odd() {
  lapidary_at=1
  while [ "$lapidary_at" -le "$lapidary_odds" ]; do
    eval "lapidary_pair=\$lapidary_odd_$lapidary_at"
    case $lapidary_pair in
    "$1="*) return 0 ;;
    esac
    lapidary_at=$((lapidary_at + 1))
  done
  return 1
}

lapidary_keep_odd() {
  if ! lapidary_find_odd "$1"; then
    lapidary_odds=$lapidary_at
    lapidary_odd_words="$lapidary_odd_words \"\$lapidary_odd_$lapidary_at\""
  fi
  eval "lapidary_odd_$lapidary_at=\$1=\$2"
}

# Reads what the shell dropped. Without /proc or tr, it stays dropped. The shell itself opens the file:
# the environment that a process was started with is gone once it becomes another program.
lapidary_read_odd_variables() {
  lapidary_rest=
  {
    lapidary_rest=$(PATH=/usr/bin:/bin tr '\000\n' '\n\001' <&3)$lapidary_newline
  } 3</proc/self/environ 2>/dev/null
  while [ -n "$lapidary_rest" ]; do
    lapidary_line=${lapidary_rest%%"$lapidary_newline"*}
    lapidary_rest=${lapidary_rest#*"$lapidary_newline"}
    case $lapidary_line in
    *=*) lapidary_is_shell_name "${lapidary_line%%=*}" || lapidary_keep_line ;;
    esac
  done
}

lapidary_keep_line() {
  lapidary_value=${lapidary_line#*=}
  while :; do
    case $lapidary_value in
    *"$lapidary_one"*)
      lapidary_value=${lapidary_value%%"$lapidary_one"*}$lapidary_newline${lapidary_value#*"$lapidary_one"}
      ;;
    *) break ;;
    esac
  done
  lapidary_keep_odd "${lapidary_line%%=*}" "$lapidary_value"
}

# Becomes a command with all variables, those that are kept here included.
lapidary_exec() {
  unset PWD OLDPWD
  # Reached only where the program cannot be started.
  trap 'exit 82' EXIT
  [ "$lapidary_odds" -gt 0 ] || exec "$@"
  eval "set -- $lapidary_odd_words \"\$@\""
  exec /usr/bin/env -- "$@"
}

lapidary_one=$(printf '\001')
