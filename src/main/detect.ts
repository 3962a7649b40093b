import { detect } from "../buildpack/detect.ts";
import { writeBuildPlan } from "../cnb/build-plan.ts";
import { readDetectInput } from "../cnb/detect-input.ts";
import { detectExitCode } from "../cnb/exit-code.ts";
import { createPrinter } from "../output/printer.ts";
import { printFailure } from "../output/print-failure.ts";
import { createStyle } from "../output/style.ts";
import { systemClock } from "../system/clock.ts";

const printer = createPrinter({
  write: (text) => process.stdout.write(text),
  style: createStyle(!process.env["NO_COLOR"]),
  clock: systemClock,
  debug: process.env["BP_LOG_LEVEL"] === "debug",
});

process.exitCode = await run().catch((error: unknown) => {
  printFailure(printer, error);
  return detectExitCode.error;
});

async function run(): Promise<number> {
  const buildDir = classicBuildDir();
  return buildDir === undefined ? await detectForImages() : await detectForSlugs(buildDir);
}

/** Of the two APIs that share the name `bin/detect`, the classic one hands over one path and no more. */
function classicBuildDir(): string | undefined {
  const [buildDir, ...others] = process.argv.slice(2);
  const told = process.env["CNB_BUILD_PLAN_PATH"] || process.env["CNB_BUILDPACK_DIR"];
  return others.length > 0 || told ? undefined : buildDir;
}

/** Prints what the app is; exit code 1 says that it is none of ours. */
async function detectForSlugs(buildDir: string): Promise<number> {
  const detection = await detect(buildDir);
  printer.plain(detection.pass ? "Ruby" : `Not a Ruby app: ${detection.because}.`);
  return detection.pass ? 0 : 1;
}

async function detectForImages(): Promise<number> {
  const input = await readDetectInput({
    env: process.env,
    cwd: process.cwd(),
    args: process.argv.slice(2),
  });
  const detection = await detect(input.appDir);
  if (!detection.pass) {
    printer.plain(`Not an app for ${input.descriptor.buildpack.id}: ${detection.because}.`);
    return detectExitCode.fail;
  }
  await writeBuildPlan(input.buildPlanPath, detection.plan);
  return detectExitCode.pass;
}
