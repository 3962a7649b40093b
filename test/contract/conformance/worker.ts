import { closeSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { playStory } from "./steps/play-story.ts";
import type { Story } from "./story.ts";

// Plays stories in a root that holds nothing else, see `enterRoot`.
process.umask(0o022);
closeInherited();
process.on("message", (story: Story) => void answer(story));
process.on("disconnect", () => process.exit(0));
process.send?.("ready");

/** Descriptors that nobody meant to hand on, which programs of stories would get too. */
function closeInherited(): void {
  const closesOnExec = 0o2000000;
  for (const descriptor of readdirSync("/proc/self/fd")
    .map(Number)
    .filter((number) => number > 2)) {
    const info = `/proc/self/fdinfo/${descriptor}`;
    if (!existsSync(info)) continue;
    const flags = /flags:\s*(\d+)/.exec(readFileSync(info, "utf8"))?.[1] ?? "0";
    if ((Number.parseInt(flags, 8) & closesOnExec) === 0) closeSync(descriptor);
  }
}

async function answer(story: Story): Promise<void> {
  try {
    process.send?.(await playStory(story));
  } catch (error) {
    process.send?.({ steps: [], broken: (error as Error).stack ?? String(error) });
  }
}
