import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import glob from "fast-glob";
import { ensureMirror } from "../../scripts/mirror/mirror.ts";
import { withWork } from "../../scripts/work.ts";
import { runCommand } from "../../src/system/command.ts";
import { alternate, type Measurement, median } from "./measure.ts";

/** `bin/build` of the Rails sample against the same commands by hand, and unchanged against cold. */
export async function measureBuild(checkout: string, rounds: number): Promise<Measurement[]> {
  const bench = await prepare(checkout);
  try {
    const { lapidary, byHand } = await alternate(rounds, {
      byHand: () => bench.byHand(),
      lapidary: () => bench.build("cold"),
    });
    const { unchanged } = await alternate(5, { unchanged: () => bench.build("unchanged") });
    return [
      {
        name: "cold bin/build ÷ the same by hand",
        value: lapidary / byHand,
        limit: 1.05,
        unit: "ratio",
        from: `${seconds(lapidary)} ÷ ${seconds(byHand)}, ${rounds} alternating runs, gems in vendor/cache`,
      },
      {
        name: "unchanged bin/build ÷ cold",
        value: unchanged / lapidary,
        limit: 0.05,
        unit: "ratio",
        from: `${seconds(unchanged)} ÷ ${seconds(lapidary)}`,
      },
      ...(await bench.platform(rounds)),
    ];
  } finally {
    await rm(bench.place, { recursive: true, force: true });
  }
}

async function prepare(checkout: string) {
  const mirror = await withWork("Bench", (work) =>
    ensureMirror(work, { rubies: ["3.3.8"], jemallocs: ["5.3.1"], kinds: ["prebuilt"] }),
  );
  const place = await mkdtemp(join(tmpdir(), "lapidary-bench-"));
  const at = (name: string) => join(place, name);
  await cp(join(checkout, "samples/rails"), at("app"), { recursive: true });
  await mkdir(at("platform/env"), { recursive: true });
  await writeFile(at("platform/env/BP_INVENTORY"), mirror.inventory);
  // By hand there is none of these.
  await writeFile(at("platform/env/BP_RAILS_BOOTSNAP"), "false");
  await writeFile(at("platform/env/BP_RAILS_SKIP_ASSETS"), "true");
  await writeFile(at("platform/env/BP_JEMALLOC"), "false");
  await writeFile(at("plan.toml"), "");
  await writeFile(at("by-hand.sh"), byHandScript);
  await writeFile(at("vendor.sh"), vendorScript);
  const [archive = ""] = await glob("ruby-3.3.8-*.tgz", { cwd: mirror.directory, absolute: true });
  const env = { PATH: "/usr/bin:/bin", HOME: place, LANG: "C.UTF-8", ...certificates() };
  const run = async (file: string, args: string[], more: Record<string, string> = {}) => {
    const cwd = at("app");
    const { exitCode, lines } = await runCommand({ file, args, cwd, env: { ...env, ...more } });
    if (exitCode !== 0) throw new Error(lines.slice(-20).join("\n"));
  };
  await run("sh", [at("vendor.sh"), archive, at("vendor-ruby")]);
  return {
    place,
    byHand: async () => {
      await rm(at("by-hand"), { recursive: true, force: true });
      await run("sh", [at("by-hand.sh"), archive, at("by-hand")]);
    },
    build: async (kind: "cold" | "unchanged") => {
      if (kind === "cold") await rm(at("layers"), { recursive: true, force: true });
      await mkdir(at("layers"), { recursive: true });
      await run(join(checkout, "bin/build"), [], {
        CNB_BUILDPACK_DIR: checkout,
        CNB_LAYERS_DIR: at("layers"),
        CNB_PLATFORM_DIR: at("platform"),
        CNB_BP_PLAN_PATH: at("plan.toml"),
      });
    },
    platform: async (rounds: number) =>
      await measurePlatform(checkout, { at, rounds, inventory: mirror.inventory, run }),
  };
}

interface PlatformBench {
  at: (name: string) => string;
  rounds: number;
  inventory: string;
  run: (file: string, args: string[]) => Promise<void>;
}

/** What the platform adds to an unchanged build, against `tar` packing and unpacking as much. */
async function measurePlatform(
  checkout: string,
  { at, rounds, inventory, run }: PlatformBench,
): Promise<Measurement[]> {
  const report = at("report.json");
  const lapidary = async () => {
    const options = [
      "--state",
      at("state"),
      "--report",
      report,
      ...["--env", `BP_INVENTORY=${inventory}`],
      ...["--env", "BP_JEMALLOC=false", "--env", "BP_RAILS_SKIP_ASSETS=true"],
      ...["--env", "BP_RAILS_BOOTSNAP=false"],
    ];
    await run(join(checkout, "bin/lapidary"), ["build", at("app"), ...options]);
    const { durations } = JSON.parse(await readFile(report, "utf8")) as {
      durations: { restore: number; store: number };
    };
    return durations.restore + durations.store;
  };
  await lapidary();
  const moved: number[] = [];
  const { tar } = await alternate(rounds, {
    lapidary: async () => moved.push(await lapidary()),
    tar: () => run("sh", ["-c", tarScript, "tar", at("layers"), at("tar")]),
  });
  const value = median(moved);
  return [
    {
      name: "restore and store of an unchanged build ÷ tar",
      value: value / tar,
      limit: 1,
      unit: "ratio",
      from: `${seconds(value)} ÷ ${seconds(tar)} to pack and unpack the same layers with tar`,
    },
  ];
}

const tarScript = `
rm -rf "$2" && mkdir "$2" &&
for layer in gems ruby; do tar cf "$2/$layer.tar" -C "$1" "$layer" && tar xf "$2/$layer.tar" -C "$2" || exit 1; done`;

// The commands that the buildpack stands for, as a person would type them.
const byHandScript = `
set -e
mkdir -p "$2/ruby" && tar xzf "$1" -C "$2/ruby"
export PATH="$2/ruby/bin:$PATH" GEM_HOME="$2/gems" GEM_PATH="$2/gems"
export BUNDLE_FROZEN=1 BUNDLE_WITHOUT=development:test BUNDLE_APP_CONFIG="$2/none"
bundle install
bundle clean --force
`;

const vendorScript = `
set -e
mkdir -p "$2/ruby" && tar xzf "$1" -C "$2/ruby"
export PATH="$2/ruby/bin:$PATH" GEM_HOME="$2/gems" GEM_PATH="$2/gems" BUNDLE_APP_CONFIG="$2/none"
bundle cache --no-install
rm -rf "$2"
`;

function certificates(): Record<string, string> {
  const names = ["SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];
  return Object.fromEntries(names.flatMap((name) => entry(name, process.env[name])));
}

function entry(name: string, value: string | undefined): [string, string][] {
  return value === undefined ? [] : [[name, value]];
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
