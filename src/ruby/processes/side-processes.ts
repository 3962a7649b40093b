import type { LockedVersion } from "./web-server.ts";

/** What decides the processes beside the web. */
export interface ToolShape {
  locked: LockedVersion;
  binRails: boolean;
  binConsole: boolean;
  binJobs: boolean;
  /** Whether the app has a Rakefile, in any of Rake's spellings. */
  rakefile: boolean;
}

export interface SideProcess {
  type: "console" | "rake" | "test" | "worker";
  /** A program and its arguments, to which a user's arguments append. */
  command: readonly [string, ...string[]];
  because: string;
}

export interface SideProcesses {
  processes: readonly SideProcess[];
  /** Why there is no worker although gems for one are locked. */
  noWorker?: string;
}

/** `console`, `rake` and `worker`, where the app has what each of them starts. */
export function sideProcesses(app: ToolShape): SideProcesses {
  const { worker, noWorker } = findWorker(app);
  const processes = [consoleProcess(app), rakeProcess(app), worker];
  return {
    processes: processes.filter((process) => process !== undefined),
    ...(noWorker === undefined ? {} : { noWorker }),
  };
}

function consoleProcess({ locked, binRails, binConsole }: ToolShape): SideProcess {
  if (locked("railties") !== undefined) {
    const rails = binRails ? (["bin/rails"] as const) : (["bundle", "exec", "rails"] as const);
    return {
      type: "console",
      command: [...rails, "console"],
      because: "the lockfile has railties",
    };
  }
  if (binConsole)
    return { type: "console", command: ["bin/console"], because: "there is a `bin/console`" };
  // Bundler keeps out an irb that is not locked where Ruby ships it as a gem of its own.
  const command =
    locked("irb") === undefined ? (["irb"] as const) : (["bundle", "exec", "irb"] as const);
  return { type: "console", command: [...command], because: "Ruby has irb" };
}

function rakeProcess({ locked, rakefile }: ToolShape): SideProcess | undefined {
  if (locked("rake") === undefined || !rakefile) return undefined;
  const because = "the lockfile has rake, and there is a Rakefile";
  return { type: "rake", command: ["bundle", "exec", "rake"], because };
}

function findWorker(app: ToolShape): { worker?: SideProcess; noWorker?: string } {
  const found = workers.filter(({ gem }) => app.locked(gem) !== undefined);
  const [only] = found;
  if (!only) return {};
  if (found.length > 1) {
    const gems = found.map(({ gem }) => `\`${gem}\``).join(", ");
    return { noWorker: `the lockfile has more than one gem that runs jobs: ${gems}` };
  }
  const lacking = only.lacks(app);
  if (lacking) return { noWorker: `the lockfile has \`${only.gem}\`, but ${lacking}` };
  const because = `the lockfile has ${only.gem}`;
  return { worker: { type: "worker", command: only.command, because } };
}

interface Worker {
  gem: string;
  command: readonly [string, ...string[]];
  /** What the command needs and the app has not, as the end of a sentence. */
  lacks: (app: ToolShape) => string | undefined;
}

const needsRails = ({ locked }: ToolShape) =>
  locked("railties") === undefined ? "without Rails only the app knows what it loads" : undefined;

const needsRake = (app: ToolShape) =>
  needsRails(app) ?? (rakeProcess(app) ? undefined : "not both rake and a Rakefile");

const workers: readonly Worker[] = [
  {
    gem: "solid_queue",
    command: ["bin/jobs"],
    lacks: ({ binJobs }) => (binJobs ? undefined : "there is no `bin/jobs`"),
  },
  { gem: "sidekiq", command: ["bundle", "exec", "sidekiq"], lacks: needsRails },
  { gem: "good_job", command: ["bundle", "exec", "good_job", "start"], lacks: needsRails },
  { gem: "delayed_job", command: ["bundle", "exec", "rake", "jobs:work"], lacks: needsRake },
  {
    gem: "resque",
    command: ["bundle", "exec", "rake", "resque:work"],
    lacks: () => "only the app knows which of its queues to work on",
  },
];
