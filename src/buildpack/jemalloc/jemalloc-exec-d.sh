#!/bin/sh
# Loads jemalloc into every process of the app if JEMALLOC_ENABLED is `true` when the app starts.
[ "${JEMALLOC_ENABLED-}" = true ] || exit 0

# Runs itself again with jemalloc.sh, then passes on to the launcher what jemalloc.sh has set.
[ "${1-}" = set ] || exec "${0%/exec.d/*}/bin/jemalloc.sh" "$0" set
[ -z "${LD_PRELOAD-}" ] || printf "LD_PRELOAD = '''%s'''\n" "$LD_PRELOAD" >&3
[ -z "${MALLOC_CONF+set}" ] || printf "MALLOC_CONF = '''%s'''\n" "$MALLOC_CONF" >&3
