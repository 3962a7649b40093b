/** The time of day, passed in so that tests can hold it still. */
export interface Clock {
  /** Milliseconds since some fixed moment; only differences mean anything. */
  now(): number;
  /** The calendar date in UTC as `YYYY-MM-DD`. */
  today(): string;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  today: () => new Date().toISOString().slice(0, 10),
};
