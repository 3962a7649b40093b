import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Section } from "../../output/printer.ts";
import { isFile, readTextIfAny, removeTree } from "../../system/files.ts";
import { moveMentions, slugRoot } from "../slug-root.ts";

/**
 * Replaces an app's `.bundle` by its `.heroku_bundle`, which tells Bundler where libraries of other
 * buildpacks are (`BUNDLE_BUILD__<GEM>: --with-lib=/app/…`). If the app is built at another path than
 * `/app`, `.bundle/config` is changed to that path for the build.
 */
export async function placeBundleConfig(
  app: string,
  inside: string,
  section: Section,
): Promise<void> {
  if (await isFile(join(app, ".heroku_bundle/config"))) {
    await removeTree(join(app, ".bundle"));
    await cp(join(app, ".heroku_bundle"), join(app, ".bundle"), { recursive: true });
    section.say("Using `.heroku_bundle` as `.bundle`");
  }
  const config = join(app, ".bundle/config");
  const text = await readTextIfAny(config);
  if (text === undefined) return;
  const moved = moveMentions(text, slugRoot, inside);
  if (moved === text) return;
  await writeFile(config, moved);
  section.say(`Replaced \`${slugRoot}\` by \`${inside}\` in \`.bundle/config\` for the build`);
}

/** Makes the same change in build directives that are config vars. */
export function moveDirectives(
  vars: Readonly<Record<string, string>>,
  inside: string,
): Record<string, string> {
  const entries = Object.entries(vars).map(([name, value]) => {
    const isDirective = name.startsWith("BUNDLE_BUILD__");
    return [name, isDirective ? moveMentions(value, slugRoot, inside) : value] as const;
  });
  return Object.fromEntries(entries);
}
