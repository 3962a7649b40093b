import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.ts";
import { runScript } from "./run-script.ts";
import { stageBuildpack } from "./stage-buildpack.ts";
import { withWork } from "./work.ts";

/** `npm run build`: bundles this checkout, and stages the buildpack for `pack buildpack package`. */
await runScript(async () => {
  await bundle();
  return await withWork("Buildpack", async (work) => {
    const checkout = fileURLToPath(new URL("..", import.meta.url));
    const missing = await stageBuildpack({ checkout, ...work });
    for (const [architecture, reason] of missing) {
      work.section.warn(`Without packages/buildpack/linux/${architecture}: ${reason}`);
    }
    return 0;
  });
});
