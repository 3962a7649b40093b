import { join } from "node:path";
import { isDirectory } from "../../../src/system/files.ts";
import { buildUser } from "../../support/world.ts";
import { type AppUnderTest, type AppWorld, archiveOf } from "./app-under-test.ts";
import { buildOnce } from "./build-once.ts";
import { hasKept, keep, makePlace, type Place, restart } from "./place.ts";
import type { BuildSample } from "./sample.ts";
import type { Scenario } from "./scenarios.ts";
import type { Subject } from "./subjects.ts";

/** What builds of an app need. */
export interface Bench {
  app: AppUnderTest;
  world: AppWorld;
  /** The value of BP_INVENTORY. */
  inventory: string;
  /** For apps, states, images and gem stores. */
  directory: string;
}

/**
 * Builds the app in a scenario, after the builds that the scenario needs.
 *
 * @returns what was measured, or why the scenario is not possible.
 */
export async function buildScenario(
  bench: Bench,
  scenario: Scenario,
  subject: Subject,
): Promise<BuildSample | string> {
  const { app, world, directory } = bench;
  const ruby = scenario.ruby === "newer" ? world.newer : world.ruby;
  if (ruby === undefined) return `there is no binary of a newer Ruby than ${world.ruby}`;
  const place = await makePlace(join(directory, subject.name.replace(" ", "-")));
  await prepare(bench, scenario, { subject, place });
  await restart(place, app.directory, scenario.finds);
  const reason = await scenario.change?.(place.app, { from: world.ruby, to: ruby });
  if (reason !== undefined) return reason;
  const store = scenario.store ? storeOf(place) : undefined;
  const sample = await buildOnce(place, await words(bench, { subject, place, ruby, store }));
  if (scenario.name === "cold") await keep(place);
  return sample;
}

/** The builds that a scenario needs before it, if no other has made them: the last one, and one that fills the store. */
async function prepare(
  bench: Bench,
  scenario: Scenario,
  { subject, place }: { subject: Subject; place: Place },
): Promise<void> {
  const { app, world } = bench;
  const full = storeOf(place);
  if (scenario.finds !== "nothing" && !(await hasKept(place))) {
    await restart(place, app.directory, "nothing");
    await buildOnce(place, await words(bench, { subject, place, ruby: world.ruby }));
    await keep(place);
  }
  if (scenario.store && !(await isDirectory(full))) {
    await restart(place, app.directory, "nothing");
    await buildOnce(place, await words(bench, { subject, place, ruby: world.ruby, store: full }));
  }
}

function storeOf({ root }: Place): string {
  return join(root, "gem-store");
}

/** The command line of a build. */
async function words(
  { app, world, inventory }: Bench,
  build: { subject: Subject; place: Place; ruby: string; store?: string | undefined },
): Promise<string[]> {
  const { subject, place, ruby, store } = build;
  return [
    ...[subject.command, "build", place.app, "--state", place.state, "--report", place.report],
    ...["--image", `oci:${place.image}`],
    ...["--build-root", world.buildRoot, "--run-root", world.runRoot],
    ...["--uid", `${buildUser.uid}`, "--gid", `${buildUser.gid}`],
    ...["--env", `BP_INVENTORY=${inventory}`],
    ...(app.env === undefined ? [] : ["--env-file", app.env]),
    ...(store === undefined ? [] : ["--gem-store", store]),
    ...subject.words(await archiveOf(world.mirror, ruby)),
  ];
}
