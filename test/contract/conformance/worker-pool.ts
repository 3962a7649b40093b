import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { enterRoot } from "./enter-root.ts";
import type { OurStep, Story } from "./story.ts";

/** What the local platform made of a story. */
export interface Played {
  steps: OurStep[];
  /** Why the story could not be played here, where it could not. */
  notShown?: string;
  /** A mistake of this suite. */
  broken?: string;
}

export interface WorkerPool extends AsyncDisposable {
  /** Plays a story from its beginning in a root of its own. */
  play: (story: Story) => Promise<Played>;
}

/** Starts one worker for each processor. Each plays one story at a time. */
export async function startWorkers(): Promise<WorkerPool> {
  const workers = await Promise.all(
    Array.from({ length: availableParallelism() }, async () => await startWorker()),
  );
  const idle = [...workers];
  const waiting: ((worker: Worker) => void)[] = [];
  const take = async () => idle.pop() ?? (await new Promise<Worker>((give) => waiting.push(give)));
  const giveBack = (worker: Worker) => {
    const next = waiting.shift();
    if (next) next(worker);
    else idle.push(worker);
  };
  return {
    play: async (story) => {
      const worker = await take();
      try {
        return await worker.play(story);
      } finally {
        giveBack(worker);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(workers.map(async (worker) => await worker.stop()));
    },
  };
}

interface Worker {
  play: (story: Story) => Promise<Played>;
  stop: () => Promise<void>;
}

async function startWorker(): Promise<Worker> {
  const root = await mkdtemp(join(tmpdir(), "lapidary-conformance-"));
  const [file = "", ...args] = enterRoot(root, checkout, program);
  const child = spawn(file, args, { stdio: ["ignore", "inherit", "inherit", "ipc"], env: ownEnv });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await nextMessage(child);
  return {
    play: async (story) => {
      const answer = nextMessage(child);
      child.send(story);
      return (await answer) as Played;
    },
    stop: async () => {
      child.disconnect();
      await ended;
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  return await new Promise((resolve, reject) => {
    const fail = (code: unknown) => reject(new Error(`the worker ended with ${String(code)}`));
    child.once("exit", fail);
    child.once("message", (message) => {
      child.off("exit", fail);
      resolve(message);
    });
  });
}

const checkout = new URL("../../..", import.meta.url).pathname;
const program = "test/contract/conformance/worker.ts";
const ownEnv = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
