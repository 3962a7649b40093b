import { describe, expect, test } from "vitest";
import { reportProject } from "../../../../src/buildpack/report/report-project.ts";
import type { Project } from "../../../../src/buildpack/project/read-project.ts";
import { makeBuildContext } from "../../../support/build-context.ts";
import type { BuildContextRequest } from "../../../support/build-context.ts";
import { makeProject } from "../../../support/project.ts";
import { makeTree } from "../../../support/tree.ts";

describe("where the project is", () => {
  test("is told where it is not the whole app", async () => {
    const project = makeProject("GEM\n", {
      path: "server",
      gemfile: "gems.rb",
      lockfile: "gems.locked",
    });
    expect(await logOf(project)).toBe(
      "- Project\n" +
        "  - In `server`, as `BP_RUBY_PROJECT_PATH` says\n" +
        "  - Gems from `gems.rb` and `gems.locked`\n",
    );
  });

  test("is told where BUNDLE_GEMFILE chooses, which is then no misleading variable", async () => {
    const project = makeProject("GEM\n", { gemfile: "next", lockfile: "next.lock" });
    expect(await logOf(project, { userEnv: { BUNDLE_GEMFILE: "next" } })).toBe(
      "- Project\n  - Gems from `next` and `next.lock`, as `BUNDLE_GEMFILE` says\n",
    );
  });
});

describe("what a build does not follow", () => {
  test("is no chapter of the log where it follows everything", async () => {
    expect(await logOf(makeProject("GEM\n"))).toBe("");
  });

  test("are lines of the lockfile that are no part of one", async () => {
    expect(await logOf(makeProject("GEM\n  specs:\n\nSURPRISE\n  x\n"))).toBe(
      "- What this build does not follow\n" +
        "  ! Gemfile.lock line 4 is ignored: Bundler knows no such section.\n",
    );
  });

  test("are no more of them than people read", async () => {
    const log = await logOf(makeProject("SURPRISE\n".repeat(5000)));
    expect(log.trimEnd().split("\n")).toHaveLength(12);
    expect(log).toContain("  ! Gemfile.lock: 4990 more lines are ignored.\n");
  });

  test("are settings of .bundle/config that the buildpack decides, without their values", async () => {
    const bundleConfig = '---\nBUNDLE_PATH: "vendor/bundle"\nBUNDLE_RETRY: "5"\nnonsense\n';
    expect(await logOf(makeProject("GEM\n", { bundleConfig }))).toBe(
      "- What this build does not follow\n" +
        "  ! .bundle/config: BUNDLE_PATH is left out; the buildpack decides it.\n" +
        "  ! .bundle/config: `nonsense` is not a setting.\n",
    );
  });

  test("are variables that would put another Ruby in place, without their values", async () => {
    const request = { userEnv: { RUBYOPT: "-rsecret" }, env: { GEM_HOME: "/elsewhere" } };
    expect(await logOf(makeProject("GEM\n"), request)).toBe(
      "- What this build does not follow\n" +
        "  ! GEM_HOME, RUBYOPT could put another Ruby or other gems in place of the app's: not passed on to any command of this build.\n",
    );
  });

  test("is a Gemfile beside gems.rb", async () => {
    const names = { gemfile: "gems.rb", lockfile: "gems.locked", passedOver: "Gemfile" };
    expect(await logOf(makeProject("GEM\n", names))).toContain(
      "! Gemfile does not count beside gems.rb and gems.locked, which Bundler takes first.",
    );
  });

  test("is the Procfile of an app of which the project is a part", async () => {
    const appDir = await makeTree({ Procfile: "web: npm start" });
    const log = await logOf(makeProject("GEM\n", { path: "server" }), { input: { appDir } });
    expect(log).toContain("! Procfile of the whole app is ignored: that of server counts.");
    expect(await logOf(makeProject("GEM\n"), { input: { appDir } })).toBe("");
  });
});

async function logOf(project: Project, request: BuildContextRequest = {}): Promise<string> {
  const context = makeBuildContext(request);
  await reportProject(context, project);
  return context.log();
}
