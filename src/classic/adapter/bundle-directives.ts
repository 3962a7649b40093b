import { cp } from "node:fs/promises";
import { join } from "node:path";
import type { Section } from "../../output/printer.ts";
import { removeTree } from "../../system/files.ts";
import { lookInside, readTextInside, writeInside } from "../../system/inside/open-inside.ts";
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
  if ((await lookInside(app, ".heroku_bundle/config"))?.isFile()) {
    await removeTree(join(app, ".bundle"));
    await cp(join(app, ".heroku_bundle"), join(app, ".bundle"), { recursive: true });
    section.say("Using `.heroku_bundle` as `.bundle`");
  }
  if (inside === slugRoot) return;
  const config = ".bundle/config";
  const file = await readTextInside(app, config);
  if (file.state !== "text") return;
  const moved = moveMentions(file.text, slugRoot, inside);
  if (moved === file.text) return;
  await writeInside(app, config, moved);
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
