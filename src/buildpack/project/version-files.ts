import * as z from "zod";
import { readNearest } from "../../system/files.ts";
import { parseToml } from "../../toml.ts";

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
  return { rubyVersionFile, toolVersionsFile, miseRuby: rubyOfMise(mise) };
}

// `ruby = "3.3.8"`, `ruby = ["3.3.8", "3.2"]` or `ruby = { version = "3.3.8" }`
const version = z.union([
  z.string(),
  z.array(z.string()).transform(([first]) => first),
  z.object({ version: z.string() }).transform((tool) => tool.version),
]);
const miseSchema = z.object({ tools: z.object({ ruby: version }) });

function rubyOfMise(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return miseSchema.safeParse(parseToml(text)).data?.tools.ruby;
  } catch {
    // Like any other text without a version: the file is for mise, not for us.
    return undefined;
  }
}
