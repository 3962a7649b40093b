import { fileURLToPath } from "node:url";
import { runInForeground } from "../src/system/foreground.ts";
import { bundle } from "./bundle.ts";
import { runScript } from "./run-script.ts";
import { environment } from "./work.ts";

/** `npm run package`: bundles this checkout, then `lapidary package`. */
await runScript(async () => {
  await bundle();
  return await runInForeground({
    file: process.execPath,
    args: [
      "--",
      fileURLToPath(new URL("../dist/lapidary.mjs", import.meta.url)),
      "package",
      ...process.argv.slice(2),
    ],
    cwd: process.cwd(),
    env: environment(),
  });
});
