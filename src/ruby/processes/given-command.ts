/**
 * The beginning of a web process in POSIX sh: if the user gives a command (`docker run IMAGE bin/rails console`), it
 * runs in place of the server. Arguments that begin with an option are for the server.
 */
export const givenCommandScript = 'case "${1--}" in -*) ;; *) exec "$@" ;; esac';
