import { existsSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import glob from "fast-glob";
import { readTextIfAny } from "../../src/system/files.ts";

/** Files of an app that decide whether a layer is kept, and what the build does with the app. */
const appFiles = [
  "Gemfile",
  "Gemfile.lock",
  ".ruby-version",
  ".tool-versions",
  ".bundle/config",
  "Rakefile",
  "config.ru",
  "bin/rails",
  "config/bootsnap.rb",
];

/** Files of layers that decisions read, of which the name is enough. */
const names = [
  "ruby/bin/ruby",
  "ruby/lib/ruby/gems/*/specifications/{,default/}bundler-*.gemspec",
  "bundler/specifications/*.gemspec",
  "gems/bin/bootsnap",
  "gems/specifications/{bootsnap,puma,rack,railties,rake}-[0-9]*.gemspec",
  "jemalloc/lib/libjemalloc.so.*",
  "assets/files/public/assets/*.css",
];

/** Files that decisions read. */
const contents = [
  "assets/times.json",
  "assets/outcome/changes.json",
  "bootsnap-files/list",
  "inventory/*.toml",
];

/** Of these layers nothing is read: a file shows that they hold something. */
const opaque = ["bootsnap", "gems", "bundler", "secret-key-base"];

/** Copies what decides of an app. */
export async function cutApp(from: string, to: string): Promise<void> {
  for (const file of await glob(appFiles, { cwd: from, dot: true })) {
    await cp(join(from, file), join(to, file));
  }
}

/**
 * Copies what decides of layers: metadata as they are, of contents only what is read. No file holds a
 * secret: of SECRET_KEY_BASE there is neither the value nor the file.
 */
export async function cutLayers(from: readonly string[], to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const directory of from) {
    const options = { cwd: directory, dot: true };
    for (const file of await glob(["*.toml", ...contents], options)) {
      if (!/^(launch|build|store)\.toml$/.test(file)) await copy(directory, file, to);
    }
    for (const file of await glob(names, options)) await put(join(to, file), "cut\n");
    for (const layer of await glob(opaque, { ...options, onlyDirectories: true })) {
      await put(join(to, layer, "cut"), "");
    }
    await cutGemList(directory, to);
  }
}

/** The list of what the layer `gems` has to contain: of it, what was not cut off. */
async function cutGemList(from: string, to: string): Promise<void> {
  const list = join("gems-files", "list");
  const lines = (await readTextIfAny(join(from, list)))?.split("\n") ?? [];
  const kept = lines.filter((path) => path !== "" && existsSync(join(to, "gems", path)));
  if (lines.length > 0) await put(join(to, list), kept.map((path) => `${path}\n`).join(""));
}

async function copy(from: string, file: string, to: string): Promise<void> {
  await mkdir(dirname(join(to, file)), { recursive: true });
  await cp(join(from, file), join(to, file));
}

async function put(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
