import { buildApp } from "../../src/platform/lifecycle/build-app.ts";
import { directBuildOptions } from "./direct-build.ts";

// Run as a process of its own: node build-until.ts ROOT BUILDPACK STEP. It builds `ROOT/app` and is
// killed the moment that the build reaches STEP.
const [root = "", buildpack = "", last = ""] = process.argv.slice(2);
await buildApp({
  ...directBuildOptions(root, () => {}),
  buildpacks: [buildpack],
  onStep: (step) => {
    if (step === last) process.kill(process.pid, "SIGKILL");
  },
});
