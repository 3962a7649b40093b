import { availableParallelism, totalmem } from "node:os";
import type { RubyRequest } from "../../ruby/ruby-request.ts";

/** What a build may take of the machine that it runs on. */
export interface Capacity {
  cpus: number;
  /** Bytes of memory that the machine has. */
  memory: number;
  /** Bytes of memory that its container may use; 0 or more than there is where nobody limits it. */
  limit: number;
}

/** The processors and the memory of this machine and container. */
export function readCapacity(): Capacity {
  const [cpus, memory, limit] = [availableParallelism(), totalmem(), process.constrainedMemory()];
  return { cpus, memory, limit };
}

/** Variables that make `bundle install` faster, and what it makes smaller, where the user sets no others. */
export function installDefaults({ ruby }: RubyRequest, capacity: Capacity): Record<string, string> {
  // JRuby takes three times as long for what is over in seconds, where it gets ready to run for days.
  if (ruby.engine === "jruby") return { JRUBY_OPTS: "--dev" };
  // Bundler compiles gems side by side, yet waits for the largest in the end. Debug information is
  // Ruby's own choice for extensions, which mkmf writes into each Makefile.
  return { MAKEFLAGS: `-j${compilersOfGem(capacity)} -- debugflags=-g0` };
}

// A compiler of C++ may take this much: a build that is slow is better than one that is killed.
const bytesPerCompiler = 512 * 1024 ** 2;

/** Bundler compiles as many gems at a time as there are processors, whatever memory there is. */
function compilersOfGem({ cpus, memory, limit }: Capacity): number {
  const usable = limit > 0 ? Math.min(limit, memory) : memory;
  return Math.max(1, Math.min(cpus, Math.floor(usable / bytesPerCompiler / cpus)));
}
