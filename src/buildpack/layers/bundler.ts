// The layer `bundler`: the exact Bundler that the lockfile names.
//
// Build, launch and cache; only where Ruby ships another version. Emptied when the Bundler version,
// the Ruby version, the distribution or the architecture changes.

import { join } from "node:path";
import glob from "fast-glob";
import * as z from "zod";
import { openLayer } from "../../cnb/layer.ts";
import { BuildpackError } from "../../failure.ts";
import type { Section } from "../../output/printer.ts";
import type { RunCommand } from "../../system/command.ts";
import { isFile } from "../../system/files.ts";

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
  /** The environment of `gem install`, with Ruby on PATH. */
  env: Readonly<Record<string, string>>;
  run: RunCommand;
  section: Section;
}

/**
 * Makes the wanted Bundler available.
 *
 * @returns the layer's directory, or `undefined` where Ruby ships that very version.
 * @throws BuildpackError `bundler/install-failed`.
 */
export async function installBundler(options: BundlerOptions): Promise<string | undefined> {
  const { layersDir, metadata, rubyDir, section } = options;
  const version = metadata.bundlerVersion;
  if ((await bundlersOf(rubyDir)).includes(version)) {
    section.say(`\`${version}\` ships with Ruby: nothing to install`);
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
  const source = await sourceOf(appDir, version, env);
  const result = await section.timed(`Installing Bundler \`${version}\``, () =>
    run({
      file: "gem",
      args: ["install", ...source, ...gemInstallFlags, ...into(bundlerDir)],
      cwd: appDir,
      env,
    }),
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

/** The archive that the app brings in `vendor/cache`, else the mirror that Bundler would use. */
async function sourceOf(
  appDir: string,
  version: string,
  env: Readonly<Record<string, string>>,
): Promise<string[]> {
  const vendored = join(appDir, "vendor", "cache", `bundler-${version}.gem`);
  if (await isFile(vendored)) return [vendored, "--local"];
  const mirror = env["BUNDLE_MIRROR__ALL"];
  const from = mirror ? ["--clear-sources", "--source", mirror] : [];
  return ["bundler", "--version", version, ...from];
}
