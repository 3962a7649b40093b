import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { skipWithoutNamespaces } from "../../support/sandbox.ts";
import type { KnownLayers } from "./compare/compare-image.ts";
import { compareStory } from "./compare/compare-story.ts";
import { describeDifferences, type Difference } from "./compare/differences.ts";
import { type Deviation, deviationOf, readDeviations } from "./deviations.ts";
import { readStories } from "./stories.ts";
import { startWorkers, type WorkerPool } from "./worker-pool.ts";

declare module "vitest" {
  interface TaskMeta {
    /** The area of a story, and whether the local platform answers as the real lifecycle. */
    conformance?: { area: string; outcome: "agrees" | "deviates" };
  }
}

/** A test for each story of an area, or for those with these names: the local platform answers as the real lifecycle did. */
export async function runArea(area: string, names = /^/): Promise<void> {
  const [all, deviations] = [await readStories(area), await readDeviations()];
  const stories = all.filter(({ name }) => names.test(name));
  const known = await knownLayers();
  describe.concurrent(`stories of ${area}`, () => {
    let pool: WorkerPool;
    beforeAll(async () => {
      pool = await startWorkers();
    });
    afterAll(async () => await pool[Symbol.asyncDispose]());
    beforeEach(skipWithoutNamespaces);

    if (stories.length === 0) {
      test("there are stories", ({ skip }) => {
        skip(process.env["CONFORMANCE_STORIES"] !== undefined, `its folder has none of ${area}`);
        expect.fail(`the project has none of ${area}`);
      });
    }
    for (const one of stories) {
      test(one.name, { timeout: minutes }, async ({ task, skip }) => {
        const played = await pool.play(one.story);
        if (played.broken !== undefined) throw new Error(played.broken);
        skip(played.notShown !== undefined, played.notShown);
        const found = compareStory(one, played.steps, known);
        task.meta.conformance = { area, outcome: found.length === 0 ? "agrees" : "deviates" };
        judge(found, deviationOf(deviations, one.name));
      });
    }
  });
}

function judge(found: readonly Difference[], deviation: Deviation | undefined): void {
  if (!deviation && found.length > 0) expect.fail(describeDifferences(found));
  if (!deviation || found.length > 0) return;
  const { pattern, reason } = deviation;
  expect.fail(`deviations.md lists ${pattern}, but the story agrees: ${reason}`);
}

const minutes = 60_000 * 5;

/** Answers refer to layers of `export/empty` instead of listing them again. */
async function knownLayers(): Promise<KnownLayers> {
  const empty = (await readStories("export")).find(({ name }) => name === "export/empty");
  const steps = empty?.answer.steps ?? [];
  const layers = steps.flatMap(({ images = {} }) => images["app"]?.layers ?? []);
  return new Map(layers.map(({ diff_id: id, entries }) => [id, entries]));
}
