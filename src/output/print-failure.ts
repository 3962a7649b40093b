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

// Does not compile while a code of `failure.ts` has no words.
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
  application: "The app's own files cause this; building again without a change fails again.",
  configuration:
    "The build's configuration causes this; building again without a change fails again.",
  command: "What was typed causes this; typed again without a change, it fails again.",
  network: "The network or a server on it causes this; building again may be all that it takes.",
  platform: "The machine or the platform that runs the build causes this, not the app.",
  unclear: "Whose fault this is, the lines above tell.",
  buildpack: "This is a fault of the buildpack. Please report it, with the log above.",
};

/** Prints why the build stopped, whose fault it is and what to type next. Takes whatever was thrown. */
export function printFailure(printer: Printer, error: unknown): void {
  const known = error instanceof BuildpackError ? error : systemFailure(error);
  if (known) printer.error(failureLines(known.failure));
  else printer.error(bugLines(error));
}

/** The words for a failure, a line each, without the marks and colours of an error. */
export function failureLines(failure: Failure): string[] {
  const { headline, happened, next, blame } = messageFor(failure);
  return [
    `Error: ${headline}`,
    "",
    ...happened,
    "",
    "To mend it:",
    ...next.map((line) => `    ${line}`),
    "",
    `${closings[blame]} (${failure.code})`,
  ];
}

/** What a failure that does not stop the build was, a line each, without advice. */
export function whatHappened(failure: Failure): string[] {
  const { headline, happened } = messageFor(failure);
  return [`${headline}.`, ...happened];
}

function messageFor(failure: Failure): Message {
  // The table is keyed by the code whose facts the failure carries; the type cannot express that.
  const words = messages[failure.code] as (facts: Failure) => Message;
  return words(failure);
}

function bugLines(error: unknown): string[] {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return [
    "Error: something that the buildpack does not expect",
    "",
    ...text.split("\n"),
    "",
    closings.buildpack,
  ];
}
