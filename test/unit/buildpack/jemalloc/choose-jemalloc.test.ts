import { describe, expect, test } from "vitest";
import type { Artifact } from "../../../../src/artifacts/artifact.ts";
import { chooseJemalloc } from "../../../../src/buildpack/jemalloc/choose-jemalloc.ts";
import type { LockedRuby } from "../../../../src/ruby/versions/ruby-version.ts";
import { makeBuildContext } from "../../../support/builds/build-context.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeProject } from "../../../support/builds/project.ts";

const shipped = ["5.3.1", "5.3.0", "5.2.1", "3.6.0"].map((version) => source(version));

describe("the version of jemalloc", () => {
  test("is what JEMALLOC_VERSION names", () => {
    const choice = choose({ userEnv: { JEMALLOC_VERSION: "5.2.1" } });
    expect(choice).toMatchObject({ version: "5.2.1", source: "JEMALLOC_VERSION" });
    expect(choice?.find()).toBe(shipped[2]);
  });

  test("is otherwise the buildpack's default", () => {
    const choice = choose();
    expect(choice).toMatchObject({ version: "5.3.1", source: "the buildpack's default" });
    expect(choice?.find()).toBe(shipped[0]);
  });

  test("is the newest in the operator's inventory, if that has one for this system", () => {
    const operators = [
      source("5.1.0", "operator"),
      source("5.2.9", "operator"),
      { ...source("9.0", "operator"), builtFor: { arch: "arm64" }, kind: "prebuilt" as const },
    ];
    const choice = choose({ inventory: [...operators, ...shipped] });
    expect(choice).toMatchObject({ version: "5.2.9", source: "the newest in BP_INVENTORY" });
    expect(choice?.find()).toBe(operators[1]);
  });

  test("that does not exist fails at once, naming its archive and every existing version", async () => {
    const work = async () => choose({ userEnv: { JEMALLOC_VERSION: "5.9.9" } });
    expect(await failureOf(work())).toEqual({
      code: "jemalloc/version-unknown",
      version: "5.9.9",
      archive: "jemalloc-5.9.9.tar.bz2",
      versions: ["5.3.1", "5.3.0", "5.2.1", "3.6.0"],
    });
  });
});

describe("jemalloc", () => {
  test.each<[string, Record<string, string>, boolean]>([
    ["no variable", {}, false],
    ["JEMALLOC_VERSION", { JEMALLOC_VERSION: "5.3.0" }, true],
    ["JEMALLOC_ENABLED=true", { JEMALLOC_ENABLED: "true" }, true],
    ["another of its variables", { JEMALLOC_CHECKSUM: "x" }, true],
    ["JEMALLOC_ENABLED=false", { JEMALLOC_ENABLED: "false" }, false],
    ["an empty variable", { JEMALLOC_VERSION: " " }, false],
  ])("is required or not by %s", (_, userEnv, required) => {
    expect(choose({ userEnv })?.required).toBe(required);
  });

  test("may be missing from the inventory if nobody asked for it", () => {
    const choice = choose({ inventory: [] });
    expect(() => choice?.find()).toThrow("jemalloc/version-unknown");
  });

  test("is turned off by BP_JEMALLOC, whatever else is set", () => {
    const userEnv = { BP_JEMALLOC: "false", JEMALLOC_VERSION: "9.9.9" };
    expect(choose({ userEnv })).toBeUndefined();
  });

  test("is not for JRuby", () => {
    const engine = { engine: "jruby", version: "3.1", engineVersion: "9.4.15.0" } as const;
    expect(choose({ ruby: engine })).toBeUndefined();
  });

  test("is not confused with the gem of the same name", () => {
    const locked = "GEM\n  remote: https://gems.example.com/\n  specs:\n    jemalloc (1.0.1)\n";
    expect(choose({ lockfile: locked })?.gemIn).toBe("Gemfile.lock");
    expect(choose()?.gemIn).toBeUndefined();
  });
});

interface Story {
  userEnv?: Record<string, string>;
  inventory?: readonly Artifact[];
  ruby?: LockedRuby;
  lockfile?: string;
}

function choose(story: Story = {}) {
  const { userEnv = {}, inventory = shipped, lockfile = "" } = story;
  const { ruby = { engine: "ruby", version: "3.3.8" } } = story;
  const context = makeBuildContext({ userEnv });
  return chooseJemalloc(
    context,
    makeProject(lockfile),
    { ruby, source: "", disagreeing: [] },
    inventory,
  );
}

function source(version: string, origin: Artifact["origin"] = "buildpack"): Artifact {
  return {
    name: "jemalloc",
    version,
    kind: "source",
    url: `https://upstream.example.com/jemalloc-${version}.tar.bz2`,
    sha256: "a".repeat(64),
    stripComponents: 1,
    builtFor: {},
    origin,
  };
}
