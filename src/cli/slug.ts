import { createHash } from "node:crypto";
import { mkdir, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import type { CommandContext } from "./build.ts";
import type { DynoFlags, SlugFlags } from "./command-line.ts";
import { unprivileged } from "../platform/sandbox/sandbox.ts";
import { readGivenVariables } from "../platform/inputs/given-variables.ts";
import { makeSlug } from "../classic/compiler/make-slug.ts";
import { runSlug } from "../classic/compiler/run-slug.ts";

/** `lapidary slug`: makes a slug of an app. */
export async function slugCommand(
  line: { source: string } & SlugFlags,
  context: CommandContext,
): Promise<void> {
  const { env, cwd, ownBuildpack, printer, signal } = context;
  const source = resolve(cwd, line.source);
  const cache = line.cache === undefined ? await cacheFor(source, env) : resolve(cwd, line.cache);
  await mkdir(dirname(cache), { recursive: true });
  await makeSlug({
    source,
    output: resolve(cwd, line.output),
    cache,
    configVars: await readGivenVariables(line, env),
    candidates: line.buildpacks.length > 0 ? line.buildpacks : [ownBuildpack],
    ...{ env, cwd, printer, signal },
  });
}

/** `lapidary slug run`: starts a process of a slug, and ends as it ends. */
export async function slugRunCommand(
  line: { slug: string } & DynoFlags,
  context: CommandContext & { terminal: string | undefined },
): Promise<number> {
  const { env, cwd, printer, signal, terminal } = context;
  return await runSlug({
    slug: resolve(cwd, line.slug),
    process: line.process,
    command: line.rest,
    configVars: await readGivenVariables(line, env),
    root: resolve(cwd, line.runRoot),
    uid: line.uid ?? unprivileged.uid,
    gid: line.gid ?? unprivileged.gid,
    ...{ terminal, printer, signal },
  });
}

async function cacheFor(source: string, env: CommandContext["env"]): Promise<string> {
  const real = await realpath(source).catch(() => source);
  const base = env["XDG_STATE_HOME"] || join(env["HOME"] || homedir(), ".local/state");
  const digest = createHash("sha256").update(real).digest("hex").slice(0, 8);
  return join(base, "lapidary/slugs", `${basename(real)}-${digest}`);
}
