import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { settings } from "../src/settings.ts";

const path = fileURLToPath(new URL("../docs/configuration.md", import.meta.url));

/** The text of `docs/configuration.md`, made from the table that the buildpack itself reads. */
export function configurationDoc(): string {
  return [
    "# Configuration",
    "",
    "Set these in the build's environment: `pack build --env KEY=VALUE`, `lapidary build --env",
    "KEY=VALUE`, or `[[io.buildpacks.build.env]]` in `project.toml`. An empty value counts as not set;",
    "a value that a setting does not take fails the build with the values that it does.",
    "",
    "| Setting | Default | What it does |",
    "| --- | --- | --- |",
    ...Object.entries(settings).map(([key, { schema, doc }]) => {
      const fallback = schema.safeParse(undefined).data;
      return `| \`${key}\` | ${fallback === undefined ? "none" : `\`${String(fallback)}\``} | ${doc} |`;
    }),
    "",
    "This page is made from `src/settings.ts` by `node scripts/configuration-doc.ts`.",
    "",
  ].join("\n");
}

if (import.meta.main) await writeFile(path, configurationDoc());
