#!/bin/sh
# Usage: jemalloc.sh CMD [ARG...]
# Becomes CMD with jemalloc as its memory allocator. What LD_PRELOAD holds already stays behind it. An
# unset MALLOC_CONF becomes the layer's default; one that is set, even to nothing, stays as it is.
# Where jemalloc cannot be loaded on this machine, says so and becomes CMD without it.

# Whether a program on this machine really gets the library: it may be for another CPU or C library.
loads() {
  [ -f "$library" ] && MALLOC_CONF='' LD_PRELOAD=$library /bin/sh -c '
    while read -r line; do
      case $line in *libjemalloc*) exit 0 ;; esac
    done </proc/self/maps
    exit 1
  ' 2>/dev/null
}

# The library, then what the user preloads, without what is empty or there twice.
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
  echo "jemalloc.sh: $library cannot be loaded on this machine: going on without it" >&2
fi

exec "$@"
