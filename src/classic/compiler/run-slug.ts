import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BuildpackError } from "../../failure.ts";
import type { Printer } from "../../output/printer.ts";
import { isDirectory, isFile, readTextIfAny } from "../../system/files.ts";
import { shellQuote } from "../../system/shell-quote.ts";
import { unpackDirectory } from "../../system/tarball.ts";
import { discardTree, giveTrees } from "../../system/tree.ts";
import { slugReleaseFile } from "./make-slug.ts";
import { parseRelease } from "../release.ts";
import { runDyno } from "../run-dyno.ts";

export interface RunSlugOptions {
  slug: string;
  /** The process type to start, `web` where there is no command either. */
  process: string | undefined;
  /** A command instead of a process, or arguments for the `process` that is named. */
  command: readonly string[];
  configVars: Readonly<Record<string, string>>;
  /** The root file system that stands in for the stack's image. */
  root: string;
  uid: number;
  gid: number;
  terminal: string | undefined;
  printer: Printer;
  signal: AbortSignal;
}

/**
 * Unpacks a slug and starts one of its processes, or a command, as a dyno does. Resolves to the exit
 * code; nothing that was written stays.
 *
 * @throws BuildpackError `classic/slug-unusable`, `platform/process-unknown`.
 */
export async function runSlug(options: RunSlugOptions): Promise<number> {
  const { slug, root, uid, gid, configVars, terminal, signal } = options;
  const scratch = await mkdtemp(join(tmpdir(), "dyno_"));
  try {
    const app = await unpack(slug, scratch);
    if (process.getuid?.() === 0) await giveTrees([scratch], { uid, gid });
    const { type, line } = await lineFor(app, options);
    const env = {
      ...(terminal === undefined ? {} : { TERM: terminal }),
      ...(type === "web" ? { PORT: "3000" } : {}),
      ...configVars,
    };
    if (type === "web") announce(options.printer, env);
    return await runDyno({ app, root, uid, gid, env, type, line, signal });
  } finally {
    await discardTree(scratch);
  }
}

async function unpack(slug: string, scratch: string): Promise<string> {
  const unusable = (problem: string) =>
    new BuildpackError({ code: "classic/slug-unusable", path: slug, problem });
  if (!(await isFile(slug))) throw unusable("there is no such file");
  try {
    await unpackDirectory(slug, scratch);
  } catch (error) {
    throw error instanceof BuildpackError ? error : unusable((error as Error).message);
  }
  const app = join(scratch, "app");
  if (await isDirectory(app)) return app;
  throw unusable("it holds no directory `app`");
}

async function lineFor(
  app: string,
  { process: wanted, command }: RunSlugOptions,
): Promise<{ type: string; line: string }> {
  const words = command.map(shellQuote);
  if (wanted === undefined && command.length > 0) return { type: "run", line: words.join(" ") };
  const types = await processTypesOf(app);
  const type = wanted ?? "web";
  const line = types[type];
  if (line !== undefined) return { type, line: [line, ...words].join(" ") };
  const known = Object.keys(types).sort();
  throw new BuildpackError({ code: "platform/process-unknown", type, known });
}

/** The app's own Procfile says what runs; the buildpack, what runs by default. */
async function processTypesOf(app: string): Promise<Record<string, string>> {
  const release = (await readTextIfAny(join(app, slugReleaseFile))) ?? "";
  const procfile = (await readTextIfAny(join(app, "Procfile"))) ?? "";
  const lines = procfile.matchAll(/^([A-Za-z0-9_-]+):[ \t]*(\S.*?)\s*$/gm);
  const own = [...lines].map(([, type = "", line = ""]) => [type, line] as const);
  return { ...parseRelease(release, slugReleaseFile).processTypes, ...Object.fromEntries(own) };
}

function announce(printer: Printer, { PORT }: Readonly<Record<string, string>>): void {
  printer.plain(`The web process gets PORT ${PORT}: http://localhost:${PORT}`);
}
