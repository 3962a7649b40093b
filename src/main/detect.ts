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
  const input = await readDetectInput({
    env: process.env,
    cwd: process.cwd(),
    args: process.argv.slice(2),
  });
  const detection = await detect(input.appDir, input.platform.env);
  if (!detection.pass) {
    printer.plain(`Not an app for ${input.descriptor.buildpack.id}: ${detection.because}.`);
    return detectExitCode.fail;
  }
  await writeBuildPlan(input.buildPlanPath, detection.plan);
  return detectExitCode.pass;
}
