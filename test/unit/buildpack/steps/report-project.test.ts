import { describe, expect, test } from "vitest";
import { reportProject } from "../../../../src/buildpack/steps/report-project.ts";
import type { Project } from "../../../../src/buildpack/steps/read-project.ts";
import { makeBuildContext } from "../../../support/build-context.ts";
import type { BuildContextRequest } from "../../../support/build-context.ts";
import { makeProject } from "../../../support/project.ts";

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
});

async function logOf(project: Project, request: BuildContextRequest = {}): Promise<string> {
  const context = makeBuildContext(request);
  await reportProject(context, project);
  return context.log();
}
