import { BuildpackError } from "../failure.ts";
import type { Failure, FailureCode, FailureFacts } from "../failure.ts";
import { artifactMessages } from "./error-messages/artifact.ts";
import { appMessages, settingsMessages } from "./error-messages/app.ts";
import { classicMessages } from "./error-messages/classic.ts";
import { cnbMessages } from "./error-messages/cnb.ts";
import { compileMessages } from "./error-messages/compile.ts";
import { downloadMessages } from "./error-messages/download.ts";
import { bundlerMessages, gemsMessages } from "./error-messages/gems.ts";
import { imageMessages } from "./error-messages/image.ts";
import { javaMessages } from "./error-messages/java.ts";
import { jemallocMessages } from "./error-messages/jemalloc.ts";
import type { Blame, Message } from "./error-messages/message.ts";
import { nodeMessages } from "./error-messages/node.ts";
import { packageMessages } from "./error-messages/package.ts";
import { platformMessages } from "./error-messages/platform.ts";
import { rakeMessages } from "./error-messages/rake.ts";
import { systemMessages } from "./error-messages/system.ts";
import { systemFailure } from "../system/system-failure.ts";
import type { Printer } from "./printer.ts";

// Does not compile if a code of `failure.ts` has no message.
const messages: { [C in FailureCode]: (facts: FailureFacts[C]) => Message } = {
  ...appMessages,
  ...settingsMessages,
  ...cnbMessages,
  ...artifactMessages,
  ...downloadMessages,
  ...compileMessages,
  ...bundlerMessages,
  ...gemsMessages,
  ...rakeMessages,
  ...javaMessages,
  ...nodeMessages,
  ...jemallocMessages,
  ...imageMessages,
  ...packageMessages,
  ...systemMessages,
  ...platformMessages,
  ...classicMessages,
};

const closings: Record<Blame, string> = {
  application: "This is a problem in the app.",
  configuration: "This is a problem in the configuration of the build.",
  command: "This is a problem in the command line.",
  network: "This is probably a network problem: try again.",
  server: "This is a problem of the server or mirror.",
  platform: "This is a problem of the machine or platform, not of the app.",
  unclear: "The cause may be the app or the build environment: see the output above.",
  buildpack: "This is a bug in the buildpack. Please report it, with the log above.",
};

/** Prints what happened, how to fix it and who can fix it. Takes anything that was thrown. */
export function printFailure(printer: Printer, error: unknown): void {
  const known = error instanceof BuildpackError ? error : systemFailure(error);
  if (known) printer.error(failureLines(known.failure));
  else printer.error(bugLines(error));
}

/** The message for a failure, line by line, without the marks and colours of an error. */
export function failureLines(failure: Failure): string[] {
  const { headline, happened, next, blame } = messageFor(failure);
  return [
    `Error: ${headline}`,
    "",
    ...happened,
    "",
    "Fix:",
    ...next.map((line) => `    ${line}`),
    "",
    `${closings[blame]} (${failure.code})`,
  ];
}

/** What happened, line by line, without advice: for failures that do not stop the build. */
export function whatHappened(failure: Failure): string[] {
  const { headline, happened } = messageFor(failure);
  return [`${headline}.`, ...happened];
}

function messageFor(failure: Failure): Message {
  // The failure's facts belong to its code, which TypeScript cannot follow here.
  const words = messages[failure.code] as (facts: Failure) => Message;
  return words(failure);
}

function bugLines(error: unknown): string[] {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [
    "Error: unexpected failure in Lapidary",
    "",
    ...text.split("\n"),
    "",
    "This is a bug in Lapidary. Please report it, with the log above.",
  ];
}
