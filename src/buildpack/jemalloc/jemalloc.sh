#!/bin/sh
# Usage: jemalloc.sh CMD [ARG...]
# Runs CMD (with exec) with jemalloc as its memory allocator. Libraries in LD_PRELOAD are kept, after
# jemalloc. MALLOC_CONF gets the layer's default if it is not set; an empty value counts as set. If
# jemalloc cannot be loaded on this machine, prints a warning and runs CMD without it.

# Whether the library can be loaded on this machine: it may be for another CPU or C library.
loads() {
  [ -f "$library" ] && MALLOC_CONF='' LD_PRELOAD=$library /bin/sh -c '
    while read -r line; do
      case $line in *libjemalloc*) exit 0 ;; esac
    done </proc/self/maps
    exit 1
  ' 2>/dev/null
}

# The library, then what the user preloads, without empty entries and duplicates.
preload() (
  set -f
  IFS=' :'
  all=$library
  for other in ${LD_PRELOAD-}; do
    case $other in
    '' | "$library") ;;
    *) all=$all:$other ;;
    esac
  done
  printf '%s' "$all"
)

if [ $# -eq 0 ]; then
  echo 'Usage: jemalloc.sh CMD [ARG...]' >&2
  exit 64
fi

layer=$(CDPATH='' cd -- "${0%/*}/.." && pwd -P)
library=$layer/lib/libjemalloc.so

if loads; then
  LD_PRELOAD=$(preload)
  export LD_PRELOAD
  if [ -z "${MALLOC_CONF+set}" ]; then
    read -r MALLOC_CONF <"$layer/default-malloc-conf"
    export MALLOC_CONF
  fi
else
  echo "jemalloc.sh: $library cannot be loaded on this machine; running without jemalloc" >&2
fi

exec "$@"
