/** The time, passed in so that tests can fix it. */
export interface Clock {
  /** Milliseconds since an arbitrary moment; only differences have a meaning. */
  now(): number;
  /** The calendar date in UTC as `YYYY-MM-DD`. */
  today(): string;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  today: () => new Date().toISOString().slice(0, 10),
};
