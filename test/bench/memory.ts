import { readFile } from "node:fs/promises";
import { cpus } from "node:os";
import { setTimeout as wait } from "node:timers/promises";
import { serve, type Served } from "../support/lapidary.ts";
import { descendants } from "../support/processes.ts";
import type { BuiltApp } from "./built-app.ts";
import { type Measurement, median } from "./measure.ts";

const requests = 3000;
const connections = 16;

/** What memory the built app has taken after the same load of requests, by its allocator. */
export async function measureMemory(built: BuiltApp, rounds: number): Promise<Measurement[]> {
  const bytes = new Map<string, number[]>(Object.keys(allocators).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, env] of Object.entries(allocators)) {
      bytes.get(name)?.push(await residentAfterLoad(built, env));
    }
  }
  const of = (name: keyof typeof allocators) => median(bytes.get(name) ?? []);
  const [jemalloc, glibc, twoArenas] = [of("jemalloc"), of("glibc"), of("twoArenas")];
  const load = `${requests} requests of Rails over ${connections} connections, ${rounds === 1 ? "one round" : `${rounds} rounds`}`;
  return [
    {
      name: "resident memory with jemalloc ÷ glibc",
      value: jemalloc / glibc,
      limit: 1,
      unit: "ratio",
      from: `${mebibytes(jemalloc)} ÷ ${mebibytes(glibc)}, ${load}`,
    },
    {
      name: "resident memory with jemalloc ÷ glibc under MALLOC_ARENA_MAX=2",
      value: jemalloc / twoArenas,
      unit: "ratio",
      from: `${mebibytes(jemalloc)} ÷ ${mebibytes(twoArenas)}, ${load}`,
    },
  ];
}

const allocators: Record<"jemalloc" | "glibc" | "twoArenas", Record<string, string>> = {
  jemalloc: { JEMALLOC_ENABLED: "true" },
  // What glibc allows itself where nobody says anything (mallopt(3), M_ARENA_MAX).
  glibc: { MALLOC_ARENA_MAX: `${8 * cpus().length}` },
  // The contract's default.
  twoArenas: {},
};

async function residentAfterLoad(
  { app, world }: BuiltApp,
  allocator: Record<string, string>,
): Promise<number> {
  const env = { ...allocator, RAILS_MAX_THREADS: "8", RAILS_LOG_LEVEL: "warn" };
  await using served = await serve({ app, world, env });
  let left = requests;
  const work = async () => {
    // Each asks over IPv4, then over IPv6.
    for (; left > 0; left -= 2) expectPages(await served.get("/"));
  };
  await Promise.all(Array.from({ length: connections }, work));
  // Allocators give memory back some time after it was freed; each gets the same time.
  await wait(2000);
  return await residentBytes(served.pid);
}

function expectPages({ v4, v6 }: Awaited<ReturnType<Served["get"]>>): void {
  if (v4.status !== 200 || v6.status !== 200) throw new Error(v4.body);
}

/** Of the Ruby among the descendants of a process that takes the most. */
async function residentBytes(ancestor: number): Promise<number> {
  const resident = (await descendants(ancestor)).map(async (pid) => {
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  });
  return Math.max(...(await Promise.all(resident)));
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(0)} MiB`;
}
