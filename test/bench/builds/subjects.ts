import { access } from "node:fs/promises";
import { basename, join } from "node:path";
import { runCommand } from "../../../src/system/command.ts";
import { Unavailable } from "../../../scripts/unavailable.ts";
import { environment } from "../../../scripts/work.ts";

/** What is compared: a version of the project, or the commands by hand. */
export interface Subject {
  name: "now" | "base" | "by hand";
  /** What tables call it. */
  title: string;
  /** The program that builds. */
  command: string;
  /** The long options that `build` has. */
  options: ReadonlySet<string>;
  /** More words for a build with the archive of a Ruby. */
  words: (ruby: string) => readonly string[];
}

/** This version, an older one in another checkout if one is given, and the commands by hand. */
export async function makeSubjects(checkout: string, base: string | undefined): Promise<Subject[]> {
  const now = await makeSubject("now", checkout);
  const byHand: Subject = {
    ...now,
    ...{ name: "by hand", title: "by hand" },
    options: new Set([...now.options].filter((option) => option !== "--gem-store")),
    words: (ruby) => [
      ...["--buildpack", join(checkout, "test/bench/by-hand")],
      ...["--volume", `${ruby}:${mounted(ruby)}`, "--env", `BY_HAND_RUBY=${mounted(ruby)}`],
    ],
  };
  return base === undefined ? [now, byHand] : [await makeSubject("base", base), now, byHand];
}

/** Where the commands by hand find the archive of a Ruby. */
function mounted(ruby: string): string {
  return `/by-hand/${basename(ruby)}`;
}

async function makeSubject(name: "now" | "base", checkout: string): Promise<Subject> {
  const command = join(checkout, "bin/lapidary");
  await access(join(checkout, "dist/lapidary.mjs")).catch(() => {
    throw new Unavailable(
      `${checkout} has no dist/lapidary.mjs: run \`npm ci && npm run build\` there`,
    );
  });
  const help = await output(command, ["build", "--help"]);
  const title = name === "now" ? name : `base (${await commitOf(checkout)})`;
  return { name, title, command, options: optionsIn(help), words: () => [] };
}

/** The long options that a help text names. */
export function optionsIn(help: string): ReadonlySet<string> {
  return new Set(help.match(/(?<![\w-])--[a-z][a-z-]*/g));
}

async function commitOf(checkout: string): Promise<string> {
  return await output("git", ["-C", checkout, "rev-parse", "--short", "HEAD"]);
}

async function output(file: string, args: readonly string[]): Promise<string> {
  const env = { ...environment(), NO_COLOR: "1" };
  const { exitCode, stdout, stderr } = await runCommand({ file, args, cwd: "/", env });
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}
