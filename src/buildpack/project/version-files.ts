import { readNearest } from "../../system/files.ts";

/** What files of version managers say about Ruby; `undefined` if they say nothing. */
export interface VersionFiles {
  /** The text of `.ruby-version`. */
  rubyVersionFile: string | undefined;
  /** The text of `.tool-versions`. */
  toolVersionsFile: string | undefined;
  /** The Ruby in `mise.toml`, such as `3.3.8`. */
  miseRuby: string | undefined;
}

/** Reads each file from the project's directory or the nearest one above it, up to the app's root. */
export async function readVersionFiles(root: string, dir: string): Promise<VersionFiles> {
  const [rubyVersionFile, toolVersionsFile, mise] = await Promise.all([
    readNearest(root, dir, ".ruby-version"),
    readNearest(root, dir, ".tool-versions"),
    readNearest(root, dir, "mise.toml"),
  ]);
  return { rubyVersionFile, toolVersionsFile, miseRuby: await rubyOfMise(mise) };
}

// Loaded only for an app that has the file: every app waits for `bin/detect`, and most have none.
async function rubyOfMise(text: string | undefined): Promise<string | undefined> {
  if (text === undefined) return undefined;
  const { readMiseRuby } = await import("./mise-ruby.ts");
  return readMiseRuby(text);
}
