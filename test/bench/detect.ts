import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../../src/system/command.ts";
import { alternate, type Measurement } from "./measure.ts";

/** How much longer than its bare runtime `bin/detect` takes to say yes to the Rails sample. */
export async function measureDetect(checkout: string): Promise<Measurement[]> {
  const place = await mkdtemp(join(tmpdir(), "lapidary-bench-"));
  const nothing = join(place, "nothing.mjs");
  const plan = join(place, "plan.toml");
  await writeFile(nothing, "");
  const start = async (file: string, ...args: string[]) => {
    await writeFile(plan, "");
    const { exitCode, lines } = await runCommand({
      file,
      args,
      cwd: join(checkout, "samples/rails"),
      env: {
        PATH: "/usr/bin:/bin",
        CNB_BUILDPACK_DIR: checkout,
        CNB_PLATFORM_DIR: place,
        CNB_BUILD_PLAN_PATH: plan,
      },
    });
    if (exitCode !== 0) throw new Error(lines.join("\n"));
  };
  const { bare, detect } = await alternate(30, {
    bare: () => start(process.execPath, nothing),
    detect: () => start(process.execPath, join(checkout, "dist/detect.mjs")),
  });
  await rm(place, { recursive: true });
  const from = `${detect.toFixed(0)} ms ÷ ${bare.toFixed(0)} ms, 30 alternating runs`;
  return [
    { name: "detect ÷ bare start of Node", value: detect / bare, limit: 2, unit: "ratio", from },
  ];
}
