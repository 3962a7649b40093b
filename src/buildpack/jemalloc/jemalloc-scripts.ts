import { readFile } from "node:fs/promises";

/** The scripts that load jemalloc into an app, in POSIX sh, so that they run in any image. */
export interface JemallocScripts {
  /** `bin/jemalloc.sh` of the layer: runs one command with jemalloc. */
  command: string;
  /** An exec.d program: loads jemalloc into every process if `JEMALLOC_ENABLED` is `true`. */
  execD: string;
}

/** Reads the scripts. They expect `lib/libjemalloc.so` and `default-malloc-conf` (one line) in their layer. */
export async function readJemallocScripts(): Promise<JemallocScripts> {
  return {
    command: await readFile(new URL("./jemalloc.sh", import.meta.url), "utf8"),
    execD: await readFile(new URL("./jemalloc-exec-d.sh", import.meta.url), "utf8"),
  };
}
