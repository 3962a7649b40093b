import type { SideProcess } from "./side-processes.ts";
import type { LockedVersion } from "./web-server.ts";

/** What decides how an app's tests are run. */
export interface TestShape {
  locked: LockedVersion;
  binRails: boolean;
  binRspec: boolean;
  /** Whether the app has the directories `spec` and `test`. */
  specs: boolean;
  tests: boolean;
  /** Whether the app has a Rakefile, in any of rake's spellings. */
  rakefile: boolean;
  /** The app's rake tasks, if they are known. */
  rakeTasks?: ReadonlySet<string> | undefined;
}

/** Whether only the app's rake tasks can tell how its tests are run. */
export function needsRakeTasks(app: TestShape): boolean {
  return testProcess({ ...app, rakeTasks: undefined })?.command.includes("rake") ?? false;
}

/**
 * How an app's tests are run: with RSpec if the app has specs, with Rails if it has Rails tests, or else
 * with rake's default task, or its task `test`. `undefined` if the app has none of these.
 */
export function testProcess(app: TestShape): SideProcess | undefined {
  const { locked, binRails, binRspec, specs, tests, rakefile } = app;
  if (specs && locked("rspec-core") !== undefined) {
    const command: SideProcess["command"] = binRspec ? ["bin/rspec"] : ["bundle", "exec", "rspec"];
    return {
      type: "test",
      command,
      because: "the lockfile has rspec-core, and the app has `spec`",
    };
  }
  if (tests && locked("railties") !== undefined) {
    const rails = binRails ? (["bin/rails"] as const) : (["bundle", "exec", "rails"] as const);
    const command: SideProcess["command"] = [...rails, "test"];
    return { type: "test", command, because: "the lockfile has railties, and the app has `test`" };
  }
  if (!rakefile || locked("rake") === undefined) return undefined;
  return rakeTest(app.rakeTasks ?? new Set(["default"]));
}

function rakeTest(tasks: ReadonlySet<string>): SideProcess | undefined {
  if (tasks.has("default")) {
    const because = "rake's default task usually runs the tests";
    return { type: "test", command: ["bundle", "exec", "rake"], because };
  }
  if (!tasks.has("test")) return undefined;
  const because = "the app has the rake task `test`, and no default task";
  return { type: "test", command: ["bundle", "exec", "rake", "test"], because };
}
