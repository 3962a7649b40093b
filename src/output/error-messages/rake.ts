import type { RakeFailure, SystemNeed } from "../../failure.ts";
import { recipesPage, waysToAddPackages } from "../add-packages.ts";
import type { Messages } from "./message.ts";
import { type Advice, adviceForRubyError } from "./ruby-errors.ts";

/** Rake failures. The app's own error and its backtrace have already been printed. */
export const rakeMessages: Messages<"rake"> = {
  "rake/detection-failed": (failure) => {
    const { command, exitCode } = failure;
    return {
      headline: "The app's rake tasks could not be listed",
      happened: [
        `\`${command}\` loads the Rakefile and the app. It exited with code ${exitCode}; the app's own error is above.`,
        ...namedNeeds(failure),
      ],
      ...adviceFor(failure, "bundle exec rake -P"),
    };
  },
  "rake/precompile-failed": (failure) => {
    const { command, exitCode } = failure;
    return {
      headline: "The app's assets could not be precompiled",
      happened: [
        `\`${command}\` exited with code ${exitCode}. The app's own error is above.`,
        ...namedNeeds(failure),
      ],
      ...adviceFor(failure, command),
    };
  },
};

const killed = 137;

function adviceFor(failure: RakeFailure, command: string): Advice {
  if (failure.exitCode === killed) return outOfMemory;
  const missing = missingPackages(failure);
  if (missing) return missing;
  for (const error of failure.errors) {
    const advice = adviceForRubyError(error);
    if (advice) return advice;
  }
  return unknownCause(command);
}

function missingPackages(failure: RakeFailure): Advice | undefined {
  const packages = needsInError(failure).flatMap((need) => need.package ?? []);
  if (packages.length === 0) return undefined;
  const next = [
    "Add these packages to the build image and the run image:",
    ...waysToAddPackages(packages, failure.image),
    `${recipesPage} in Lapidary's repository explains it for each platform.`,
  ];
  return { next, blame: "platform" };
}

function namedNeeds(failure: RakeFailure): string[] {
  return needsInError(failure).map(({ names, gems, package: owner }) => {
    const from = owner === undefined ? "" : ` (package ${owner})`;
    return `The error names ${names.join(" or ")}${from}, which is needed by ${gems.join(", ")}.`;
  });
}

/** What gems need and the error, or one of its causes, says is missing. */
function needsInError({ errors, needs }: RakeFailure): readonly SystemNeed[] {
  const missing = errors.map(({ message }) => message).filter((text) => saysMissing.test(text));
  const words = new Set(missing.flatMap((text) => text.split(/[\s'"`:,;()]+/)));
  return needs.filter(({ names }) => names.some((name) => words.has(name)));
}

const saysMissing =
  /cannot open shared object file|Could not open library|No such file or directory - |not found|status \(127\)/;

function unknownCause(command: string): Advice {
  return {
    next: [
      `SECRET_KEY_BASE_DUMMY=1 RAILS_ENV=production BUNDLE_WITHOUT=development:test ${command}   # on your own machine: if it fails too, the app is the cause`,
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
