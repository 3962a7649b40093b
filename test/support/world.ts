import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureMirror, type Mirror } from "../../scripts/mirror/mirror.ts";
import { ensureRoot } from "../../scripts/debian/roots.ts";
import { withWork } from "../../scripts/work.ts";

/** What a suite builds with: a mirror of artifacts and root file systems, made once and kept. */
export interface World {
  mirror: Mirror;
  buildRoot: string;
  runRoot: string;
}

/** The ring that runs: `check` leaves out most inputs of the fuzzers, `full` adds what takes longest. */
export const ring = ringOf(process.env["LAPIDARY_TEST_RING"]);
export const fullRing = ring === "full";

function ringOf(name: string | undefined): "check" | "test" | "full" {
  return name === "check" || name === "full" ? name : "test";
}

/** Why a test of the full ring does not run in another. */
export const onlyInFullRing = "it takes minutes: `npm run test:full` shows it";

/** The two users of a stock builder: one builds, another of the same group runs. */
export const buildUser = { uid: 1001, gid: 1000 };
export const runUser = { uid: 1002, gid: 1000 };

export interface WorldRequest {
  rubies?: readonly string[];
  jrubies?: readonly string[];
  jemallocs?: readonly string[];
  suite?: "bookworm" | "trixie";
  kinds?: readonly ("source" | "prebuilt")[];
}

/** Makes the mirror and both root file systems, where they are not in the cache. */
export async function ensureWorld(request: WorldRequest = {}): Promise<World> {
  const { suite = "bookworm", kinds = ["prebuilt"] } = request;
  const { rubies = ["3.3.8"], jrubies = [], jemallocs = ["5.3.1"] } = request;
  return await withWork("What the tests build with", async (work) => ({
    mirror: await ensureMirror(work, { rubies, jrubies, jemallocs, kinds }),
    buildRoot: await ensureRoot(work, { suite, flavour: "build" }),
    runRoot: await ensureRoot(work, { suite, flavour: "run" }),
  }));
}

/** A directory that is gone when the test ends. */
export async function temporaryDirectory(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), "lapidary-test-"));
  return {
    path,
    [Symbol.asyncDispose]: async () => await rm(path, { recursive: true, force: true }),
  };
}
