// The layer `jemalloc`: a memory allocator that the app can be started with.
//
// Launch and cache; nothing of it is there at build. Emptied when the distribution, the architecture,
// the jemalloc version or the archive that it came from changes. Holds `lib/libjemalloc.so*`,
// `bin/jemalloc.sh`, `default-malloc-conf` and an exec.d program, and is kept only where the app's
// Ruby has run with it. Not there for JRuby.

import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { openLayer } from "../../cnb/layer.ts";
import { BuildpackError } from "../../failure.ts";
import { readJemallocScripts } from "./jemalloc-scripts.ts";
import type { Section } from "../../output/printer.ts";
import type { RunCommand } from "../../system/command.ts";
import { removeTree } from "../../system/files.ts";

const keysSchema = z.object({
  distro: z.string(),
  arch: z.string(),
  jemallocVersion: z.string(),
  checksum: z.string(),
});
// The Ruby that has run with it is remembered, but another one does not empty the layer.
const metadataSchema = keysSchema.extend({ provenWith: z.string() });
type JemallocMetadata = z.output<typeof metadataSchema>;
export type JemallocKeys = z.output<typeof keysSchema>;

export interface JemallocOptions {
  layersDir: string;
  keys: JemallocKeys;
  /** Fills a directory with what an archive of jemalloc holds; it exists and is empty. */
  install: (directory: string) => Promise<void>;
  /** The app's Ruby, which may be installed at the same time. */
  ruby: Promise<{ dir: string; version: string }>;
  run: RunCommand;
  /** The environment of Ruby's trial run. */
  env: Readonly<Record<string, string>>;
  section: Section;
}

/**
 * Installs jemalloc, or keeps that of the last build. After a failure there is no such layer.
 *
 * @throws BuildpackError of `download/*`, `artifact/*` or `compile/*`; `jemalloc/not-loaded`; or what
 * kept Ruby from being installed.
 */
export async function installJemalloc(options: JemallocOptions): Promise<void> {
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
    if (state.state === "restored") {
      section.say(`Kept \`${keys.jemallocVersion}\`: nothing that it depends on has changed`);
    } else {
      section.say(`Installing, because ${state.because.join("; ")}`);
      await options.install(layer.path);
      await keepLibrary(layer.path);
    }
    const scripts = await readJemallocScripts();
    await writeCommand(layer.path, scripts.command, defaultMallocConf(keys.jemallocVersion));
    const { version } = await ruby;
    const proven = state.state === "restored" && state.metadata.provenWith === version;
    if (!proven) await prove(options, layer.path);
    const execD = [{ name: "jemalloc", program: scripts.execD }];
    await layer.commit({ metadata: { ...keys, provenWith: version }, execD });
  } catch (error) {
    await removeTree(layer.path);
    throw error;
  }
}

/**
 * How an enabled jemalloc behaves unless the user says otherwise: untuned, it takes more memory than
 * glibc with two arenas. Versions before 5 know fewer options, and complain of others.
 */
export function defaultMallocConf(version: string): string {
  const major = Number.parseInt(version, 10);
  return major < 5 ? "narenas:2" : "dirty_decay_ms:1000,narenas:2,background_thread:true";
}

const labels = {
  distro: "Distribution",
  arch: "CPU architecture",
  jemallocVersion: "jemalloc version",
  checksum: "jemalloc archive",
  provenWith: "Ruby version",
} satisfies Record<keyof JemallocMetadata, string>;

/** Removes what a running app does not read: headers, documentation, profiling tools. */
async function keepLibrary(directory: string): Promise<void> {
  await removeOthers(directory, (name) => name === "lib");
  await removeOthers(join(directory, "lib"), (name) => name.startsWith("libjemalloc.so"));
}

async function removeOthers(directory: string, isKept: (name: string) => boolean): Promise<void> {
  // An archive without `lib` is found out when Ruby is tried with it.
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

/** Starts the app's Ruby as the app would be started, and has it look for jemalloc in itself. */
async function prove(options: JemallocOptions, directory: string): Promise<void> {
  const { env, keys, run, section } = options;
  const { dir, version } = await options.ruby;
  const { exitCode, stdout, lines } = await run({
    file: join(directory, "bin", "jemalloc.sh"),
    args: [join(dir, "bin", "ruby"), "--disable-gems", "-e", namesAllocator],
    cwd: directory,
    env,
  });
  if (exitCode === 0 && stdout !== "") {
    section.say(`Ruby \`${version}\` ran with it: \`${stdout}\` was in its memory`);
    return;
  }
  const output = lines.slice(-shownLines);
  throw new BuildpackError({
    code: "jemalloc/not-loaded",
    version: keys.jemallocVersion,
    ruby: version,
    output,
  });
}

const namesAllocator = 'print File.read("/proc/self/maps")[/libjemalloc[^\\/\\s]*/]';

const shownLines = 8;
