import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { removeTree } from "../../src/system/files.ts";
import { stringifyToml } from "../../src/toml.ts";
import { bundle } from "../bundle.ts";
import { cutApp, cutLayers } from "./cut.ts";
import { damageLayers, describeDamage } from "./damage.ts";
import { copyExpectations } from "./expectations.ts";
import { versionOf } from "./missing-for-release.ts";
import { realBuild, type Recording } from "./real-build.ts";
import { type RealBuild, stories, type Story } from "./stories.ts";
import { runScript } from "../run-script.ts";
import { Unavailable } from "../unavailable.ts";
import { withWork, type Work } from "../work.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));
const fixtures = join(checkout, "layers-fixtures");

/**
 * `npm run record-layers [-- [--as VERSION] STORY…]`: records the layers that this checkout leaves, by real builds. VERSION
 * is that of `package.json`, or the next one before its release.
 */
await runScript(async () => {
  await bundle();
  const { values, positionals } = parseArgs({
    options: { as: { type: "string" } },
    allowPositionals: true,
  });
  const wanted = wantedStories(positionals);
  const version = values.as ?? (await versionOf(checkout));
  const place = await mkdtemp(join(tmpdir(), "lapidary-layers-"));
  try {
    await withWork("Layers of this version", async (work) => {
      const recordings = new Map<RealBuild, Recording>();
      for (const [name, story] of wanted) {
        const made =
          recordings.get(story.build) ?? (await realBuild(work, story.build, join(place, name)));
        recordings.set(story.build, made);
        await record(work, story, made, join(fixtures, version, name));
      }
    });
    await copyExpectations(fixtures, version);
  } finally {
    await removeTree(place);
  }
  return 0;
});

function wantedStories(names: readonly string[]): [name: string, story: Story][] {
  // The expectations are for this architecture.
  if (process.arch !== "x64") throw new Unavailable("layers are recorded on amd64 only");
  const unknown = names.find((name) => !(name in stories));
  const known = Object.keys(stories).join(", ");
  if (unknown !== undefined) throw new Unavailable(`there is no story ${unknown}: ${known}`);
  return Object.entries(stories).filter(([name]) => names.length === 0 || names.includes(name));
}

async function record(work: Work, story: Story, made: Recording, directory: string): Promise<void> {
  for (const part of ["app", "layers"]) await removeTree(join(directory, part));
  await mkdir(directory, { recursive: true });
  await cutApp(made.app, join(directory, "app"));
  await cutLayers(made.layers, join(directory, "layers"));
  for (const damage of story.damage ?? []) await damageLayers(join(directory, "layers"), damage);
  await writeFile(join(directory, "story.toml"), describe(story, made));
  work.section.say(`Recorded \`${directory}\``);
}

function describe({ about, build, damage = [] }: Story, { env }: Recording): string {
  const restored = build.killedAt ? "as they stand" : "by a lifecycle";
  const changed = damage.map(describeDamage);
  const story = { about, restored, ...(changed.length > 0 ? { changed } : {}), env };
  return `# Written by \`npm run record-layers\`.\n${stringifyToml(story)}`;
}
