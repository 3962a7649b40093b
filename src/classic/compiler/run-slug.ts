import { mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BuildpackError } from "../../failure.ts";
import type { Printer } from "../../output/printer.ts";
import { parseProcfile } from "../../procfile.ts";
import { isFile, readTextIfAny } from "../../system/files.ts";
import { lookInside, readTextInside } from "../../system/inside/open-inside.ts";
import { shellQuote } from "../../system/shell-quote.ts";
import { unpackTree } from "../../oci/unpack-tree.ts";
import { discardTree, giveTrees } from "../../system/tree.ts";
import { slugReleaseFile } from "./make-slug.ts";
import { parseRelease } from "../release.ts";
import { runDyno } from "../run-dyno.ts";

export interface RunSlugOptions {
  slug: string;
  /** The process type to start. Without it and without a command, `web` is started. */
  process: string | undefined;
  /** A command to run, or arguments for `process` if that is given. */
  command: readonly string[];
  configVars: Readonly<Record<string, string>>;
  /** The root file system to use as the stack image. */
  root: string;
  uid: number;
  gid: number;
  terminal: string | undefined;
  printer: Printer;
  signal: AbortSignal;
}

/**
 * Unpacks a slug and runs one of its processes, or a command, as a dyno does. Resolves to the exit code.
 * Files that the process writes are removed.
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
    return await runDyno({ app, root, uid, gid, ownTree: scratch, env, type, line, signal });
  } finally {
    await discardTree(scratch);
  }
}

async function unpack(slug: string, scratch: string): Promise<string> {
  const unusable = (problem: string) =>
    new BuildpackError({ code: "classic/slug-unusable", path: slug, problem });
  if (!(await isFile(slug))) throw unusable("there is no such file");
  try {
    await unpackTree([slug], scratch);
  } catch (error) {
    throw error instanceof BuildpackError ? error : unusable((error as Error).message);
  }
  const app = await lookInside(scratch, "app").catch(() => undefined);
  if (app?.isDirectory()) return join(scratch, "app");
  throw unusable("it has no directory `app`");
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

/** The processes of the Procfile win over the defaults of the buildpack. */
async function processTypesOf(app: string): Promise<Record<string, string>> {
  const file = await readTextInside(app, slugReleaseFile);
  const release = file.state === "text" ? file.text : "";
  const procfile = (await readProcfile(app)) ?? "";
  const own = parseProcfile(procfile).entries.map(({ type, line }) => [type, line] as const);
  return { ...parseRelease(release, slugReleaseFile).processTypes, ...Object.fromEntries(own) };
}

/** It may be a link to another file of the app. */
async function readProcfile(app: string): Promise<string | undefined> {
  const path = await realpath(join(app, "Procfile")).catch(() => undefined);
  const isInside = path?.startsWith(`${await realpath(app)}/`) ?? false;
  return path !== undefined && isInside ? await readTextIfAny(path) : undefined;
}

function announce(printer: Printer, { PORT }: Readonly<Record<string, string>>): void {
  printer.plain(`The web process gets PORT ${PORT}: http://localhost:${PORT}`);
}
