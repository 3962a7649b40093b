import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { versionOf } from "../layers-fixtures/missing-for-release.ts";
import { runScript } from "../run-script.ts";
import { Unavailable } from "../unavailable.ts";
import { sectionOf } from "./changelog.ts";

/** `npm run release-notes [-- VERSION]`: prints what the changelog says of a version, by default this one. */
await runScript(async () => {
  const checkout = fileURLToPath(new URL("../..", import.meta.url));
  const version = process.argv[2] ?? (await versionOf(checkout));
  const changelog = await readFile(`${checkout}/CHANGELOG.md`, "utf8");
  const notes = sectionOf(changelog, version);
  if (!notes) throw new Unavailable(`CHANGELOG.md has no changes of ${version}`);
  process.stdout.write(`${notes}\n`);
  return 0;
});
