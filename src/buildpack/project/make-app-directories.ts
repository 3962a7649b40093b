import { realpath } from "node:fs/promises";
import { dirname } from "node:path";
import { BuildpackError } from "../../failure.ts";
import { findGem } from "../../ruby/lockfile/gemfile-lock.ts";
import {
  isDirectoryInside,
  lookInside,
  makeDirectoryInside,
} from "../../system/inside/open-inside.ts";
import type { Project } from "./read-project.ts";

/** Directories that Rails writes to, parents before children. Git keeps no empty directories. */
const ofRails = ["log", "tmp", "tmp/cache", "tmp/pids", "tmp/sockets", "storage"];

/** Gems whose rake tasks write to `app/assets/builds`, which Sprockets reads. */
const builders = ["cssbundling-rails", "dartsass-rails", "jsbundling-rails", "tailwindcss-rails"];
const ofBuilders = ["app", "app/assets", "app/assets/builds"];

/**
 * Creates the directories that Rails and the app's gems expect. A file or a link with such a name is left
 * alone, and nothing is created below it. Does nothing for an app without Rails.
 */
export async function makeAppDirectories({
  dir,
  locked,
}: Pick<Project, "dir" | "locked">): Promise<void> {
  if (findGem(locked, "railties") === undefined) return;
  const root = await realpath(dir);
  const builds = builders.some((gem) => findGem(locked, gem) !== undefined);
  for (const path of [...ofRails, ...(builds ? ofBuilders : [])]) await makeUnlessTaken(root, path);
}

async function makeUnlessTaken(root: string, path: string): Promise<void> {
  try {
    const isFree = (await lookInside(root, path)) === undefined;
    if (isFree && (await isDirectoryInside(root, dirname(path)))) {
      await makeDirectoryInside(root, path);
    }
  } catch (error) {
    const linked =
      error instanceof BuildpackError && error.failure.code === "system/link-not-followed";
    if (!linked) throw error;
  }
}
