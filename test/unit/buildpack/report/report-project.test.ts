import { describe, expect, test } from "vitest";
import { reportProject } from "../../../../src/buildpack/report/report-project.ts";
import type { Project } from "../../../../src/buildpack/project/read-project.ts";
import { makeBuildContext } from "../../../support/builds/build-context.ts";
import type { BuildContextRequest } from "../../../support/builds/build-context.ts";
import { makeProject } from "../../../support/builds/project.ts";
import { makeTree } from "../../../support/tree.ts";

describe("where the project is", () => {
  test("is printed if it is not the whole app", async () => {
    const project = makeProject("GEM\n", {
      path: "server",
      gemfile: "gems.rb",
      lockfile: "gems.locked",
    });
    expect(await logOf(project)).toBe(
      "- Project\n" +
        "  - In `server` (`BP_RUBY_PROJECT_PATH`)\n" +
        "  - Gems from `gems.rb` and `gems.locked`\n",
    );
  });

  test("is printed if BUNDLE_GEMFILE chooses it, without a warning", async () => {
    const project = makeProject("GEM\n", { gemfile: "next", lockfile: "next.lock" });
    expect(await logOf(project, { userEnv: { BUNDLE_GEMFILE: "next" } })).toBe(
      "- Project\n  - Gems from `next` and `next.lock` (`BUNDLE_GEMFILE`)\n",
    );
  });
});

describe("the warnings", () => {
  test("do not exist if nothing is ignored", async () => {
    expect(await logOf(makeProject("GEM\n"))).toBe("");
  });

  test.each([
    ["config/master.key", "set RAILS_MASTER_KEY where the app runs"],
    ["vendor/bundle/ruby/x.rb", "vendor/bundle is in the source"],
  ])("name what should not be in the source: %s", async (path, warning) => {
    const dir = await makeTree({ [path]: "", "config/credentials.yml.enc": "" });
    expect(await logOf(makeProject("GEM\n", { dir }))).toContain(warning);
  });

  test("do not name vendor/cache, from which gems are installed", async () => {
    const dir = await makeTree({ "vendor/cache/rack-3.1.8.gem": "" });
    expect(await logOf(makeProject("GEM\n", { dir }))).toBe("");
  });

  test.each(["git@github.com:shop/engine.git", "ssh://example.com/shop/engine.git"])(
    "name gems that git needs an SSH key for: %s",
    async (remote) => {
      const lockfile = `GIT\n  remote: ${remote}\n  revision: ${"a".repeat(40)}\n  specs:\n    engine (1.0)\n`;
      const log = await logOf(makeProject(lockfile));
      expect(log).toContain(`git downloads engine from ${remote} over SSH`);
      expect(await logOf(makeProject(lockfile.replace(remote, "https://x/engine.git")))).toBe("");
    },
  );

  test("name lines of the lockfile that Bundler ignores", async () => {
    expect(await logOf(makeProject("GEM\n  specs:\n\nSURPRISE\n  x\n"))).toBe(
      "- Warnings\n  ! Ignored line 4 of Gemfile.lock: Bundler does not know this section.\n",
    );
  });

  test("name only the first ten lines", async () => {
    const log = await logOf(makeProject("SURPRISE\n".repeat(5000)));
    expect(log.trimEnd().split("\n")).toHaveLength(12);
    expect(log).toContain("  ! Ignored 4990 more lines of Gemfile.lock.\n");
  });

  test("name settings of .bundle/config that the buildpack sets, without their values", async () => {
    const bundleConfig = '---\nBUNDLE_PATH: "vendor/bundle"\nBUNDLE_RETRY: "5"\nnonsense\n';
    expect(await logOf(makeProject("GEM\n", { bundleConfig }))).toBe(
      "- Warnings\n" +
        "  ! Ignored BUNDLE_PATH in .bundle/config: the buildpack sets it.\n" +
        "  ! Ignored `nonsense` in .bundle/config: it is not a setting.\n",
    );
  });

  test("name variables that could replace Ruby, without their values", async () => {
    const request = { userEnv: { RUBYOPT: "-rsecret" }, env: { GEM_HOME: "/elsewhere" } };
    expect(await logOf(makeProject("GEM\n"), request)).toBe(
      "- Warnings\n" +
        "  ! Ignored GEM_HOME, RUBYOPT, which could make the build use another Ruby or other gems.\n",
    );
  });

  test("name a Gemfile next to gems.rb", async () => {
    const names = { gemfile: "gems.rb", lockfile: "gems.locked", passedOver: "Gemfile" };
    expect(await logOf(makeProject("GEM\n", names))).toContain(
      "! Ignored Gemfile: Bundler uses gems.rb and gems.locked.",
    );
  });

  test("name the Procfile of the app if the project is only a part of it", async () => {
    const appDir = await makeTree({ Procfile: "web: npm start" });
    const log = await logOf(makeProject("GEM\n", { path: "server" }), { input: { appDir } });
    expect(log).toContain(
      "! Ignored the Procfile in the app's root: the project is in server (BP_RUBY_PROJECT_PATH). Move the Procfile there.",
    );
    expect(await logOf(makeProject("GEM\n"), { input: { appDir } })).toBe("");
  });
});

async function logOf(project: Project, request: BuildContextRequest = {}): Promise<string> {
  const context = makeBuildContext(request);
  await reportProject(context, project);
  return context.log();
}
