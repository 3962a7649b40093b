/** A clock that gives up on a transfer which brings nothing. */
export interface StallWatch {
  /** Aborted by a stall, or when the outer signal is. */
  signal: AbortSignal;
  /** Something came: the clock starts anew. */
  beat(): void;
  stop(): void;
}

/** Starts the watch, which must be stopped in the end; `onStall` is called before it aborts. */
export function watchForStall(
  milliseconds: number,
  outer: AbortSignal,
  onStall: () => void,
): StallWatch {
  const stall = new AbortController();
  const giveUp = () => {
    onStall();
    stall.abort(new Error("no byte came"));
  };
  const timer = setTimeout(giveUp, milliseconds);
  return {
    signal: AbortSignal.any([outer, stall.signal]),
    beat: () => void timer.refresh(),
    stop: () => clearTimeout(timer),
  };
}
