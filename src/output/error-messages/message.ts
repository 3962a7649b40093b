import type { FailureCode, FailureFacts } from "../../failure.ts";

/** Whose fault it most likely is; it chooses the closing paragraph. */
export type Blame =
  "application" | "configuration" | "command" | "network" | "platform" | "buildpack" | "unclear";

/** What a user reads when a build fails. */
export interface Message {
  /** One sentence without a full stop: what could not be done. */
  headline: string;
  /** What happened, with the facts. */
  happened: readonly string[];
  /** What to type or change next, most likely remedy first. */
  next: readonly string[];
  blame: Blame;
}

/** The words for each code that begins with `Room/`. */
export type Messages<Room extends string> = {
  [C in Extract<FailureCode, `${Room}/${string}`>]: (facts: FailureFacts[C]) => Message;
};
