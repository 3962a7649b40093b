import { copyFile, mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions } from "esbuild";
import glob from "fast-glob";

const checkout = fileURLToPath(new URL("..", import.meta.url));

/**
 * Bundles each program in `src/main` into `dist/`, including its npm packages. The programs in `bin`
 * run these files, and packages ship them. Archives of `lapidary artifact` in `dist/` are kept.
 */
export async function bundle(): Promise<void> {
  const staged = `${checkout}/dist.${process.pid}`;
  try {
    await bundleInto(staged);
    await copyScripts(staged);
    await replaceBundles(staged, `${checkout}/dist`);
  } finally {
    await rm(staged, { recursive: true, force: true });
  }
}

async function bundleInto(outdir: string): Promise<void> {
  // Detect loads the code for failures from a separate file. The others must be one file each,
  // because they read files that ship next to them.
  await build({ ...options(outdir), entryPoints: ["src/main/detect.ts"], splitting: true });
  const entryPoints = ["build", "lapidary", "classic"].map((name) => `src/main/${name}.ts`);
  await build({ ...options(outdir), entryPoints });
}

function options(outdir: string): BuildOptions {
  return {
    absWorkingDir: checkout,
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node24",
    legalComments: "linked",
    logLevel: "warning",
    // CommonJS packages in the bundle call `require` at run time.
    banner: { js: requireShim },
  };
}

/** Scripts for shells and for Ruby, which the code reads from its own directory. */
async function copyScripts(outdir: string): Promise<void> {
  for (const script of await glob("src/**/*.{sh,rb}", { cwd: checkout, absolute: true })) {
    await copyFile(script, `${outdir}/${basename(script)}`);
  }
}

async function replaceBundles(staged: string, dist: string): Promise<void> {
  await mkdir(dist, { recursive: true });
  const fresh = await readdir(staged);
  for (const name of fresh) await rename(`${staged}/${name}`, `${dist}/${name}`);
  const old = await glob("*.{mjs,sh,rb,txt}", { cwd: dist, ignore: fresh });
  for (const name of old) await rm(`${dist}/${name}`);
}

const requireShim =
  'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);';

if (import.meta.main) await bundle();
