import glob from "fast-glob";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { statIfAny } from "../src/system/files.ts";

const checkout = fileURLToPath(new URL("..", import.meta.url));

/** Bundles the executables of `dist/` where one is missing or older than what it is made from. */
export async function ensureFreshBundle(): Promise<void> {
  const bundles = ["detect", "build", "lapidary"].map((name) => `dist/${name}.mjs`);
  const sources = await glob(["src/**/*", "package-lock.json", "scripts/bundle.ts"], {
    cwd: checkout,
  });
  const oldest = Math.min(...(await timesOf(bundles)));
  if (oldest >= Math.max(...(await timesOf(sources)))) return;
  const { bundle } = await import("./bundle.ts");
  await bundle();
}

/** When each file last changed; one that is missing counts as older than any other. */
async function timesOf(paths: readonly string[]): Promise<number[]> {
  return await Promise.all(
    paths.map(async (path) => (await statIfAny(join(checkout, path)))?.mtimeMs ?? 0),
  );
}
