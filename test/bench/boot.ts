import { runCommandIn } from "../support/lapidary.ts";
import type { BuiltApp } from "./built-app.ts";
import { type Measurement, median } from "./measure.ts";

/**
 * How long the built app takes to boot in a new container, with the code that bootsnap compiled at
 * build, against an image without it and against one where bootsnap is turned off.
 */
export async function measureBoot(built: BuiltApp, rounds: number): Promise<Measurement[]> {
  const times = new Map<string, number[]>(Object.keys(beginnings).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, begin] of Object.entries(beginnings)) {
      times.get(name)?.push(await bootTime(built, begin));
    }
  }
  const of = (name: keyof typeof beginnings) => median(times.get(name) ?? []);
  const [compiled, empty, off] = [of("compiled"), of("empty"), of("off")];
  const boots = rounds === 1 ? "one boot" : `${rounds} boots`;
  const from = (other: number) => `${seconds(compiled)} ÷ ${seconds(other)}, ${boots} each`;
  return [
    {
      name: "boot of Rails with bootsnap's code compiled at build ÷ compiled at boot",
      value: compiled / empty,
      limit: 1,
      unit: "ratio",
      from: from(empty),
    },
    {
      name: "boot of Rails with bootsnap's code compiled at build ÷ without bootsnap",
      value: compiled / off,
      limit: 1,
      unit: "ratio",
      from: from(off),
    },
  ];
}

/** What a new container finds: no boot before it has left anything. */
const beginnings = {
  compiled: "rm -f tmp/cache/bootsnap/load-path-cache",
  empty: "export BOOTSNAP_CACHE_DIR=$(mktemp -d)",
  off: "export DISABLE_BOOTSNAP=1",
};

/** Milliseconds of a boot with everything loaded, as seen inside the container. */
async function bootTime({ app, world }: BuiltApp, begin: string): Promise<number> {
  const script = `${begin}
    started=$(date +%s%N)
    bin/rails runner exit || exit
    echo "boot took $(( ($(date +%s%N) - started) / 1000000 )) ms"
    rm -rf "$BOOTSNAP_CACHE_DIR"`;
  const { log } = await runCommandIn({ app, world }, "sh", "-c", script);
  const took = /^boot took (\d+) ms$/m.exec(log)?.[1];
  if (took === undefined) throw new Error(log);
  return Number(took);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
