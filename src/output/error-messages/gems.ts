import type { Message, Messages } from "./message.ts";

/** What Bundler refused. Its own words were printed as they came; these come after them. */
export const bundlerMessages: Messages<"bundler"> = {
  "bundler/install-failed": ({ version, output }) => {
    const { next, blame } = adviceFor(output) ?? {
      next: [
        `gem list --remote --exact --all bundler   # does the version exist?`,
        `bundle update --bundler   # locks the newest Bundler`,
      ],
      blame: "application",
    };
    return {
      headline: `Bundler \`${version}\` could not be installed`,
      happened: [`\`gem install bundler --version ${version}\` failed:`, ...output],
      next,
      blame,
    };
  },
};

export const gemsMessages: Messages<"gems"> = {
  "gems/lockfile-out-of-step": ({ gemfile, lockfile, output }) => ({
    headline: `\`${lockfile}\` does not match \`${gemfile}\``,
    happened: [
      `To fit \`${gemfile}\` and the gemspecs that it names, the lockfile would have to change, and a build never changes it (\`BUNDLE_FROZEN=1\`). Bundler says:`,
      ...output,
    ],
    next: [lockCommand(gemfile), `git commit -m "Update ${lockfile}" ${lockfile}`],
    blame: "application",
  }),
  "gems/install-failed": ({ command, exitCode, output }) => ({
    headline: `\`${command}\` failed`,
    happened: [
      `It ended with exit code ${exitCode}. Its output stands above; the last lines were:`,
      ...output,
    ],
    ...(adviceFor(output) ?? unknownCause),
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
    blame: "unclear",
  }),
};

/** What writes the lockfile of a Gemfile, which Bundler finds by itself only under two names. */
export function lockCommand(gemfile: string): string {
  const found = gemfile === "Gemfile" || gemfile === "gems.rb";
  return found ? `bundle lock` : `BUNDLE_GEMFILE=${gemfile} bundle lock`;
}

type Advice = Pick<Message, "next" | "blame">;

const unknownCause: Advice = {
  next: [
    `Look for the first error in Bundler's output above: the last is often a consequence.`,
    `bundle install   # on your own machine, with the same Ruby, shows whether the app is the cause`,
  ],
  blame: "unclear",
};

function adviceFor(output: readonly string[]): Advice | undefined {
  const text = output.join("\n");
  const cause = causes.find(({ saying }) => saying.test(text));
  return cause && { next: cause.next, blame: cause.blame };
}

// The most common causes, recognised by what Bundler, RubyGems and compilers print.
const causes: readonly (Advice & { saying: RegExp })[] = [
  {
    saying:
      /Authentication is required|Bad username or password|(?<![\d.])401(?![\d.])|403 Forbidden/i,
    next: [
      `Set the credentials in the build's environment: BUNDLE_<HOST>=user:password, where dots of the host's name become \`__\` and dashes \`___\`.`,
      `Or give the build a binding of type gem-credentials, with the entries host, username and password.`,
    ],
    blame: "configuration",
  },
  {
    saying:
      /Could not reach host|Network error|Could not fetch specs|Unable to download|SocketError|Net::OpenTimeout|timed out/i,
    next: [
      `Build again: the gem server could not be reached.`,
      `Behind a proxy, set http_proxy and https_proxy for the build; for a mirror, BUNDLE_MIRROR__ALL.`,
    ],
    blame: "network",
  },
  {
    saying: /Could not find [^\n]+ in cached gems or installed locally/i,
    next: [
      `bundle cache   # puts every gem of the lockfile into vendor/cache; where some are missing, older Bundlers ask no server`,
      `git add vendor/cache && git commit -m "Add the gems that are missing"`,
    ],
    blame: "application",
  },
  {
    saying: /Could not find [^\n]+ in (any of the sources|rubygems|locally)/i,
    next: [`bundle update <gem>   # the locked version is no longer on its server`],
    blame: "application",
  },
  {
    saying: /Your Ruby version is ([^,\n]+), but your Gemfile specified/i,
    next: [`bundle update --ruby   # writes the Gemfile's Ruby into the lockfile`],
    blame: "application",
  },
  {
    saying: /Failed to build gem native extension|extconf\.rb failed/i,
    next: [
      `Add the library that the extension needs to the build image; the line "checking for …" that answers "no" above names it.`,
      `bundle lock --add-platform x86_64-linux   # takes the precompiled gem where there is one (aarch64-linux on ARM)`,
      `Set MAKEFLAGS=-j1 in the build's environment, if it is a Makefile that cannot be run in parallel.`,
    ],
    blame: "unclear",
  },
];
