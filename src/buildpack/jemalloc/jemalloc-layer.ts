// The layer `jemalloc`: a memory allocator that the app can be started with.
//
// Launch and cache, not build. Emptied when the distribution, the architecture, the jemalloc version or
// the archive that it came from changes. Contains `lib/libjemalloc.so*`, `bin/jemalloc.sh`,
// `default-malloc-conf` and an exec.d program. Exists only if the app's Ruby has run with it, and not for
// JRuby.

import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { reasonsOf } from "../../cnb/layers/layer-state.ts";
import { openLayer } from "../../cnb/layers/layer.ts";
import { BuildpackError } from "../../failure.ts";
import { readJemallocScripts } from "./jemalloc-scripts.ts";
import type { Section } from "../../output/printer.ts";
import type { RunCommand } from "../../system/command.ts";
import { removeTree } from "../../system/files.ts";
import type { InstalledRuby } from "../installed.ts";

const keysSchema = z.object({
  distro: z.string(),
  arch: z.string(),
  jemallocVersion: z.string(),
  checksum: z.string(),
});
// The Ruby that has run with it is stored too, but another Ruby does not empty the layer.
const metadataSchema = keysSchema.extend({ provenWith: z.string() });
type JemallocMetadata = z.output<typeof metadataSchema>;
export type JemallocKeys = z.output<typeof keysSchema>;

export interface JemallocOptions {
  layersDir: string;
  keys: JemallocKeys;
  /** Where the version comes from, in the user's words. */
  source: string;
  /** Fills an empty directory with the contents of a jemalloc archive. */
  install: (directory: string) => Promise<void>;
  /** The app's Ruby, which is being installed at the same time. */
  ruby: Promise<Pick<InstalledRuby, "dir" | "label">>;
  run: RunCommand;
  /** The environment of Ruby's trial run. */
  env: Readonly<Record<string, string>>;
  section: Section;
}

/**
 * Installs jemalloc, or keeps that of the last build. After a failure the layer does not exist.
 *
 * @throws BuildpackError of `download/*`, `artifact/*` or `compile/*`; `jemalloc/not-loaded`; or the
 * error with which installing Ruby failed.
 */
export async function installJemallocLayer(options: JemallocOptions): Promise<void> {
  const { layersDir, keys, ruby, section } = options;
  const layer = await openLayer<JemallocMetadata>({
    layersDir,
    name: "jemalloc",
    types: { build: false, launch: true, cache: true },
    schema: metadataSchema,
    keys,
    labels,
  });
  try {
    const { state } = layer;
    section.layer("jemalloc", reasonsOf(state));
    if (state.state === "restored") {
      section.say(`Using \`${keys.jemallocVersion}\` of the last build`);
    } else {
      const from = `\`${keys.jemallocVersion}\` from ${options.source}`;
      section.say(`Installing ${from}, because ${state.because.join("; ")}`);
      await options.install(layer.path);
      await keepLibrary(layer.path);
    }
    const scripts = await readJemallocScripts();
    await writeCommand(layer.path, scripts.command, defaultMallocConf(keys.jemallocVersion));
    const { label } = await ruby;
    const proven = state.state === "restored" && state.metadata.provenWith === label;
    if (!proven) await prove(options, layer.path);
    const execD = [{ name: "jemalloc", program: scripts.execD }];
    await layer.commit({ metadata: { ...keys, provenWith: label }, execD });
  } catch (error) {
    await removeTree(layer.path);
    throw error;
  }
}

/**
 * The default MALLOC_CONF. Without it, jemalloc uses more memory than glibc with two arenas. Versions
 * before 5 warn about options that they do not know.
 */
export function defaultMallocConf(version: string): string {
  const major = Number.parseInt(version, 10);
  return major < 5 ? "narenas:2" : "dirty_decay_ms:1000,narenas:2,background_thread:true";
}

const labels = {
  distro: "the distribution",
  arch: "the CPU architecture",
  jemallocVersion: "the jemalloc version",
  checksum: "the jemalloc archive",
  provenWith: "the Ruby version",
} satisfies Record<keyof JemallocMetadata, string>;

/** Removes what a running app does not need: headers, documentation, profiling tools. */
async function keepLibrary(directory: string): Promise<void> {
  await removeOthers(directory, (name) => name === "lib");
  await removeOthers(join(directory, "lib"), (name) => name.startsWith("libjemalloc.so"));
}

async function removeOthers(directory: string, isKept: (name: string) => boolean): Promise<void> {
  // An archive without `lib` fails later, when Ruby runs with it.
  const names = await readdir(directory).catch(() => []);
  const others = names.filter((name) => !isKept(name));
  await Promise.all(others.map((name) => removeTree(join(directory, name))));
}

async function writeCommand(directory: string, command: string, conf: string): Promise<void> {
  const path = join(directory, "bin", "jemalloc.sh");
  await mkdir(join(directory, "bin"), { recursive: true });
  await writeFile(path, command);
  await chmod(path, 0o755);
  await writeFile(join(directory, "default-malloc-conf"), `${conf}\n`);
}

/** Starts Ruby with jemalloc as the app would, and lets it look for jemalloc in its own memory. */
async function prove(options: JemallocOptions, directory: string): Promise<void> {
  const { env, keys, run, section } = options;
  const { dir, label } = await options.ruby;
  const { exitCode, stdout, lines } = await run({
    file: join(directory, "bin", "jemalloc.sh"),
    args: [join(dir, "bin", "ruby"), "--disable-gems", "-e", namesAllocator],
    cwd: directory,
    env,
  });
  if (exitCode === 0 && stdout !== "") {
    section.say(`Ruby \`${label}\` works with jemalloc \`${keys.jemallocVersion}\``);
    section.detail(
      "To use it, set `JEMALLOC_ENABLED=true` where the app runs, or run `jemalloc.sh CMD`",
    );
    return;
  }
  const output = lines.slice(-shownLines);
  throw new BuildpackError({
    code: "jemalloc/not-loaded",
    version: keys.jemallocVersion,
    ruby: label,
    output,
  });
}

const namesAllocator = 'print File.read("/proc/self/maps")[/libjemalloc[^\\/\\s]*/]';

const shownLines = 8;
