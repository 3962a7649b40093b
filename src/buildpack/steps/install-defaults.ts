import { availableParallelism, totalmem } from "node:os";
import type { RubyRequest } from "../../ruby/ruby-request.ts";

/** What a build may take of the machine that it runs on. */
export interface Capacity {
  cpus: number;
  /** Bytes of memory. */
  memory: number;
}

/** The processors and the memory that this process may use, limits of its container included. */
export function readCapacity(): Capacity {
  // Without a limit, Node names 0 or a number beyond any machine.
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  return { cpus: availableParallelism(), memory: Math.min(limit, totalmem()) };
}

/** Variables that make `bundle install` faster, and what it makes smaller, where the user sets no others. */
export function installDefaults({ ruby }: RubyRequest, capacity: Capacity): Record<string, string> {
  // JRuby takes three times as long for what is over in seconds, where it gets ready to run for days.
  if (ruby.engine === "jruby") return { JRUBY_OPTS: "--dev" };
  // Bundler compiles gems side by side, yet waits for the largest in the end. Debug information is
  // Ruby's own choice for extensions, which mkmf writes into each Makefile.
  return { MAKEFLAGS: `-j${compilers(capacity)} -- debugflags=-g0` };
}

// A compiler of C++ may take this much: a build that is slow is better than one that is killed.
const bytesPerCompiler = 512 * 1024 ** 2;

function compilers({ cpus, memory }: Capacity): number {
  return Math.max(1, Math.min(cpus, Math.floor(memory / bytesPerCompiler)));
}
