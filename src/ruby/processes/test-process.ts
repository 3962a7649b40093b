import type { SideProcess } from "./side-processes.ts";
import type { LockedVersion } from "./web-server.ts";

/** What decides how an app's own tests are run. */
export interface TestShape {
  locked: LockedVersion;
  binRails: boolean;
  binRspec: boolean;
  /** Whether the app has the directories `spec` and `test`. */
  specs: boolean;
  tests: boolean;
  /** Whether the app has a Rakefile, in any of Rake's spellings. */
  rakefile: boolean;
}

/**
 * How an app's own suite is run: by RSpec where the app has specs, by Rails where it has Rails' tests,
 * else by Rake's default task, which is the tests by custom. `undefined` where it has none of these.
 */
export function testProcess(app: TestShape): SideProcess | undefined {
  const { locked, binRails, binRspec, specs, tests, rakefile } = app;
  if (specs && locked("rspec-core") !== undefined) {
    const command: SideProcess["command"] = binRspec ? ["bin/rspec"] : ["bundle", "exec", "rspec"];
    return { type: "test", command, because: "the lockfile has rspec-core, and there is `spec`" };
  }
  if (tests && locked("railties") !== undefined) {
    const rails = binRails ? (["bin/rails"] as const) : (["bundle", "exec", "rails"] as const);
    const command: SideProcess["command"] = [...rails, "test"];
    return { type: "test", command, because: "the lockfile has railties, and there is `test`" };
  }
  if (!rakefile || locked("rake") === undefined) return undefined;
  const because = "Rake's default task runs the tests, by custom";
  return { type: "test", command: ["bundle", "exec", "rake"], because };
}
