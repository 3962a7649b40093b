import type { RubyError } from "../../failure.ts";
import type { Messages } from "./message.ts";
import { type Advice, adviceForRubyError } from "./ruby-errors.ts";

/** Rake failures. The app's own error and its backtrace have already been printed. */
export const rakeMessages: Messages<"rake"> = {
  "rake/detection-failed": ({ command, exitCode, errors }) => ({
    headline: "The app's rake tasks could not be listed",
    happened: [
      `\`${command}\` loads the Rakefile and the app. It exited with code ${exitCode}; the app's own error is above.`,
    ],
    ...adviceFor(errors, "bundle exec rake -P", exitCode),
  }),
  "rake/precompile-failed": ({ command, exitCode, errors }) => ({
    headline: "The app's assets could not be precompiled",
    happened: [`\`${command}\` exited with code ${exitCode}. The app's own error is above.`],
    ...adviceFor(errors, command, exitCode),
  }),
};

const killed = 137;

function adviceFor(errors: readonly RubyError[], command: string, exitCode: number): Advice {
  if (exitCode === killed) return outOfMemory;
  for (const error of errors) {
    const advice = adviceForRubyError(error);
    if (advice) return advice;
  }
  return unknownCause(command);
}

function unknownCause(command: string): Advice {
  return {
    next: [
      `RAILS_ENV=production BUNDLE_WITHOUT=development:test ${command}   # on your own machine: if it fails too, the app is the cause`,
      `BP_RAILS_SKIP_ASSETS=true   # for the build, if the app needs no assets`,
    ],
    blame: "unclear",
  };
}

const outOfMemory: Advice = {
  next: [
    `Give the build more memory: the command was killed (signal 9), usually because memory ran out.`,
  ],
  blame: "platform",
};
