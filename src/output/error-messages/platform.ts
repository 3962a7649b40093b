import type { Messages } from "./message.ts";

/** Problems of the local platform: it cannot build or run an app. */
export const platformMessages: Messages<"platform"> = {
  "platform/unsupported-system": ({ system }) => ({
    headline: `The local platform does not run on ${system}`,
    happened: ["It runs buildpacks directly on this machine, so the machine must run Linux."],
    next: [
      "pack build IMAGE --path APP --builder heroku/builder:24 --buildpack FILE.cnb   # with Docker",
      "Or run the same command in a Linux container or virtual machine.",
    ],
    blame: "platform",
  }),
  "platform/usage": ({ problem, suggestion, command }) => ({
    headline: "The command line is not valid",
    happened: [`${problem}.`],
    next: [
      ...(suggestion === undefined ? [] : [`Did you mean ${suggestion}?`]),
      command === undefined ? "lapidary --help" : `lapidary help ${command}`,
    ],
    blame: "command",
  }),
  "platform/app-missing": ({ path }) => ({
    headline: `There is no app at \`${path}\``,
    happened: ["It is not a directory that can be read."],
    next: [`ls -ld ${path}`, "lapidary build PATH   # the directory with the app's Gemfile"],
    blame: "command",
  }),
  "platform/app-unreadable": ({ path, problem }) => ({
    headline: `The app at \`${path}\` cannot be copied`,
    happened: ["A build works on a copy of the app. Copying failed:", `    ${problem}`],
    next: [
      `find ${path} ! -readable   # lists files that you cannot read`,
      "Or leave them out with `exclude` under `[io.buildpacks]` in `project.toml`.",
    ],
    blame: "application",
  }),
  "platform/project-invalid": ({ path, problem }) => ({
    headline: "The app's `project.toml` is not valid",
    happened: [`\`${path}\`: ${problem}.`],
    next: [
      "Correct the file as described at https://buildpacks.io/docs/reference/config/project-descriptor/",
    ],
    blame: "application",
  }),
  "platform/buildpack-missing": ({ path, problem }) => ({
    headline: `The buildpack \`${path}\` cannot be used`,
    happened: [`Reason: ${problem}.`],
    next: [
      "Pass the directory that contains its `buildpack.toml`: --buildpack DIR",
      "For a composite buildpack, also pass each of its parts: one --buildpack DIR each.",
    ],
    blame: "command",
  }),
  "platform/api-unsupported": ({ api, supported }) => ({
    headline: `Platform API \`${api}\` is not supported`,
    happened: [`Supported versions: ${quoted(supported)}.`],
    next: ["lapidary build APP   # without `--platform-api`, it uses the newest"],
    blame: "command",
  }),
  "platform/no-group-detected": ({ errors, outcomes }) => ({
    headline: errors
      ? "A buildpack failed in its bin/detect"
      : "No group of buildpacks accepts this app",
    happened: [
      "Result of each buildpack (its own output is above):",
      ...outcomes.map((outcome) => `- ${outcome}`),
    ],
    next: errors
      ? ["Correct the error that the buildpack printed, or leave this buildpack out."]
      : [
          "ls -a APP   # a Ruby app has a Gemfile in its root",
          "Or use another buildpack: --buildpack DIR",
        ],
    blame: errors ? "buildpack" : "application",
  }),
  "platform/plan-unresolved": ({ problems }) => ({
    headline: "The buildpacks do not work together",
    happened: [
      "Each accepted the app, but one requires something that no other provides, or provides something that no other requires:",
      ...problems.map((problem) => `- ${problem}`),
    ],
    next: ["Put the missing buildpack before the one that requires it: --buildpack DIR"],
    blame: "configuration",
  }),
  "platform/build-failed": ({ buildpack, exitCode }) => ({
    headline: `\`${buildpack}\` could not build the app`,
    happened: [
      `Its \`bin/build\` exited with code ${exitCode}. Its output is above.`,
      "The previous build, if any, is unchanged and can still be run.",
    ],
    next: ["Correct the last error that the buildpack printed, then build again."],
    blame: "unclear",
  }),
  "platform/build-output-invalid": ({ buildpack, path, problem }) => ({
    headline: `\`${buildpack}\` wrote an invalid file`,
    happened: [`\`${path}\` in its layers directory: ${problem}.`],
    next: ["Report this message to the authors of that buildpack."],
    blame: "buildpack",
  }),
  "platform/store-failed": ({ buildpack, layer, problem }) => ({
    headline: `The layer \`${layer}\` of \`${buildpack}\` cannot be stored`,
    happened: [`Reason: ${problem}.`, "The previous build, if any, is unchanged."],
    next: ["lapidary build APP --clear-cache   # makes all layers again"],
    blame: "buildpack",
  }),
  "platform/state-foreign": ({ path, entries }) => ({
    headline: `\`${path}\` is not a state directory of Lapidary`,
    happened: [
      "A build replaces and deletes files in its state directory, so it must not hold other files.",
      `It holds ${quoted(entries)}. Nothing in it was changed.`,
    ],
    next: [
      `lapidary build APP --state ${path}/state   # or any other new or empty directory`,
      `touch ${path}/.lapidary-state   # only if an earlier version of Lapidary made this directory`,
    ],
    blame: "command",
  }),
  "platform/slice-invalid": ({ pattern }) => ({
    headline: `A buildpack uses an invalid pattern for a slice of the app: \`${pattern}\``,
    happened: ["A pattern may contain `*`, `?` and sets such as `[a-z]`. A set must be closed."],
    next: ["Ask the authors of the buildpack to correct `slices` in its launch.toml."],
    blame: "buildpack",
  }),
  "platform/process-type-invalid": ({ type }) => ({
    headline: `A buildpack uses an invalid process type: \`${type}\``,
    happened: [
      "A type becomes a file name in the image. It must not be empty, `.` or `..`, and must not contain `/ > < : | & \\`.",
    ],
    next: ["Ask the authors of the buildpack to correct `processes` in its launch.toml."],
    blame: "buildpack",
  }),
  "platform/state-locked": ({ path, pid }) => ({
    headline: "This app is being built or run by another process",
    happened: [`Process ${pid} has locked \`${path}\`.`],
    next: [`ps -p ${pid}   # wait until it ends, or stop it: kill ${pid}`],
    blame: "platform",
  }),
  "platform/root-unusable": ({ root, problem }) => ({
    headline: `The root file system \`${root}\` cannot be used`,
    happened: [`Reason: ${problem}.`],
    next: [
      `ls ${root}   # must be a complete root file system: bin, etc, lib, usr`,
      "lapidary build APP   # without `--build-root`, it uses this machine's",
    ],
    blame: "command",
  }),
  "platform/isolation-needed": ({ option, problem }) => ({
    headline: `\`${option}\` does not work here: this machine refuses namespaces`,
    happened: [
      `The kernel says: ${problem}.`,
      "Without namespaces, the build would see the whole machine and its network.",
    ],
    next: [
      "docker run --cap-add SYS_ADMIN --security-opt apparmor=unconfined …   # in a container",
      "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0   # on Ubuntu 24.04 and newer",
      `lapidary build APP   # without \`${option}\``,
    ],
    blame: "command",
  }),
  "platform/place-unreachable": ({ path, directory, user, problem }) => ({
    headline: `User ${user} has no permission to enter \`${directory}\``,
    happened: [
      `The build needs \`${path}\`, and it never runs as root.`,
      `With namespaces, the path could be mounted elsewhere, but this machine refuses them: ${problem}.`,
    ],
    next: [
      `lapidary build APP --state /var/lib/lapidary/APP   # a directory that user ${user} can enter`,
      "docker run --cap-add SYS_ADMIN --security-opt apparmor=unconfined …   # allows namespaces in a container",
    ],
    blame: "command",
  }),
  "platform/nothing-built": ({ path }) => ({
    headline: "This app has not been built yet",
    happened: [`\`${path}\` contains no complete build.`],
    next: ["lapidary build APP"],
    blame: "command",
  }),
  "platform/process-unknown": ({ type, known }) => ({
    headline: `The app has no process type \`${type}\``,
    happened: [known.length > 0 ? `It has ${quoted(known)}.` : "It has no process types at all."],
    next: [
      known.length > 0
        ? `lapidary run APP --process ${known[0]}`
        : "lapidary run APP -- COMMAND   # or add a Procfile to the app and build it again",
    ],
    blame: "command",
  }),
  "platform/launch-failed": ({ problem }) => ({
    headline: "The app could not be started",
    happened: [`Reason: ${problem}.`],
    next: [
      "lapidary build APP   # builds it again",
      "lapidary run APP -- env   # shows the environment of its processes",
    ],
    blame: "application",
  }),
};

function quoted(texts: readonly string[]): string {
  return texts.map((text) => `\`${text}\``).join(", ");
}
