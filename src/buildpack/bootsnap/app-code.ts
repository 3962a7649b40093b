import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import {
  age,
  runBootsnap,
  warnOfAbsence,
  type Work,
  type WorkInSection,
} from "./bootsnap-command.ts";
import { type CodeState, hasImageTimes, readCodeState } from "./code-state.ts";
import { sourcesOfCode } from "../../ruby/bootsnap.ts";
import { removeTree } from "../../system/files.ts";
import { isWithin } from "../../system/is-within.ts";
import { pathSourceDirs } from "../project/project.ts";

/** Code of the app that was compiled while rake ran. */
export interface CompiledApp {
  directory: string;
  /** The code before it was compiled. */
  code: CodeState;
}

/**
 * Compiles the code of the app into another directory, if rake does not notice that: its files must have the time of an
 * image already, and nobody may watch which of them rake reads.
 */
export async function compileAppEarly(
  work: Work,
  directory: string,
): Promise<CompiledApp | undefined> {
  const { context } = work;
  if (context.settings.BP_RAILS_ASSETS_REUSE) return undefined;
  const code = await readCode(work);
  if (!hasImageTimes(code)) return undefined;
  return await context.printer.section(sectionOfApp, async (section) => {
    const problem = await compileApp({ ...work, section }, directory);
    context.signal.throwIfAborted();
    return problem === undefined ? { directory, code } : undefined;
  });
}

/** Resolves to whether there is compiled code now. */
export async function compileAppNow(work: Work, cache: string, changed?: string): Promise<boolean> {
  const { context, project } = work;
  return await context.printer.section(sectionOfApp, async (section) => {
    if (changed !== undefined) {
      section.say(`Compiling again, because \`${relative(project.dir, changed)}\` has changed`);
    }
    const { trees } = await codeOf(work);
    const problem = (await age(trees)) ?? (await compileApp({ ...work, section }, cache));
    context.signal.throwIfAborted();
    if (problem === undefined) return true;
    await removeTree(join(cache, "bootsnap"));
    warnOfAbsence(problem, section);
    return false;
  });
}

const sectionOfApp = "bootsnap for the app";

/** Resolves to the problem if it failed. */
async function compileApp(work: WorkInSection, directory: string): Promise<string | undefined> {
  const { sources } = await codeOf(work);
  return await runBootsnap(work, directory, sources, sources.join(" "));
}

/** The present state of the app's code. */
export async function readCode(work: Work): Promise<CodeState> {
  const { sources } = await codeOf(work);
  return readCodeState(work.project.dir, sources);
}

/** The app's code: `sources` relative to the project, and the directories that contain them, `trees`. */
async function codeOf({ context, project }: Work) {
  const { dir } = project;
  const entries = await readdir(dir, { withFileTypes: true });
  const own = sourcesOfCode(
    entries.map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory() })),
  );
  const gems = pathSourceDirs(project, context.input.appDir);
  // A gem whose directory contains the project, such as that of an engine's dummy app, would be the whole app.
  const besides = gems.filter((gem) => !isWithin(gem, dir));
  const outside = besides.filter((gem) => !isWithin(dir, gem));
  const sources = [...new Set([...own, ...besides.map((gem) => relative(dir, gem))])];
  return { sources, trees: [dir, ...outside] };
}
