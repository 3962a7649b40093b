import { fileURLToPath } from "node:url";
import { runScript } from "../run-script.ts";
import { Unavailable } from "../unavailable.ts";
import { run, withWork } from "../work.ts";
import { releaseKinds } from "./next-version.ts";
import { releaseVersion } from "./release-version.ts";

/** `npm run release -- major|minor|patch`: the commit and the tag of a release, if nothing is missing for it. */
await runScript(async () => {
  const checkout = fileURLToPath(new URL("../..", import.meta.url));
  const kind = releaseKinds.find((one) => one === process.argv[2]);
  if (kind === undefined) throw new Unavailable("Usage: npm run release -- major|minor|patch");
  return await withWork("Release", async (work) => {
    const git = async (...args: string[]) =>
      (await run(work, "git", args, { cwd: checkout })).stdout;
    const today = new Date().toISOString().slice(0, 10);
    const result = await releaseVersion({ checkout, kind, today, git });
    if ("problems" in result) throw new Unavailable(result.problems.join("\n! "));
    const { version, changed } = result;
    work.section.say(`Changed ${changed.join(", ")}`);
    work.section.say(`Committed and tagged. Publish it with: git push origin HEAD v${version}`);
    return 0;
  });
});
