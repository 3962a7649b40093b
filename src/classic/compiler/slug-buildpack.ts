import { realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { BuildpackError } from "../../failure.ts";
import type { Section } from "../../output/printer.ts";
import { isFile } from "../../system/files.ts";
import { type ClassicBuildpack, runDetect } from "./classic-programs.ts";
import { cloneRepository, type GitEnv } from "./git.ts";

export interface ChooseOptions {
  /** The config var BUILDPACK_URL. If it is set, no other buildpack is tried. */
  buildpackUrl: string | undefined;
  /** The buildpacks to try otherwise, in order. */
  candidates: readonly string[];
  buildDir: string;
  /** The directory that git repositories are cloned into. */
  scratch: string;
  cwd: string;
  env: GitEnv;
  signal: AbortSignal;
}

/**
 * Finds the buildpack for an app: the one of BUILDPACK_URL, or else the first whose `bin/detect`
 * succeeds.
 *
 * @throws BuildpackError `classic/buildpack-unusable`, `classic/no-buildpack`.
 */
export async function chooseBuildpack(
  options: ChooseOptions,
  section: Section,
): Promise<ClassicBuildpack> {
  const { buildpackUrl, candidates } = options;
  const names = buildpackUrl ? [buildpackUrl] : candidates;
  const tried: string[] = [];
  for (const [index, name] of names.entries()) {
    const buildpack = await fetchBuildpack(name, join(options.scratch, `${index}`), options);
    const answer = await runDetect(buildpack, options);
    const first = answer.lines.find((line) => line.trim() !== "") ?? "";
    if (answer.exitCode === 0) {
      section.say(`\`${name}\` detected \`${first.trim()}\``);
      return buildpack;
    }
    tried.push(`${name}: ${first.trim() || `exit code ${answer.exitCode}`}`);
  }
  throw new BuildpackError({ code: "classic/no-buildpack", tried });
}

async function fetchBuildpack(
  name: string,
  clone: string,
  { cwd, env }: ChooseOptions,
): Promise<ClassicBuildpack> {
  const repository = repositoryIn(name);
  if (repository) {
    const problem = await cloneRepository(repository, clone, env);
    if (problem !== undefined) throw unusable(name, problem);
  }
  const directory = repository ? clone : await realpath(resolve(cwd, name)).catch(() => name);
  for (const program of ["bin/detect", "bin/compile"]) {
    if (!(await isFile(join(directory, program)))) throw unusable(name, `it has no \`${program}\``);
  }
  return { name, directory };
}

/** Parses a URL, or an address for ssh (`git@host:name.git`). Its fragment names a branch or a tag. */
function repositoryIn(name: string): { url: string; branch: string | undefined } | undefined {
  if (!/^[a-z][a-z0-9+.-]*:\/\/|^[\w.-]+@[\w.-]+:/i.test(name)) return undefined;
  const [url = "", branch] = name.split("#", 2);
  return { url, branch };
}

function unusable(buildpack: string, problem: string): BuildpackError {
  return new BuildpackError({ code: "classic/buildpack-unusable", buildpack, problem });
}
