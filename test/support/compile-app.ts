import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { compile } from "../../src/classic/adapter/compile.ts";
import { createPrinter } from "../../src/output/printer.ts";
import { createStyle } from "../../src/output/style.ts";
import { systemClock } from "../../src/system/clock.ts";
import { openDirectSandbox } from "./direct-sandbox.ts";

/** Runs `bin/compile` of the classic API with this buildpack in this process, without isolation. */
export async function compileApp(root: string, buildpack: string): Promise<void> {
  await mkdir(join(root, "cache"), { recursive: true });
  await compile({
    buildDir: join(root, "app"),
    cacheDir: join(root, "cache"),
    envDir: undefined,
    mode: "production",
    buildpack,
    env: { PATH: "/usr/bin:/bin" },
    openSandbox: async ({ host, buildpacks }) =>
      await openDirectSandbox({
        host,
        buildpacks: buildpacks.map(({ inside, host: directory }) => {
          return { path: inside.replace("/cnb/buildpacks/", ""), host: directory };
        }),
      }),
    nodeProgram: process.execPath,
    printer: createPrinter({
      write: () => {},
      style: createStyle(false),
      clock: systemClock,
      debug: false,
    }),
    signal: new AbortController().signal,
  });
}
