import { playStory } from "./steps/play-story.ts";
import type { Story } from "./story.ts";

// Plays stories in a root that holds nothing else, see `enterRoot`.
process.umask(0o022);
process.on("message", (story: Story) => void answer(story));
process.on("disconnect", () => process.exit(0));
process.send?.("ready");

async function answer(story: Story): Promise<void> {
  try {
    process.send?.(await playStory(story));
  } catch (error) {
    process.send?.({ steps: [], broken: (error as Error).stack ?? String(error) });
  }
}
