// The layer `bundler`: the exact Bundler that the lockfile names.
//
// Build, launch and cache; only where Ruby ships another version. Emptied when the Bundler version,
// the Ruby version, the distribution or the architecture changes.

import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import glob from "fast-glob";
import * as z from "zod";
import { openLayer } from "../../cnb/layer.ts";
import { BuildpackError } from "../../failure.ts";
import type { Section } from "../../output/printer.ts";
import type { RunCommand } from "../../system/command.ts";
import { bundlerMirror } from "../../ruby/bundle-config.ts";
import { compareGemVersions } from "../../ruby/gem-version.ts";
import { isFile, removeTree } from "../../system/files.ts";

const metadataSchema = z.object({
  bundlerVersion: z.string(),
  rubyVersion: z.string(),
  distro: z.string(),
  arch: z.string(),
});
type BundlerMetadata = z.output<typeof metadataSchema>;

export interface BundlerOptions {
  layersDir: string;
  appDir: string;
  rubyDir: string;
  metadata: BundlerMetadata;
  /** Whether the app asks for this very version; else a newer one that Ruby ships will do. */
  exact: boolean;
  /** The gem servers of the lockfile, whose mirrors serve Bundler, too. */
  remotes: readonly string[];
  /** The environment of `gem install`, with Ruby on PATH. */
  env: Readonly<Record<string, string>>;
  run: RunCommand;
  section: Section;
}

/**
 * Makes the wanted Bundler available.
 *
 * @returns the layer's directory, or `undefined` where Ruby ships one that will do.
 * @throws BuildpackError `bundler/install-failed`.
 */
export async function installBundler(options: BundlerOptions): Promise<string | undefined> {
  const { layersDir, metadata, rubyDir, section } = options;
  const version = metadata.bundlerVersion;
  const shipped = (await bundlersOf(rubyDir)).find((candidate) => serves(candidate, options));
  if (shipped !== undefined) {
    section.say(`\`${shipped}\` ships with Ruby: nothing to install`);
    return undefined;
  }
  const layer = await openLayer({
    layersDir,
    name: "bundler",
    types: { build: true, launch: true, cache: true },
    schema: metadataSchema,
    keys: metadata,
    labels,
  });
  if (layer.state.state === "restored") section.say(`Kept \`${version}\`: nothing has changed`);
  else {
    section.say(`Installing, because ${layer.state.because.join("; ")}`);
    await gemInstall(options, layer.path);
  }
  await layer.commit({ metadata });
  return layer.path;
}

const labels = {
  bundlerVersion: "Bundler version",
  rubyVersion: "Ruby version",
  distro: "Distribution",
  arch: "CPU architecture",
} satisfies Record<keyof BundlerMetadata, string>;

// Without a version in the lockfile, RubyGems starts the newest Bundler that there is.
function serves(candidate: string, { exact, metadata }: BundlerOptions): boolean {
  if (exact) return candidate === metadata.bundlerVersion;
  return compareGemVersions(candidate, metadata.bundlerVersion) >= 0;
}

/** Versions of Bundler that a Ruby ships, read from its gemspecs without running it. */
async function bundlersOf(rubyDir: string): Promise<string[]> {
  const gemspecs = await glob("lib/ruby/gems/*/specifications/{,default/}bundler-*.gemspec", {
    cwd: rubyDir,
  });
  return gemspecs.map((path) => /bundler-([^/]+)\.gemspec$/.exec(path)?.[1] ?? "");
}

async function gemInstall(options: BundlerOptions, bundlerDir: string): Promise<void> {
  const { appDir, env, metadata, run, section } = options;
  const version = metadata.bundlerVersion;
  const vendored = join(appDir, "vendor", "cache", `bundler-${version}.gem`);
  const gem = (await isFile(vendored)) ? [vendored, "--local"] : ["bundler", "--version", version];
  const args = ["install", ...gem, ...gemInstallFlags, ...into(bundlerDir)];
  const result = await section.timed(`Installing Bundler \`${version}\``, () =>
    withMirror(options, (mirror) =>
      run({ file: "gem", args, cwd: appDir, env: { ...env, ...mirror } }),
    ),
  );
  if (result.exitCode === 0) return;
  const output = result.lines.filter((line) => line.trim() !== "").slice(-8);
  throw new BuildpackError({ code: "bundler/install-failed", version, output });
}

// Without `--env-shebang`, a relocatable Ruby writes executables that look for Ruby beside them.
const gemInstallFlags = ["--no-document", "--force", "--env-shebang"];

function into(dir: string): string[] {
  return ["--install-dir", dir, "--bindir", join(dir, "bin")];
}

/** Has RubyGems ask the mirror that Bundler would ask, by a file: command lines can be read by all. */
async function withMirror<T>(
  { env, remotes }: BundlerOptions,
  work: (env: Record<string, string>) => Promise<T>,
): Promise<T> {
  const mirror = bundlerMirror(env, remotes);
  if (mirror === undefined) return await work({});
  const directory = await mkdtemp(join(tmpdir(), "lapidary-gemrc-"));
  try {
    const file = join(directory, "gemrc");
    await writeFile(file, `---\n:sources:\n- ${JSON.stringify(mirror)}\n`, { mode: 0o600 });
    return await work({ GEMRC: file });
  } finally {
    await removeTree(directory);
  }
}
