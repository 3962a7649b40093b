import type { Messages } from "./message.ts";

/** Problems with the classic API: `bin/compile` and the other programs, and `lapidary slug`. */
export const classicMessages: Messages<"classic"> = {
  "classic/arguments-missing": ({ program, takes }) => ({
    headline: `\`${program}\` was called without its arguments`,
    happened: [`It needs ${takes}.`],
    next: [`${program} ${takes}`],
    blame: "platform",
  }),
  "classic/companion-missing": ({ name, tool, add }) => ({
    headline: `The app needs \`${tool}\`, which is not on PATH`,
    happened: [
      `The build plan requires \`${name}\`, which this buildpack does not install. With the classic API, an earlier buildpack must install it into the app.`,
    ],
    next: [
      `heroku buildpacks:add --index 1 ${add}   # on Heroku`,
      `On other platforms, put such a buildpack before this one, or put \`${tool}\` on PATH.`,
    ],
    blame: "configuration",
  }),
  "classic/release-unreadable": ({ buildpack, problem }) => ({
    headline: "The output of `bin/release` is invalid",
    happened: [`The buildpack \`${buildpack}\` printed it: ${problem}.`],
    next: [
      "bin/release BUILD_DIR   # in the buildpack; must print default_process_types and addons",
    ],
    blame: "buildpack",
  }),
  "classic/not-compiled": ({ path }) => ({
    headline: "The app has not been compiled",
    happened: [`\`${path}\` does not exist. \`bin/compile\` creates it.`],
    next: ["bin/compile BUILD_DIR CACHE_DIR ENV_DIR   # or bin/test-compile, before bin/test"],
    blame: "platform",
  }),
  "classic/no-tests": ({ path }) => ({
    headline: "It is unknown how to run this app's tests",
    happened: [
      `\`${path}\` has no process type \`test\`, because the app was compiled with \`bin/compile\` instead of \`bin/test-compile\`, or has neither rspec-core nor railties, nor rake with a Rakefile.`,
    ],
    next: [
      'Set the command in `app.json`, as environments.test.scripts.test: for example "ruby test.rb".',
      "Or add a line to the Procfile: test: COMMAND",
    ],
    blame: "application",
  }),
  "classic/source-unusable": ({ path, problem }) => ({
    headline: `\`${path}\` cannot be used as an app's repository`,
    happened: [`Reason: ${problem}.`],
    next: [
      "git archive --format=tar.gz --output app.tar.gz HEAD   # in the app's repository",
      "lapidary slug app.tar.gz   # or pass the directory of the repository",
    ],
    blame: "command",
  }),
  "classic/buildpack-unusable": ({ buildpack, problem }) => ({
    headline: `The buildpack \`${buildpack}\` cannot be used`,
    happened: [`Reason: ${problem}.`],
    next: [
      "Set BUILDPACK_URL to a directory or to the URL of a git repository: https://host/name.git#branch",
      "A classic buildpack must have the programs bin/detect, bin/compile and bin/release.",
    ],
    blame: "configuration",
  }),
  "classic/no-buildpack": ({ tried }) => ({
    headline: "No buildpack accepts this app",
    happened: [
      "`bin/detect` of every buildpack rejected the app:",
      ...tried.map((one) => `- ${one}`),
    ],
    next: [
      "ls -a   # a Ruby app has a Gemfile in its root",
      "Name the buildpack with `--buildpack` or `--env BUILDPACK_URL=…`.",
    ],
    blame: "application",
  }),
  "classic/buildpack-failed": ({ buildpack, program, exitCode }) => ({
    headline: `\`${program}\` failed, so there is no new slug`,
    happened: [
      `\`${program}\` of the buildpack \`${buildpack}\` exited with code ${exitCode}. Its output is above.`,
      "The previous slug and the cache are unchanged.",
    ],
    next: ["Correct the error that the buildpack printed, then compile the slug again."],
    blame: "unclear",
  }),
  "classic/slug-unusable": ({ path, problem }) => ({
    headline: `The slug \`${path}\` cannot be started`,
    happened: [`Reason: ${problem}.`],
    next: ["lapidary slug SRC   # compiles slug.tgz", "lapidary slug run slug.tgz"],
    blame: "command",
  }),
};
