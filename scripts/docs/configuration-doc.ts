import { fileURLToPath } from "node:url";
import { settings } from "../../src/settings.ts";
import { writePage } from "./write-page.ts";

const path = fileURLToPath(new URL("../../docs/configuration.md", import.meta.url));

/** The text of `docs/configuration.md`, generated from the table that the buildpack itself reads. */
export function configurationDoc(): string {
  return [
    "# Configuration",
    "",
    "Set these variables in the build environment: with `pack build --env NAME=VALUE`, with `lapidary",
    "build --env NAME=VALUE`, or in `[[io.buildpacks.build.env]]` in `project.toml`. An empty value counts",
    "as unset. With an invalid value, the build fails and says what is wrong with it.",
    "",
    "| Setting | Default | What it does |",
    "| --- | --- | --- |",
    ...Object.entries(settings).map(([key, { schema, doc }]) => {
      const fallback = schema.safeParse(undefined).data;
      const shown =
        fallback === undefined || typeof fallback === "object" ? "none" : `\`${fallback}\``;
      return `| \`${key}\` | ${shown} | ${doc} |`;
    }),
    "",
    "This page is generated from `src/settings.ts` with `node scripts/docs/configuration-doc.ts`.",
    "",
  ].join("\n");
}

if (import.meta.main) await writePage(path, configurationDoc());
