import { availableParallelism, totalmem } from "node:os";

/** What a build may use of its machine. */
export interface Capacity {
  cpus: number;
  /** Bytes of memory that the machine has. */
  memory: number;
  /** Bytes of memory that the container may use; 0, or more than `memory`, if there is no limit. */
  limit: number;
}

/** The processors and the memory of this machine and container. */
export function readCapacity(): Capacity {
  const [cpus, memory, limit] = [availableParallelism(), totalmem(), process.constrainedMemory()];
  return { cpus, memory, limit };
}

/** Default variables that make `bundle install` faster, and what it installs smaller. */
export function installDefaults(engine: string, capacity: Capacity): Record<string, string> {
  // Without it, JRuby takes three times as long: it optimizes as if it were to run for days.
  if (engine === "jruby") return { JRUBY_OPTS: "--dev" };
  // Bundler compiles several gems at once, but waits for the largest one in the end, so each gem is
  // compiled in parallel too. mkmf writes Ruby's own debug flags into each Makefile: this overrides them.
  return { MAKEFLAGS: `-j${compilersPerGem(capacity)} -- debugflags=-g0` };
}

// A C++ compiler may need this much. A slow build is better than one that runs out of memory.
const bytesPerCompiler = 512 * 1024 ** 2;

/** Bundler compiles as many gems at once as there are processors, however little memory there is. */
function compilersPerGem({ cpus, memory, limit }: Capacity): number {
  const usable = limit > 0 ? Math.min(limit, memory) : memory;
  return Math.max(1, Math.min(cpus, Math.floor(usable / bytesPerCompiler / cpus)));
}
