/** A clock that gives up on a transfer which brings nothing. */
export interface StallWatch {
  /** Aborted by a stall, or when the outer signal is. */
  signal: AbortSignal;
  /** How long the watch waits for a byte. */
  seconds: number;
  /** Something came. */
  beat(): void;
  stalled(): boolean;
  stop(): void;
}

/** Starts the watch; `stop` must be called in the end. */
export function watchForStall(milliseconds: number, outer: AbortSignal): StallWatch {
  const stall = new AbortController();
  const timer = setTimeout(() => stall.abort(new Error("no byte came")), milliseconds);
  return {
    signal: AbortSignal.any([outer, stall.signal]),
    seconds: milliseconds / 1000,
    beat: () => void timer.refresh(),
    stalled: () => stall.signal.aborted,
    stop: () => clearTimeout(timer),
  };
}
