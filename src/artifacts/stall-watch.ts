/** A clock that gives up on a transfer that brings too little. */
export interface StallWatch {
  /** Aborted by a stall, or if the outer signal is. */
  signal: AbortSignal;
  /** Data came. The clock restarts when enough of it has come. */
  beat(bytes: number): void;
  stop(): void;
}

/** Starts the watch, which must be stopped in the end. `onStall` is called before it aborts. */
export function watchForStall(
  policy: { stallMilliseconds: number; minimumBytesPerSecond?: number },
  outer: AbortSignal,
  onStall: () => void,
): StallWatch {
  const stall = new AbortController();
  const giveUp = () => {
    onStall();
    stall.abort(new Error("too little data came"));
  };
  const { stallMilliseconds, minimumBytesPerSecond = 0 } = policy;
  const timer = setTimeout(giveUp, stallMilliseconds);
  const enough = (minimumBytesPerSecond * stallMilliseconds) / 1000;
  let received = 0;
  return {
    signal: AbortSignal.any([outer, stall.signal]),
    beat: (bytes) => {
      received += bytes;
      if (received < enough) return;
      received = 0;
      timer.refresh();
    },
    stop: () => clearTimeout(timer),
  };
}
