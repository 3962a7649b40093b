/** A timer that stops a transfer if no data comes. */
export interface StallWatch {
  /** Aborted by a stall, or when the outer signal is. */
  signal: AbortSignal;
  /** Call this when data comes: restarts the timer. */
  beat(): void;
  stop(): void;
}

/** Starts the timer, which must be stopped at the end. `onStall` is called before it aborts. */
export function watchForStall(
  milliseconds: number,
  outer: AbortSignal,
  onStall: () => void,
): StallWatch {
  const stall = new AbortController();
  const giveUp = () => {
    onStall();
    stall.abort(new Error("no data came"));
  };
  const timer = setTimeout(giveUp, milliseconds);
  return {
    signal: AbortSignal.any([outer, stall.signal]),
    beat: () => void timer.refresh(),
    stop: () => clearTimeout(timer),
  };
}
