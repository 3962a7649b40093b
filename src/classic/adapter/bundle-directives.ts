import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Section } from "../../output/printer.ts";
import { isFile, readTextIfAny, removeTree } from "../../system/files.ts";
import { moveMentions, slugRoot } from "../slug-root.ts";

/**
 * Puts an app's `.heroku_bundle` in the place of its `.bundle`, so that Bundler finds in it where
 * libraries of other buildpacks stand (`BUNDLE_BUILD__<GEM>: --with-lib=/app/…`). While the app is
 * built at another place than it runs, `.bundle/config` speaks of that place.
 */
export async function placeBundleConfig(
  app: string,
  inside: string,
  section: Section,
): Promise<void> {
  if (await isFile(join(app, ".heroku_bundle/config"))) {
    await removeTree(join(app, ".bundle"));
    await cp(join(app, ".heroku_bundle"), join(app, ".bundle"), { recursive: true });
    section.say("`.heroku_bundle` stands in for `.bundle`");
  }
  const config = join(app, ".bundle/config");
  const text = await readTextIfAny(config);
  if (text === undefined) return;
  const moved = moveMentions(text, slugRoot, inside);
  if (moved === text) return;
  await writeFile(config, moved);
  section.say(`\`.bundle/config\` says \`${inside}\` for \`${slugRoot}\` while the app is built`);
}

/** The same for directives that are config vars. */
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
