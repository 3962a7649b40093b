/** How detect ends: any other code is an error too. */
export const detectExitCode = {
  pass: 0,
  /** The app is none of ours; the platform tries the next group. */
  fail: 100,
  error: 1,
} as const;

/** How build ends. */
export const buildExitCode = { success: 0, failure: 1 } as const;
