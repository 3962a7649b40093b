#!/bin/sh
# Loads jemalloc into every process of the app, where JEMALLOC_ENABLED is `true` when it starts.
[ "${JEMALLOC_ENABLED-}" = true ] || exit 0

# Runs itself again through jemalloc.sh, and then tells the launcher what that has set.
[ "${1-}" = set ] || exec "${0%/exec.d/*}/bin/jemalloc.sh" "$0" set
[ -z "${LD_PRELOAD-}" ] || printf "LD_PRELOAD = '''%s'''\n" "$LD_PRELOAD" >&3
[ -z "${MALLOC_CONF+set}" ] || printf "MALLOC_CONF = '''%s'''\n" "$MALLOC_CONF" >&3
