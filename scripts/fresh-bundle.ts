import glob from "fast-glob";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { statIfAny } from "../src/system/files.ts";

const checkout = fileURLToPath(new URL("..", import.meta.url));

/** Makes the bundles in `dist/` if one is missing or older than its sources. */
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

/** When each file was last changed; a missing file counts as older than all others. */
async function timesOf(paths: readonly string[]): Promise<number[]> {
  return await Promise.all(
    paths.map(async (path) => (await statIfAny(join(checkout, path)))?.mtimeMs ?? 0),
  );
}
