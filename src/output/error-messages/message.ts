import type { FailureCode, FailureFacts } from "../../failure.ts";

/** Who can most likely fix it; chooses the closing line. */
export type Blame =
  | "application"
  | "configuration"
  | "command"
  | "network"
  | "server"
  | "platform"
  | "buildpack"
  | "unclear";

/** What a user reads when a command or a build fails. */
export interface Message {
  /** What happened, in one sentence without a full stop. */
  headline: string;
  /** The details. */
  happened: readonly string[];
  /** What to type or change, the most likely fix first. `command   # comment` for commands. */
  next: readonly string[];
  blame: Blame;
}

/** The words for each code that begins with `Topic/`. */
export type Messages<Topic extends string> = {
  [C in Extract<FailureCode, `${Topic}/${string}`>]: (facts: FailureFacts[C]) => Message;
};
