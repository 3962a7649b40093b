// The layer `bundler`: the version of Bundler that the lockfile names.
//
// Build, launch and cache. Exists only if Ruby ships another version. Emptied when the Bundler version,
// the Ruby version, the distribution or the architecture changes.

import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import glob from "fast-glob";
import * as z from "zod";
import { reasonsOf } from "../../cnb/layers/layer-state.ts";
import { openLayer } from "../../cnb/layers/layer.ts";
import { BuildpackError } from "../../failure.ts";
import { bundlerError } from "../../ruby/bundler-error.ts";
import type { Section } from "../../output/printer.ts";
import type { RunCommand } from "../../system/command.ts";
import { bundlerMirror } from "../../ruby/bundle-config.ts";
import { compareGemVersions } from "../../ruby/gems/gem-version.ts";
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
  /** Whether the lockfile names this version. If not, a newer one that Ruby ships is used. */
  exact: boolean;
  /** The gem servers of the lockfile. Their mirrors serve Bundler too. */
  remotes: readonly string[];
  /** The environment of `gem install`, with Ruby on PATH. */
  env: Readonly<Record<string, string>>;
  run: RunCommand;
  section: Section;
}

/**
 * Installs the wanted Bundler, unless Ruby ships it.
 *
 * @returns the layer's directory, or `undefined` if the Bundler that Ruby ships is used.
 * @throws BuildpackError `bundler/install-failed`.
 */
export async function installBundlerLayer(options: BundlerOptions): Promise<string | undefined> {
  const { layersDir, metadata, rubyDir, section } = options;
  const version = metadata.bundlerVersion;
  const shipped = (await bundlersOf(rubyDir)).find((candidate) => serves(candidate, options));
  if (shipped !== undefined) {
    section.say(`Using \`${shipped}\`, which ships with Ruby`);
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
  section.layer("bundler", reasonsOf(layer.state));
  if (layer.state.state === "restored") section.say(`Using \`${version}\` of the last build`);
  else {
    section.say(`Installing, because ${layer.state.because.join("; ")}`);
    await gemInstall(options, layer.path);
  }
  await layer.commit({ metadata });
  return layer.path;
}

const labels = {
  bundlerVersion: "the Bundler version",
  rubyVersion: "the Ruby version",
  distro: "the distribution",
  arch: "the CPU architecture",
} satisfies Record<keyof BundlerMetadata, string>;

// If the lockfile names no version, RubyGems starts the newest Bundler that is installed.
function serves(candidate: string, { exact, metadata }: BundlerOptions): boolean {
  if (exact) return candidate === metadata.bundlerVersion;
  return compareGemVersions(candidate, metadata.bundlerVersion) >= 0;
}

/** The versions of Bundler that a Ruby ships, read from its gemspecs without running it. */
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
  const error = bundlerError(result.lines);
  throw new BuildpackError({ code: "bundler/install-failed", version, output, error });
}

// Without `--env-shebang`, a relocatable Ruby writes executables that expect Ruby in their own directory.
const gemInstallFlags = ["--no-document", "--force", "--env-shebang"];

function into(dir: string): string[] {
  return ["--install-dir", dir, "--bindir", join(dir, "bin")];
}

/** Makes RubyGems use Bundler's mirror. A file says so, because everybody can read command lines. */
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
