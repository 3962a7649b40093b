import { realpath } from "node:fs/promises";
import { join } from "node:path";
import { BuildpackError } from "../../failure.ts";
import { readTextInside } from "../../system/inside/open-inside.ts";
import { readConfigVars } from "./config-vars.ts";
import { releaseFile } from "./finish-slug.ts";
import { parseRelease, type Release } from "../release.ts";
import { runDyno } from "../run-dyno.ts";

export interface TestOptions {
  buildDir: string;
  envDir: string | undefined;
  signal: AbortSignal;
}

/**
 * The output of `bin/release`, which `bin/compile` has written.
 *
 * @throws BuildpackError `classic/not-compiled`.
 */
export async function readReleaseText(buildDir: string): Promise<string> {
  const app = await realpath(buildDir).catch(() => buildDir);
  const file = await readTextInside(app, releaseFile);
  if (file.state === "text") return file.text;
  throw new BuildpackError({ code: "classic/not-compiled", path: join(buildDir, releaseFile) });
}

/**
 * `bin/test` of the classic API: runs the app's tests in the slug of `bin/test-compile`, as in a dyno,
 * and resolves to their exit code.
 *
 * @throws BuildpackError `classic/not-compiled`, `classic/no-tests`.
 */
export async function testApp({ buildDir, envDir, signal }: TestOptions): Promise<number> {
  const app = await realpath(buildDir);
  const release: Release = parseRelease(await readReleaseText(app), releaseFile);
  const line = release.processTypes["test"];
  if (line === undefined) {
    throw new BuildpackError({ code: "classic/no-tests", path: join(buildDir, releaseFile) });
  }
  return await runDyno({
    ...{ app, root: "/", view: "everything" as const, type: "test", line, signal },
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    env: Object.fromEntries(await readConfigVars(envDir)),
  });
}
