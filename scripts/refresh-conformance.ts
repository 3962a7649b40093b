import { cp, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

// `npm run refresh-conformance -- DIR`: replaces the project's conformance stories with those of a folder
// that holds `README.md` and `stories/`. The list of deviations stays.
const [from] = process.argv.slice(2);
const to = fileURLToPath(new URL("../test/conformance", import.meta.url));

if (from === undefined || !(await isDirectory(join(from, "stories")))) {
  console.error(
    "Usage: npm run refresh-conformance -- DIR, a folder with `README.md` and `stories/`",
  );
  process.exitCode = 2;
} else {
  await rm(join(to, "stories"), { recursive: true, force: true });
  await cp(join(resolve(from), "stories"), join(to, "stories"), { recursive: true });
  await cp(join(resolve(from), "README.md"), join(to, "README.md"));
}

async function isDirectory(path: string): Promise<boolean> {
  return await stat(path)
    .then((stats) => stats.isDirectory())
    .catch(() => false);
}
