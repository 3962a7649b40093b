import type { Messages } from "./message.ts";

const quoted = (texts: readonly string[]) => texts.map((text) => `\`${text}\``).join(", ");

/** What a user of the local platform reads when it cannot build or run an app. */
export const platformMessages: Messages<"platform"> = {
  "platform/unsupported-system": ({ system }) => ({
    headline: `The local platform does not run on ${system}`,
    happened: ["It runs buildpacks directly on this machine, which therefore has to be Linux."],
    next: [
      "pack build APP --builder heroku/builder:24   # with Docker",
      "Or run the same command in a Linux container or virtual machine.",
    ],
    blame: "platform",
  }),
  "platform/usage": ({ problem }) => ({
    headline: "The command cannot be understood",
    happened: [`${problem}.`],
    next: ["lapidary --help"],
    blame: "command",
  }),
  "platform/app-missing": ({ path }) => ({
    headline: `There is no app at \`${path}\``,
    happened: ["It is not a directory that can be read."],
    next: [`ls -ld ${path}`, "lapidary build PATH   # the directory that holds the app's Gemfile"],
    blame: "command",
  }),
  "platform/app-unreadable": ({ path, problem }) => ({
    headline: `The app at \`${path}\` cannot be copied`,
    happened: ["It is built from a copy, and making that failed:", `    ${problem}`],
    next: [
      `find ${path} ! -readable   # lists what you may not read`,
      "Or leave such files out, by `exclude` under `[io.buildpacks]` in `project.toml`.",
    ],
    blame: "application",
  }),
  "platform/project-invalid": ({ path, problem }) => ({
    headline: "The app's `project.toml` cannot be understood",
    happened: [`In \`${path}\`: ${problem}.`],
    next: [
      "Mend the file; its form is described at https://buildpacks.io/docs/reference/config/project-descriptor/",
    ],
    blame: "application",
  }),
  "platform/buildpack-missing": ({ path, problem }) => ({
    headline: `The buildpack \`${path}\` cannot be used`,
    happened: [`This is why: ${problem}.`],
    next: [
      "Give the directory that holds its `buildpack.toml` by `--buildpack PATH`.",
      "A composite buildpack also needs each of its parts, by one `--buildpack PATH` each.",
    ],
    blame: "command",
  }),
  "platform/api-unsupported": ({ api, supported }) => ({
    headline: `Platform API \`${api}\` is not supported`,
    happened: [`The local platform speaks ${quoted(supported)}.`],
    next: ["lapidary build APP   # without `--platform-api`, it takes 0.12"],
    blame: "command",
  }),
  "platform/no-group-detected": ({ errors, outcomes }) => ({
    headline: errors
      ? "A buildpack failed while looking at the app"
      : "No group of buildpacks fits this app",
    happened: [
      "This is what each buildpack said; its own output stands above.",
      ...outcomes.map((outcome) => `- ${outcome}`),
    ],
    next: errors
      ? ["Mend what the buildpack complains about, or leave the buildpack out."]
      : [
          "ls -a APP   # a Ruby app has a Gemfile at its root",
          "Give another buildpack by `--buildpack PATH`.",
        ],
    blame: errors ? "buildpack" : "application",
  }),
  "platform/plan-unresolved": ({ problems }) => ({
    headline: "The buildpacks do not fit each other",
    happened: [
      "Each accepted the app, but what they require and provide does not add up:",
      ...problems.map((problem) => `- ${problem}`),
    ],
    next: [
      "Add the buildpack that is missing, by `--buildpack PATH`, before the one that requires it.",
    ],
    blame: "configuration",
  }),
  "platform/build-failed": ({ buildpack, exitCode }) => ({
    headline: `\`${buildpack}\` could not build the app`,
    happened: [
      `Its \`bin/build\` ended with exit code ${exitCode}. What it said stands above.`,
      "The previous build, where there is one, is untouched and can still be run.",
    ],
    next: ["Follow what the buildpack said last, then build again."],
    blame: "unclear",
  }),
  "platform/build-output-invalid": ({ buildpack, path, problem }) => ({
    headline: `\`${buildpack}\` left a file that no platform accepts`,
    happened: [`In its layers directory, \`${path}\`: ${problem}.`],
    next: ["Report it to the authors of that buildpack, with this message."],
    blame: "buildpack",
  }),
  "platform/store-failed": ({ buildpack, layer, problem }) => ({
    headline: `The layer \`${layer}\` of \`${buildpack}\` cannot be kept`,
    happened: [`This is why: ${problem}.`, "The previous build, where there is one, is untouched."],
    next: ["lapidary build APP --clear-cache   # the buildpack then makes all its layers anew"],
    blame: "buildpack",
  }),
  "platform/slice-invalid": ({ pattern }) => ({
    headline: `A buildpack asks for a slice of the app by a pattern that is none: \`${pattern}\``,
    happened: ["Patterns of slices may hold `*`, `?` and sets such as `[a-z]`; a set must be closed."],
    next: ["Ask the author of the buildpack to correct `slices` in its launch.toml."],
    blame: "buildpack",
  }),
  "platform/process-type-invalid": ({ type }) => ({
    headline: `A buildpack defines a process whose type cannot be a name: \`${type}\``,
    happened: ["A type becomes a file name in the image. It must not be empty, `.` or `..`, or hold any of / > < : | & \\."],
    next: ["Ask the author of the buildpack to correct `processes` in its launch.toml."],
    blame: "buildpack",
  }),
  "platform/state-locked": ({ path, pid }) => ({
    headline: "Something else uses the state of this app: another build, or a run of it",
    happened: [`Process ${pid} holds \`${path}\`.`],
    next: [`ps -p ${pid}   # wait until it ends, or end it: kill ${pid}`],
    blame: "platform",
  }),
  "platform/root-unusable": ({ root, problem }) => ({
    headline: `The root file system \`${root}\` cannot be used`,
    happened: [`This is why: ${problem}.`],
    next: [
      `ls ${root}   # it has to hold a whole root file system: bin, etc, lib, usr`,
      "lapidary build APP   # without `--build-root`, it uses this machine's own",
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
    headline: `User ${user} may not enter \`${directory}\``,
    happened: [
      `The build needs \`${path}\`. It never runs as root, and this machine refuses the namespaces`,
      `in which it would see that path elsewhere (${problem}).`,
    ],
    next: [
      "lapidary build APP --state /var/lib/lapidary/APP   # a directory outside of private ones",
      "docker run --cap-add SYS_ADMIN --security-opt apparmor=unconfined …   # allows namespaces in a container",
    ],
    blame: "command",
  }),
  "platform/nothing-built": ({ path }) => ({
    headline: "This app has not been built yet",
    happened: [`There is no complete build in \`${path}\`.`],
    next: ["lapidary build APP"],
    blame: "command",
  }),
  "platform/process-unknown": ({ type, known }) => ({
    headline: `The app has no process of type \`${type}\``,
    happened: [known.length > 0 ? `It has ${quoted(known)}.` : "It has no processes at all."],
    next: [
      known.length > 0
        ? `lapidary run APP --process ${known[0]}`
        : "lapidary run APP -- COMMAND   # or give the app a Procfile and build it again",
    ],
    blame: "command",
  }),
  "platform/launch-failed": ({ problem }) => ({
    headline: "The app could not be started",
    happened: [`${problem}.`],
    next: ["lapidary run APP -- env   # shows the environment that its processes get"],
    blame: "application",
  }),
};
