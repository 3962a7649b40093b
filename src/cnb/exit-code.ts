/** The exit codes of detect. Any other code is an error too. */
export const detectExitCode = {
  pass: 0,
  /** The buildpack does not build this app. The platform tries the next group. */
  fail: 100,
  error: 1,
} as const;

/** The exit codes of build. */
export const buildExitCode = { success: 0, failure: 1 } as const;
