import type { BuildImage } from "../../failure.ts";
import { recipesPage, waysToAddPackages } from "../add-packages.ts";
import type { Message, Messages } from "./message.ts";

/** Bundler failures. Bundler's own output has already been printed. */
export const bundlerMessages: Messages<"bundler"> = {
  "bundler/install-failed": ({ version, output, error }) => {
    const { next, blame } = adviceFor(error) ?? {
      next: [
        `gem list --remote --exact --all bundler   # does this version exist?`,
        `bundle update --bundler   # locks the newest Bundler`,
      ],
      blame: "application",
    };
    return {
      headline: `Bundler \`${version}\` could not be installed`,
      happened: [`\`gem install bundler --version ${version}\` failed:`, ...indented(output)],
      next,
      blame,
    };
  },
};

export const gemsMessages: Messages<"gems"> = {
  "gems/lockfile-out-of-step": ({ gemfile, lockfile, output }) => ({
    headline: `\`${lockfile}\` does not match \`${gemfile}\``,
    happened: [
      `The lockfile must change to match \`${gemfile}\` and its gemspecs, and a build never changes it (\`BUNDLE_FROZEN=1\`). Bundler says:`,
      ...indented(output),
    ],
    next: [lockCommand(gemfile), `git commit -m "Update ${lockfile}" ${lockfile}`],
    blame: "application",
  }),
  "gems/install-failed": ({ command, exitCode, output, error, packages, image }) => ({
    headline: `\`${command}\` failed`,
    happened: [
      `It exited with code ${exitCode}. Its full output is above; the last lines:`,
      ...indented(output),
    ],
    ...(missingPackages(packages, image) ?? adviceFor(error) ?? unknownCause),
  }),
  "gems/clean-failed": ({ command, exitCode, output }) => ({
    headline: `\`${command}\` failed`,
    happened: [`It exited with code ${exitCode}. The last lines of its output:`, ...output],
    next: [
      `bundle clean --dry-run   # on your own machine: does it fail on the same gem?`,
      `Build with \`--clear-cache\`, which installs all gems again.`,
    ],
    blame: "unclear",
  }),
};

/** The command that writes a Gemfile's lockfile. Bundler finds only two names by itself. */
export function lockCommand(gemfile: string): string {
  const found = gemfile === "Gemfile" || gemfile === "gems.rb";
  return found ? `bundle lock` : `BUNDLE_GEMFILE=${gemfile} bundle lock`;
}

function indented(output: readonly string[]): string[] {
  return output.map((line) => `    ${line}`);
}

type Advice = Pick<Message, "next" | "blame">;

const unknownCause: Advice = {
  next: [
    `Find the first error in Bundler's output above. Later ones often follow from it.`,
    `bundle install   # on your own machine, with the same Ruby: if it fails too, the app is the cause`,
  ],
  blame: "unclear",
};

function missingPackages(packages: readonly string[], image: BuildImage): Advice | undefined {
  if (packages.length === 0) return undefined;
  const next = [
    "Add these packages to the build image:",
    ...waysToAddPackages(packages, image),
    `${recipesPage} in Lapidary's repository explains it for each platform.`,
  ];
  return { next, blame: "platform" };
}

function adviceFor(error: readonly string[]): Advice | undefined {
  const text = error.join("\n");
  const cause = causes.find(({ saying }) => saying.test(text));
  if (!cause) return undefined;
  const { gem, locked } = cause.saying.exec(text)?.groups ?? {};
  const name = gem ?? locked;
  const named = (line: string) => (name === undefined ? line : line.replaceAll("<gem>", name));
  return { next: cause.next.map(named), blame: cause.blame };
}

// The most common causes, by how Bundler and RubyGems begin the lines of an error. The first one is before the
// others, because it quotes the output of compilers. In the advice, `<gem>` becomes the name that the error says.
const causes: readonly (Advice & { saying: RegExp })[] = [
  {
    saying: /^(?:Gem::Ext::BuildError: )?\s*ERROR: +Failed to build gem native extension/m,
    next: [
      `Add the library that the extension needs to the build image. The line above that begins with "checking for" and ends with "no" names it.`,
      `bundle lock --add-platform x86_64-linux   # uses a precompiled gem if there is one (aarch64-linux on ARM)`,
      `If its Makefile does not work in parallel, set MAKEFLAGS=-j1 in the build's environment.`,
    ],
    blame: "unclear",
  },
  {
    saying:
      /^(?:Authentication is required for|Bad username or password for|Access token could not be authenticated for) |^.*(?:bad response|Net::HTTPClientException|FetchError).*\b(?:401|403)\b/m,
    next: [
      `Set the credentials in the build's environment: BUNDLE_<HOST>=user:password. In <HOST>, write \`__\` for a dot and \`___\` for a dash.`,
      `Or add a service binding of type gem-credentials with the entries host, username and password.`,
    ],
    blame: "configuration",
  },
  {
    saying:
      /^(?:Could not reach host |Network error while fetching |Could not fetch specs from |ERROR: +Could not find .*Unable to download data|(?:ERROR: .*)?(?:Bundler::HTTPError|Gem::RemoteFetcher::FetchError|SocketError|Net::OpenTimeout)\b)/m,
    next: [
      `Build again: the gem server could not be reached.`,
      `Behind a proxy, set HTTP_PROXY, HTTPS_PROXY and NO_PROXY for the build. To use a mirror, set BUNDLE_MIRROR__ALL.`,
    ],
    blame: "network",
  },
  {
    saying: /^Could not find [^\n]+ in cached gems or installed locally/m,
    next: [
      `bundle cache --all-platforms   # adds the missing gems to vendor/cache, also those for Linux`,
      `git add vendor/cache && git commit -m "Add missing gems"`,
    ],
    blame: "application",
  },
  {
    saying:
      /^(?:Could not find (?:(?<gem>[^\s,]{1,200}?)-\d\S{0,200}|[^\n]+) in (?:any of the sources|rubygems|locally)|Your bundle is locked to (?<locked>\S{1,200}) \([^)]+\)[^\n]*, but that version)/m,
    next: [`bundle update <gem>   # if its server no longer has the locked version`],
    blame: "application",
  },
  {
    saying:
      /^(?<gem>\S{1,200}?)-\d\S{0,200} requires ruby(?:gems)? version [^\n]*, which is incompatible with the\s+current version/m,
    next: [
      `Write a Ruby that the gem accepts into the Gemfile, then run: bundle update --ruby`,
      `bundle update --conservative <gem>   # or a version of the gem for the app's Ruby`,
    ],
    blame: "application",
  },
  {
    saying: /^Your Ruby version is ([^,\n]+), but your Gemfile specified/m,
    next: [`bundle update --ruby   # writes the Gemfile's Ruby into the lockfile`],
    blame: "application",
  },
];
