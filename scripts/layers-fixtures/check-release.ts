import { fileURLToPath } from "node:url";
import { missingForRelease, versionOf } from "./missing-for-release.ts";
import { runScript } from "../run-script.ts";

/** `npm run release-check`: whether the version in `package.json` has all that a release needs. */
await runScript(async () => {
  const checkout = fileURLToPath(new URL("../..", import.meta.url));
  const missing = await missingForRelease(checkout);
  for (const line of missing) process.stderr.write(`! ${line}\n`);
  if (missing.length > 0) return 1;
  process.stdout.write(`Version ${await versionOf(checkout)} has all that a release needs.\n`);
  return 0;
});
