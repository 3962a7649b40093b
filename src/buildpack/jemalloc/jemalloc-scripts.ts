import { readFile } from "node:fs/promises";

/** What makes a built app use jemalloc, in POSIX sh that any run image can run. */
export interface JemallocScripts {
  /** `bin/jemalloc.sh` of the layer: becomes a command with jemalloc loaded. */
  command: string;
  /** An exec.d program: loads jemalloc into every process where `JEMALLOC_ENABLED` is `true`. */
  execD: string;
}

/**
 * Reads the scripts. They expect `lib/libjemalloc.so` and `default-malloc-conf` (one line) in the
 * layer of which they are a part.
 */
export async function readJemallocScripts(): Promise<JemallocScripts> {
  return {
    command: await readFile(new URL("./jemalloc.sh", import.meta.url), "utf8"),
    execD: await readFile(new URL("./jemalloc-exec-d.sh", import.meta.url), "utf8"),
  };
}
