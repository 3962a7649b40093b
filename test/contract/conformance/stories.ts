import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDirectory } from "../../../src/system/files.ts";
import type { Answer, Story } from "./story.ts";

/** A story with what the real lifecycle answered to it. */
export interface NamedStory {
  area: string;
  /** `<area>/<name>`, which no other story has. */
  name: string;
  story: Story;
  answer: Answer;
}

const areas = ["build", "detect", "export", "launch", "rebase", "restore", "toml"];

/**
 * All stories of an area: `stories/<area>/<group>/{story,answer}.json`, by name in each. They are the project's own, or those
 * of the folder that `CONFORMANCE_STORIES` names, which may have no stories of some areas.
 */
export async function readStories(area: string): Promise<NamedStory[]> {
  const directory = join(await storiesDirectory(), area);
  const groups = (await isDirectory(directory)) ? (await readdir(directory)).sort() : [];
  const stories = await Promise.all(groups.map((group) => readGroup(area, join(directory, group))));
  return stories.flat();
}

async function storiesDirectory(): Promise<string> {
  const folder =
    process.env["CONFORMANCE_STORIES"] ??
    fileURLToPath(new URL("../../conformance", import.meta.url));
  for (const place of [join(folder, "stories"), folder]) {
    const present = await Promise.all(areas.map((area) => isDirectory(join(place, area))));
    if (present.includes(true)) return place;
  }
  throw new Error(`${folder} has no stories: it must contain stories/AREA/GROUP/story.json`);
}

async function readGroup(area: string, directory: string): Promise<NamedStory[]> {
  const stories = await readJson<Record<string, Story>>(join(directory, "story.json"));
  const answers = await readJson<Record<string, Answer>>(join(directory, "answer.json"));
  return Object.entries(stories).map(([name, story]) => {
    const answer = answers[name];
    if (!answer) throw new Error(`${directory} has no answer to ${name}`);
    return { area, name: `${area}/${name}`, story, answer };
  });
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, "utf8")) as T;
}
