import type { Messages } from "./message.ts";

/** What Bundler refused. Its own words were printed as they came; these come after them. */
export const bundlerMessages: Messages<"bundler"> = {
  "bundler/install-failed": ({ version, output }) => ({
    headline: `Bundler \`${version}\` could not be installed`,
    happened: [`\`gem install bundler --version ${version}\` failed:`, ...output],
    next: [
      `gem list --remote --exact --all bundler   # does the version exist?`,
      `bundle update --bundler   # locks the newest Bundler`,
    ],
    blame: "application",
  }),
};

export const gemsMessages: Messages<"gems"> = {
  "gems/lockfile-out-of-step": ({ lockfile, output }) => ({
    headline: `\`${lockfile}\` does not match the Gemfile`,
    happened: [
      `To fit the Gemfile and the gemspecs that it names, the lockfile would have to change, and a build never changes it (\`BUNDLE_FROZEN=1\`). Bundler says:`,
      ...output,
    ],
    next: [`bundle lock`, `git commit -m "Update ${lockfile}" ${lockfile}`],
    blame: "application",
  }),
  "gems/install-failed": ({ command, exitCode, output }) => ({
    headline: `\`${command}\` failed`,
    happened: [
      `It ended with exit code ${exitCode}. Its output stands above; the last lines were:`,
      ...output,
    ],
    next: adviceFor(output),
    blame: "application",
  }),
  "gems/clean-failed": ({ command, exitCode, output }) => ({
    headline: `\`${command}\` failed`,
    happened: [
      `It ended with exit code ${exitCode}. The last lines of its output were:`,
      ...output,
    ],
    next: [
      `bundle clean --dry-run   # on your own machine: does it stumble over the same gem?`,
      `Build with an empty cache (\`--clear-cache\`): the gems are then installed anew.`,
    ],
    blame: "application",
  }),
};

// The most common causes, recognised by what Bundler and compilers print.
function adviceFor(output: readonly string[]): string[] {
  const text = output.join("\n");
  const match = advice.find(([pattern]) => pattern.test(text));
  return [...(match?.[1] ?? [`bundle install   # on your own machine, with the same Ruby`])];
}

const advice: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /Authentication is required|Bad username or password|(?<![\d.])401(?![\d.])|403 Forbidden/i,
    [
      `Set the credentials in the build's environment: BUNDLE_<HOST>=user:password, where dots of the host's name become \`__\` and dashes \`___\`.`,
    ],
  ],
  [
    /Could not reach host|Network error|Could not fetch specs|SocketError|Net::OpenTimeout|timed out/i,
    [
      `Build again: the gem server could not be reached.`,
      `Behind a proxy, set http_proxy and https_proxy for the build; for a mirror, BUNDLE_MIRROR__ALL.`,
    ],
  ],
  [
    /Could not find [^\n]+ in (any of the sources|rubygems|locally)/i,
    [`bundle update <gem>   # the locked version is no longer on its server`],
  ],
  [
    /Your Ruby version is ([^,\n]+), but your Gemfile specified/i,
    [`bundle update --ruby   # writes the Gemfile's Ruby into the lockfile`],
  ],
  [
    /Failed to build gem native extension|extconf\.rb failed/i,
    [
      `Add the library that the extension needs to the build image; the line "checking for …" that answers "no" above names it.`,
      `bundle lock --add-platform x86_64-linux   # takes the precompiled gem where there is one (aarch64-linux on ARM)`,
    ],
  ],
];
