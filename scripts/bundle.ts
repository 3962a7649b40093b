import { copyFile, rename, rm } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import glob from "fast-glob";

const checkout = fileURLToPath(new URL("..", import.meta.url));

/**
 * Bundles each executable of `src/main` into one file of `dist/`, without `node_modules`: that is
 * what the shims in `bin` run and what the package ships.
 */
export async function bundle(): Promise<void> {
  const staged = `${checkout}/dist.${process.pid}`;
  try {
    await bundleInto(staged);
    await copyShellScripts(staged);
    await rm(`${checkout}/dist`, { recursive: true, force: true });
    await rename(staged, `${checkout}/dist`);
  } finally {
    await rm(staged, { recursive: true, force: true });
  }
}

async function bundleInto(outdir: string): Promise<void> {
  await build({
    absWorkingDir: checkout,
    entryPoints: ["detect", "build", "lapidary", "classic"].map((name) => `src/main/${name}.ts`),
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node24",
    legalComments: "linked",
    logLevel: "warning",
    // CommonJS packages inside the bundle still ask for `require` at run time.
    banner: { js: requireShim },
  });
}

/** What the code reads from beside itself: the POSIX sh that ships into images. */
async function copyShellScripts(outdir: string): Promise<void> {
  for (const script of await glob("src/**/*.sh", { cwd: checkout, absolute: true })) {
    await copyFile(script, `${outdir}/${basename(script)}`);
  }
}

const requireShim =
  'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);';

if (import.meta.main) await bundle();
