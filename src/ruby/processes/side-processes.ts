import type { LockedVersion } from "./web-server.ts";

/** What decides the processes other than `web`. */
export interface ToolShape {
  locked: LockedVersion;
  binRails: boolean;
  binConsole: boolean;
  binJobs: boolean;
  /** Whether the app has a Rakefile, in any of rake's spellings. */
  rakefile: boolean;
  /** The processes of the Procfile. */
  given?: readonly { type: string; line: string }[];
}

export interface SideProcess {
  type: "console" | "rake" | "test" | "worker";
  /** A program and its arguments. A user's arguments are appended. */
  command: readonly [string, ...string[]];
  because: string;
}

export interface SideProcesses {
  processes: readonly SideProcess[];
  /** Why there is no worker although the lockfile has a gem that runs jobs. */
  noWorker?: string;
}

/** The processes `console`, `rake` and `worker` that the app can run. */
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
    return { type: "console", command: ["bin/console"], because: "the app has `bin/console`" };
  // If Ruby ships irb as a gem, `bundle exec` finds it only if it is locked.
  const command =
    locked("irb") === undefined ? (["irb"] as const) : (["bundle", "exec", "irb"] as const);
  return { type: "console", command: [...command], because: "Ruby has irb" };
}

function rakeProcess({ locked, rakefile }: ToolShape): SideProcess | undefined {
  if (locked("rake") === undefined || !rakefile) return undefined;
  const because = "the lockfile has rake, and the app has a Rakefile";
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
  const same = app.given?.find(({ line }) => only.runs.test(line));
  if (same) return { noWorker: `\`${same.type}\` of the Procfile runs ${only.gem}` };
  const lacking = only.lacks(app);
  if (lacking) return { noWorker: `the lockfile has \`${only.gem}\`, but ${lacking}` };
  const because = `the lockfile has ${only.gem}`;
  return { worker: { type: "worker", command: only.command, because } };
}

interface Worker {
  gem: string;
  command: readonly [string, ...string[]];
  /** What a line of a Procfile that runs it contains. */
  runs: RegExp;
  /** What the command needs but the app lacks, as the end of a sentence. */
  lacks: (app: ToolShape) => string | undefined;
}

const needsRails = ({ locked }: ToolShape) =>
  locked("railties") === undefined
    ? "without Rails, only the app knows which code to load"
    : undefined;

const needsRake = (app: ToolShape) =>
  needsRails(app) ?? (rakeProcess(app) ? undefined : "the app lacks rake or a Rakefile");

const workers: readonly Worker[] = [
  {
    gem: "solid_queue",
    command: ["bin/jobs"],
    runs: /\bbin\/jobs\b|\bsolid_queue\b/,
    lacks: ({ binJobs }) => (binJobs ? undefined : "the app has no executable `bin/jobs`"),
  },
  {
    gem: "sidekiq",
    command: ["bundle", "exec", "sidekiq"],
    runs: /\bsidekiq\b/,
    lacks: needsRails,
  },
  {
    gem: "good_job",
    command: ["bundle", "exec", "good_job", "start"],
    runs: /\bgood_job\b/,
    lacks: needsRails,
  },
  {
    gem: "delayed_job",
    command: ["bundle", "exec", "rake", "jobs:work"],
    runs: /\bjobs:work|\bdelayed_job\b/,
    lacks: needsRake,
  },
  {
    gem: "resque",
    command: ["bundle", "exec", "rake", "resque:work"],
    runs: /\bresque\b/,
    lacks: () => "only the app knows the names of its queues",
  },
];
