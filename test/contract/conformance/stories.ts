import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Answer, Story } from "./story.ts";

/** A story with what the real lifecycle answered to it. */
export interface NamedStory {
  area: string;
  /** `<area>/<name>`, which no other story has. */
  name: string;
  story: Story;
  answer: Answer;
}

/** The project's own stories, or those of the folder that `CONFORMANCE_STORIES` names. */
export const storiesDirectory =
  process.env["CONFORMANCE_STORIES"] ??
  new URL("../../conformance/stories", import.meta.url).pathname;

/** All stories of an area: `<area>/<group>/{story,answer}.json`, by name in each. */
export async function readStories(area: string): Promise<NamedStory[]> {
  const directory = join(storiesDirectory, area);
  const groups = (await readdir(directory).catch(() => [])).sort();
  const stories = await Promise.all(groups.map((group) => readGroup(area, join(directory, group))));
  return stories.flat();
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
