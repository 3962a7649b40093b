import type { Messages } from "./message.ts";

/** What a user of the classic API reads: of `bin/compile` and its like, and of `lapidary slug`. */
export const classicMessages: Messages<"classic"> = {
  "classic/arguments-missing": ({ program, takes }) => ({
    headline: `\`${program}\` was not told what to work on`,
    happened: [`It takes ${takes}.`],
    next: [`${program} ${takes}`],
    blame: "platform",
  }),
  "classic/companion-missing": ({ name, tool, add }) => ({
    headline: `The app needs \`${tool}\`, and there is none on PATH`,
    happened: [
      `Its build plan requires \`${name}\`, which this buildpack does not bring. In the classic API an`,
      "earlier buildpack installs it into the app.",
    ],
    next: [
      `heroku buildpacks:add --index 1 ${add}   # on Heroku`,
      `Elsewhere, put such a buildpack before this one, or \`${tool}\` on PATH where apps are compiled.`,
    ],
    blame: "configuration",
  }),
  "classic/release-unreadable": ({ buildpack, problem }) => ({
    headline: "What `bin/release` printed cannot be understood",
    happened: [`The buildpack \`${buildpack}\` printed it; ${problem}.`],
    next: [`${buildpack}/bin/release BUILD_DIR   # has to print default_process_types and addons`],
    blame: "buildpack",
  }),
  "classic/not-compiled": ({ path }) => ({
    headline: "The app has not been compiled",
    happened: [`There is no \`${path}\`, which \`bin/compile\` leaves.`],
    next: ["bin/compile BUILD_DIR CACHE_DIR ENV_DIR   # bin/test-compile before bin/test"],
    blame: "platform",
  }),
  "classic/no-tests": ({ path }) => ({
    headline: "There is no known way to run this app's tests",
    happened: [
      `\`${path}\` names no process type \`test\`: the lockfile has neither rspec-core nor railties nor rake.`,
    ],
    next: [
      'Name the command in `app.json`: environments.test.scripts.test, such as "ruby test.rb".',
    ],
    blame: "application",
  }),
  "classic/source-unusable": ({ path, problem }) => ({
    headline: `There is no repository to be had from \`${path}\``,
    happened: [`This is why: ${problem}.`],
    next: [
      "git archive --format=tar.gz --output app.tar.gz HEAD   # in the app's repository",
      "lapidary slug app.tar.gz   # or the directory of the repository itself",
    ],
    blame: "command",
  }),
  "classic/buildpack-unusable": ({ buildpack, problem }) => ({
    headline: `The buildpack \`${buildpack}\` cannot be used`,
    happened: [`This is why: ${problem}.`],
    next: [
      "BUILDPACK_URL takes a directory, or the URL of a git repository: https://host/name.git#branch",
      "A classic buildpack has the programs bin/detect, bin/compile and bin/release.",
    ],
    blame: "configuration",
  }),
  "classic/no-buildpack": ({ tried }) => ({
    headline: "No buildpack can build this app",
    happened: [
      "Each was asked, by its bin/detect, and none answered yes:",
      ...tried.map((one) => `- ${one}`),
    ],
    next: [
      "ls -a   # a Ruby app has a Gemfile at its root",
      "Name the buildpack by `--buildpack` or `--env BUILDPACK_URL=…`.",
    ],
    blame: "application",
  }),
  "classic/buildpack-failed": ({ buildpack, program, exitCode }) => ({
    headline: `The slug was not made: \`${program}\` failed`,
    happened: [
      `The buildpack \`${buildpack}\` ended with exit code ${exitCode}; what it said stands above.`,
      "The last slug and the cache directory are as they were.",
    ],
    next: ["Mend what the buildpack complains about, and make the slug again."],
    blame: "unclear",
  }),
  "classic/slug-unusable": ({ path, problem }) => ({
    headline: `The slug \`${path}\` cannot be started`,
    happened: [`This is why: ${problem}.`],
    next: ["lapidary slug SRC   # makes slug.tgz", "lapidary slug run slug.tgz"],
    blame: "command",
  }),
};
