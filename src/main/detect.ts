import { detect } from "../buildpack/detect.ts";
import { writeBuildPlan } from "../cnb/build-plan.ts";
import { readDetectInput } from "../cnb/detect-input.ts";
import { detectExitCode } from "../cnb/exit-code.ts";

// Every app waits for detection, Ruby or not: the code for failures is loaded only when one happens.
process.exitCode = await run().catch(explain);

async function run(): Promise<number> {
  const buildDir = classicBuildDir();
  return buildDir === undefined ? await detectForImages() : await detectForSlugs(buildDir);
}

/** Two APIs share the name `bin/detect`. The classic one passes one path and nothing else. */
function classicBuildDir(): string | undefined {
  const [buildDir, ...others] = process.argv.slice(2);
  const told = process.env["CNB_BUILD_PLAN_PATH"] || process.env["CNB_BUILDPACK_DIR"];
  return others.length > 0 || told ? undefined : buildDir;
}

/** Prints the kind of app. Exit code 1 means that it is not a Ruby app. */
async function detectForSlugs(buildDir: string): Promise<number> {
  const detection = await detect(buildDir);
  process.stdout.write(`${detection.pass ? "Ruby" : `Not a Ruby app: ${detection.because}.`}\n`);
  return detection.pass ? 0 : 1;
}

async function detectForImages(): Promise<number> {
  const input = await readDetectInput({
    env: process.env,
    cwd: process.cwd(),
    args: process.argv.slice(2),
  });
  const detection = await detect(input.appDir, input.platform.env);
  if (!detection.pass) {
    process.stdout.write(`Not a Ruby app: ${detection.because}.\n`);
    return detectExitCode.fail;
  }
  await writeBuildPlan(input.buildPlanPath, detection.plan);
  return detectExitCode.pass;
}

async function explain(error: unknown): Promise<number> {
  const { printFailure } = await import("../output/print-failure.ts");
  const { phasePrinter } = await import("./phase-printer.ts");
  printFailure(phasePrinter(), error);
  return detectExitCode.error;
}
