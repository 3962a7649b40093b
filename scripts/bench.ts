import { mkdtemp, writeFile } from "node:fs/promises";
import { cpus } from "node:os";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { baselinePage, describeMeasurement } from "../test/bench/baseline-page.ts";
import type { AppBuilds } from "../test/bench/builds/app-builds.ts";
import { type AppUnderTest, worldOf } from "../test/bench/builds/app-under-test.ts";
import { measureBuilds } from "../test/bench/builds/builds.ts";
import { buildsPicture } from "../test/bench/builds/picture.ts";
import { makeSubjects } from "../test/bench/builds/subjects.ts";
import { buildsPage } from "../test/bench/builds/table.ts";
import { chooseWorkPlace, type WorkPlace } from "../test/bench/builds/work-place.ts";
import { type Choice, chooseMeasurements } from "../test/bench/choose.ts";
import { measureDetect } from "../test/bench/detect.ts";
import { measureLaunch } from "../test/bench/launch.ts";
import { measureLockfile } from "../test/bench/lockfile.ts";
import type { Measurement } from "../test/bench/measure.ts";
import { bundle } from "./bundle.ts";
import { writePage } from "./docs/write-page.ts";
import { runScript } from "./run-script.ts";
import { Unavailable } from "./unavailable.ts";
import { environment } from "./work.ts";

const checkout = fileURLToPath(new URL("..", import.meta.url));

/** `npm run bench`: measures, prints each result at once, and keeps all of them with `--write`. */
async function bench(args: string[]): Promise<number> {
  const { write, rounds, only } = readOptions(args);
  const choice = chooseMeasurements(only);
  await bundle();
  const measurements = await measureOthers(choice, rounds);
  const place = await chooseWorkPlace();
  const apps = await measureApps(choice, { rounds, place });
  for (const builds of apps) print(buildsPage(builds).join("\n"));
  if (write) await writeResults(measurements, apps, place);
  return apps.some(({ failures }) => failures.length > 0) ? 1 : 0;
}

function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      write: { type: "boolean", default: false },
      rounds: { type: "string", default: "3" },
      only: { type: "string" },
    },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Unavailable("`--rounds` needs a number from 1");
  if (values.write && values.only !== undefined) {
    throw new Unavailable("`--write` needs all results: use it without `--only`");
  }
  return { ...values, rounds };
}

async function measureOthers({ others }: Choice, rounds: number): Promise<Measurement[]> {
  const measures = { lockfile: measureLockfile, detect: measureDetect, launch: measureLaunch };
  const measurements: Measurement[] = [];
  for (const [name, measure] of Object.entries(measures)) {
    if (!others.includes(name)) continue;
    for (const measurement of await measure(checkout, rounds)) {
      measurements.push(measurement);
      print(describeMeasurement(measurement));
    }
  }
  return measurements;
}

async function measureApps(
  { scenarios }: Choice,
  { rounds, place }: { rounds: number; place: WorkPlace },
): Promise<AppBuilds[]> {
  if (scenarios.length === 0) return [];
  const base = environment()["BENCH_BASE"];
  const subjects = await makeSubjects(checkout, base === undefined ? base : typedPath(base));
  const results: AppBuilds[] = [];
  for (const app of appsToBuild()) {
    const newer = scenarios.some(({ ruby }) => ruby === "newer");
    const world = await worldOf(app, { checkout, newer });
    const directory = await mkdtemp(join(place.path, "lapidary-bench-"));
    const request = { ...{ world, directory, subjects, scenarios, rounds }, onSample: print };
    results.push(await measureBuilds(app, request));
  }
  return results;
}

/** The Rails sample, and the app that the user names. */
function appsToBuild(): AppUnderTest[] {
  const sample = { name: "samples/rails", directory: join(checkout, "samples/rails") };
  const { BENCH_APP: given, BENCH_ENV: env, BENCH_ROOT: root } = environment();
  if (given === undefined) return [sample];
  const path = (typed: string | undefined) => (typed === undefined ? typed : typedPath(typed));
  const directory = typedPath(given);
  return [sample, { name: basename(directory), directory, env: path(env), root: path(root) }];
}

/** npm runs scripts in the checkout, but paths are relative to the directory that npm was called in. */
function typedPath(path: string): string {
  return resolve(environment()["INIT_CWD"] ?? ".", path);
}

async function writeResults(
  measurements: readonly Measurement[],
  apps: readonly AppBuilds[],
  { kind }: WorkPlace,
): Promise<void> {
  const cpu = `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`;
  const machine = `${cpu}, Node ${process.version}, with builds ${kind}`;
  const page = baselinePage(machine, measurements, apps);
  await writePage(join(checkout, "test/bench/baseline.md"), page);
  await writeFile(join(checkout, "docs/images/bench.svg"), buildsPicture(apps));
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

await runScript(async () => await bench(process.argv.slice(2)));
