import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import glob from "fast-glob";
import { readTextIfAny } from "../../../src/system/files.ts";
import { addedGem, withGem, withRuby } from "./edit-gemfile.ts";

/** A situation that users build in. */
export interface Scenario {
  /** For `--only`. */
  name: string;
  title: string;
  /** What earlier builds have left: an image and a cache, the image alone, or nothing. */
  finds: "build" | "image" | "nothing";
  /** Whether the build has a full gem store. */
  store?: boolean;
  /** Whether the Ruby is a newer one. */
  ruby?: "newer";
  /** Changes the app. Returns why that is not possible, or nothing. */
  change?: (app: string, ruby: { from: string; to: string }) => Promise<string | undefined>;
}

export const scenarios: readonly Scenario[] = [
  { name: "cold", title: "first build", finds: "nothing" },
  { name: "unchanged", title: "nothing changed", finds: "build" },
  {
    name: "controller",
    title: "one line of a controller",
    finds: "build",
    change: async (app) =>
      await appendTo(app, ["app/controllers/application_controller.rb"], "# One more line\n"),
  },
  {
    name: "stylesheet",
    title: "one line of a stylesheet",
    finds: "build",
    change: async (app) =>
      await appendTo(app, stylesheets, "\n.one-more-line { display: block; }\n"),
  },
  { name: "gem", title: "one gem added", finds: "build", change: addGem },
  { name: "ruby", title: "newer Ruby", finds: "build", ruby: "newer", change: changeRuby },
  { name: "cold-store", title: "first build, full gem store", finds: "nothing", store: true },
  { name: "lost-cache", title: "lost cache, full gem store", finds: "image", store: true },
];

const stylesheets = ["app/assets/stylesheets/application.*css", "app/assets/**/*.{css,scss}"];

async function appendTo(app: string, patterns: string[], text: string) {
  for (const pattern of patterns) {
    const [first] = (await glob(pattern, { cwd: app })).toSorted();
    if (first === undefined) continue;
    await appendFile(join(app, first), text);
    return undefined;
  }
  return `the app has no ${patterns[0]}`;
}

async function addGem(app: string): Promise<string | undefined> {
  const [gemfile, lockfile] = [join(app, "Gemfile"), join(app, "Gemfile.lock")];
  const bundle = {
    gemfile: await readFile(gemfile, "utf8"),
    lockfile: await readFile(lockfile, "utf8"),
  };
  if (bundle.lockfile.includes(`    ${addedGem.name} (`)) return `the app has ${addedGem.name}`;
  const changed = withGem(bundle);
  await writeFile(gemfile, changed.gemfile);
  await writeFile(lockfile, changed.lockfile);
  return undefined;
}

async function changeRuby(app: string, { from, to }: { from: string; to: string }) {
  for (const name of [".ruby-version", ".tool-versions", "Gemfile"]) {
    const text = await readTextIfAny(join(app, name));
    if (text !== undefined) await writeFile(join(app, name), withRuby(text, from, to));
  }
  const lockfile = join(app, "Gemfile.lock");
  const line = (text: string) => withRuby(text, from, to);
  const text = await readFile(lockfile, "utf8");
  await writeFile(lockfile, text.replace(/^RUBY VERSION\n.*$/m, line));
  return undefined;
}
