/** Whether a request that was answered with this status may succeed later. */
export function mayPassLater(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** The error that says what went wrong: if several addresses were tried, only the inner errors have a message. */
export function innerError(error: unknown): unknown {
  return error instanceof AggregateError ? (error.errors as unknown[])[0] : error;
}
