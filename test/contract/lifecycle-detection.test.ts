import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { failureOf } from "../support/failure.ts";
import { makePlatform } from "../support/builds/local-platform.ts";
import { makeBuildpack } from "../support/buildpacks/tiny-buildpack.ts";
import { makeTree } from "../support/tree.ts";

/** The ids of the buildpacks that built an app. */
async function groupOf(
  buildpacks: readonly string[],
  options: Parameters<Awaited<ReturnType<typeof makePlatform>>["build"]>[1] = {},
): Promise<string[]> {
  const platform = await makePlatform();
  const { report } = await platform.build(buildpacks, options);
  return report.buildpacks.map(({ id }) => id);
}

const order = (...groups: (string | { id: string; optional: boolean })[][]) =>
  groups.map((group) => ({
    group: group.map((member) => (typeof member === "string" ? { id: member } : member)),
  }));

describe("Finding buildpacks and their API", () => {
  test("stand at <escaped id>/<version> and get an absolute CNB_BUILDPACK_DIR", async () => {
    const out = await makeTree();
    const buildpack = await makeBuildpack({
      id: "some/name",
      version: "2.0.1",
      detect: `echo "$CNB_BUILDPACK_DIR $0" > ${out}/seen`,
    });
    await groupOf([buildpack]);
    const seen = await readFile(join(out, "seen"), "utf8");
    expect(seen).toMatch(/^\/\S+\/some_name\/2\.0\.1 \/\S+\/some_name\/2\.0\.1\/bin\/detect\n$/);
  });

  test("an API that is not known is refused before any detect runs", async () => {
    const out = await makeTree();
    const known = await makeBuildpack({ id: "test/known", detect: `touch ${out}/ran` });
    const unknown = await makeBuildpack({ id: "test/unknown", api: "0.99" });
    const failure = await failureOf(groupOf([known, unknown]));
    expect(failure).toMatchObject({ code: "cnb/buildpack-api-unsupported", api: "0.99" });
    await expect(readFile(join(out, "ran"))).rejects.toThrow("ENOENT");
  });

  test.each(["0.9", "0.10", "0.11", "0.12"])("API %s is spoken", async (api) => {
    expect(await groupOf([await makeBuildpack({ api })])).toEqual(["test/one"]);
  });

  test("an order that names a buildpack which was not given is refused", async () => {
    const failure = await failureOf(
      groupOf([await makeBuildpack()], { order: order(["test/two"]) }),
    );
    expect(failure).toMatchObject({ code: "platform/buildpack-missing", path: "test/two" });
  });
});

describe("Phase 1: groups, composites and optional members", () => {
  const passes = (id: string) => makeBuildpack({ id });
  const fails = (id: string) => makeBuildpack({ id, detect: "exit 100" });

  test("the first group that passes wins", async () => {
    const given = [await fails("a"), await passes("b"), await passes("c")];
    expect(await groupOf(given, { order: order(["a", "b"], ["c"], ["b"]) })).toEqual(["c"]);
  });

  test("an optional member that does not pass is left out", async () => {
    const given = [await fails("a"), await passes("b")];
    const groups = order([{ id: "a", optional: true }, "b"]);
    expect(await groupOf(given, { order: groups })).toEqual(["b"]);
  });

  test("a group of optional members of which none passes is no group", async () => {
    const failure = await failureOf(
      groupOf([await fails("a")], { order: order([{ id: "a", optional: true }]) }),
    );
    expect(failure).toMatchObject({ code: "platform/no-group-detected", errors: false });
  });

  test("a composite stands for each of its groups, followed by the rest of the outer group", async () => {
    const composite = await makeBuildpack({ id: "all", order: [[{ id: "a" }], [{ id: "b" }]] });
    const given = [composite, await fails("a"), await passes("b"), await passes("c")];
    expect(await groupOf(given)).toEqual(["b", "c"]);
  });

  test("an optional composite is left out in the last attempt", async () => {
    const composite = await makeBuildpack({ id: "all", order: [[{ id: "a" }]] });
    const given = [composite, await fails("a"), await passes("c")];
    const groups = order([{ id: "all", optional: true }, "c"]);
    expect(await groupOf(given, { order: groups })).toEqual(["c"]);
  });

  test("composites nest", async () => {
    const inner = await makeBuildpack({ id: "inner", order: [[{ id: "a" }], [{ id: "b" }]] });
    const outer = await makeBuildpack({ id: "outer", order: [[{ id: "inner" }, { id: "c" }]] });
    const given = [outer, inner, await fails("a"), await passes("b"), await passes("c")];
    expect(await groupOf(given, { order: order(["outer"]) })).toEqual(["b", "c"]);
  });

  test("an id that is in the group already is skipped", async () => {
    const composite = await makeBuildpack({ id: "all", order: [[{ id: "a" }]] });
    const given = [composite, await passes("a"), await passes("b")];
    expect(await groupOf(given, { order: order(["a", "all", "b", "a"]) })).toEqual(["a", "b"]);
  });

  test("each bin/detect runs once, however many groups name it", async () => {
    const out = await makeTree();
    const a = await makeBuildpack({ id: "a", detect: `echo ran >> ${out}/runs` });
    await groupOf([a, await fails("b")], { order: order(["a", "b"], ["a", "b"], ["a"]) });
    expect(await readFile(join(out, "runs"), "utf8")).toBe("ran\n");
  });

  test("the members of a group are detected at the same time", async () => {
    const out = await makeTree();
    const waitFor = (name: string) =>
      `n=0; until [ -e ${out}/${name} ]; do sleep 0.05; n=$((n + 1)); [ $n -lt 200 ]; done`;
    const a = await makeBuildpack({ id: "a", detect: `touch ${out}/a; ${waitFor("b")}` });
    const b = await makeBuildpack({ id: "b", detect: `touch ${out}/b; ${waitFor("a")}` });
    expect(await groupOf([a, b])).toEqual(["a", "b"]);
  });
});

describe("Target matching", () => {
  const forTarget = (lines: string) =>
    makeBuildpack({ descriptor: `[[targets]]\n${lines}`, detect: "exit 0" });
  const target = { os: "linux", arch: "amd64", distro: { name: "debian", version: "12" } };

  test.each([
    `os = "linux"`,
    `arch = "amd64"`,
    `os = "linux"\narch = "amd64"\n[[targets.distros]]\nname = "debian"\nversion = "12"`,
    `[[targets.distros]]\nname = "ubuntu"\nversion = "24.04"\n[[targets.distros]]\nname = "debian"`,
    `arch = "arm64"\n[[targets]]\narch = "amd64"`,
  ])("matches %j", async (lines) => {
    expect(await groupOf([await forTarget(lines)], { target })).toEqual(["test/one"]);
  });

  test.each([
    `os = "windows"`,
    `arch = "arm64"`,
    `[[targets.distros]]\nname = "debian"\nversion = "11"`,
    `[[targets.distros]]\nname = "alpine"`,
  ])("does not match %j, which counts as an error", async (lines) => {
    const failure = await failureOf(groupOf([await forTarget(lines)], { target }));
    expect(failure).toMatchObject({ code: "platform/no-group-detected", errors: true });
  });

  test("a list of distros does not match a base without one", async () => {
    const buildpack = await forTarget(`[[targets.distros]]\nname = "debian"`);
    const failure = await failureOf(
      groupOf([buildpack], { target: { os: "linux", arch: "amd64" } }),
    );
    expect(failure.code).toBe("platform/no-group-detected");
  });

  test("the stack `*` matches anything, no targets at all mean Linux", async () => {
    const windows = { os: "windows", arch: "amd64" };
    const any = await makeBuildpack({ id: "any", descriptor: `[[stacks]]\nid = "*"` });
    expect(await groupOf([any], { target: windows })).toEqual(["any"]);
    const failure = await failureOf(groupOf([await makeBuildpack()], { target: windows }));
    expect(failure.code).toBe("platform/no-group-detected");
  });

  test("is not done before Platform API 0.12", async () => {
    const buildpack = await forTarget(`arch = "arm64"`);
    expect(await groupOf([buildpack], { target, platformApi: "0.11" })).toEqual(["test/one"]);
  });

  test("an optional buildpack's detect runs although its target does not match", async () => {
    const buildpack = await forTarget(`arch = "arm64"`);
    const groups = order([{ id: "test/one", optional: true }]);
    expect(await groupOf([buildpack], { target, order: groups })).toEqual(["test/one"]);
  });
});

describe("Phase 1: execution environments", () => {
  const options = { platformApi: "0.15", execEnv: "test" } as const;
  const buildpackFor = async (id: string, listed: string, api = "0.12") =>
    await makeBuildpack({ id, api, about: `exec-env = [${listed}]` });

  test("a buildpack for other environments is skipped", async () => {
    const given = [
      await buildpackFor("a", '"production"'),
      await buildpackFor("b", '"production", "test"'),
      await buildpackFor("c", '"*"'),
      await buildpackFor("d", ""),
    ];
    expect(await groupOf(given, options)).toEqual(["b", "c", "d"]);
    expect(await groupOf(given, { ...options, execEnv: "other" })).toEqual(["c", "d"]);
  });

  test("counts only from Platform API 0.15 and Buildpack API 0.12 on", async () => {
    const [old, current] = [
      await buildpackFor("old", '"production"', "0.11"),
      await buildpackFor("current", '"production"'),
    ];
    expect(await groupOf([old, current], options)).toEqual(["old"]);
    expect(await groupOf([old, current], { ...options, platformApi: "0.14" })).toEqual([
      "old",
      "current",
    ]);
  });

  test("the image's label names the environment since Platform API 0.15", async () => {
    const labels = async (platformApi: "0.14" | "0.15") => {
      const platform = await makePlatform();
      await platform.build([await makeBuildpack()], { ...options, platformApi });
      const text = await readFile(join(platform.current, "labels.json"), "utf8");
      return JSON.parse(text) as object;
    };
    expect(await labels("0.15")).toHaveProperty(["io.buildpacks.exec-env"], "test");
    expect(await labels("0.14")).not.toHaveProperty(["io.buildpacks.exec-env"]);
  });
});

describe("Phase 1: exit codes", () => {
  test("100 everywhere is not an error", async () => {
    const failure = await failureOf(groupOf([await makeBuildpack({ detect: "exit 100" })]));
    expect(failure).toMatchObject({ code: "platform/no-group-detected", errors: false });
  });

  test("any other code is an error, and is remembered although its buildpack is optional", async () => {
    const given = [
      await makeBuildpack({ id: "a", detect: "exit 7" }),
      await makeBuildpack({ id: "b", detect: "exit 100" }),
    ];
    const groups = order([{ id: "a", optional: true }, "b"]);
    const failure = await failureOf(groupOf(given, { order: groups }));
    expect(failure).toMatchObject({ code: "platform/no-group-detected", errors: true });
  });

  test("an error of an optional buildpack does not fail the group", async () => {
    const given = [
      await makeBuildpack({ id: "a", detect: "exit 7" }),
      await makeBuildpack({ id: "b" }),
    ];
    const groups = order([{ id: "a", optional: true }, "b"]);
    expect(await groupOf(given, { order: groups })).toEqual(["b"]);
  });
});

describe("bin/detect", () => {
  test("gets platform and plan as arguments and as variables, and the app as its directory", async () => {
    const out = await makeTree();
    const buildpack = await makeBuildpack({
      detect: `
        [ "$1" = "$CNB_PLATFORM_DIR" ] && [ -d "$1/env" ]
        [ "$2" = "$CNB_BUILD_PLAN_PATH" ] && [ -f "$2" ] && [ ! -s "$2" ]
        stat -c %a "$2" > ${out}/mode
        ls > ${out}/files`,
    });
    expect(await groupOf([buildpack])).toEqual(["test/one"]);
    expect(await readFile(join(out, "mode"), "utf8")).toBe("600\n");
    expect(await readFile(join(out, "files"), "utf8")).toBe("Gemfile\n");
  });

  test("prints nothing where it passes, and both streams where no group passes", async () => {
    const detect = `echo to-out; echo to-err >&2`;
    const platform = await makePlatform();
    await platform.build([await makeBuildpack({ detect })]);
    expect(platform.log()).not.toContain("to-");
    await failureOf(platform.build([await makeBuildpack({ detect: `${detect}; exit 100` })]));
    expect(platform.log()).toContain("to-out\nto-err\n");
  });

  test.each([
    ["no TOML", "echo '[[provides' >"],
    [
      "a version outside of the metadata",
      `printf '[[requires]]\\nname = "x"\\nversion = "1"\\n' >`,
    ],
  ])("a plan with %s is an error", async (_, write) => {
    const buildpack = await makeBuildpack({ detect: `${write} "$CNB_BUILD_PLAN_PATH"` });
    const failure = await failureOf(groupOf([buildpack]));
    expect(failure).toMatchObject({ code: "platform/no-group-detected", errors: true });
  });
});

describe("Phase 2: plans", () => {
  const planOf = (toml: string) => `cat > "$CNB_BUILD_PLAN_PATH" <<'TOML'\n${toml}\nTOML`;

  test("a plan that nobody completes is told from groups that do not pass", async () => {
    const buildpack = await makeBuildpack({ detect: planOf(`[[requires]]\nname = "node"`) });
    expect(await failureOf(groupOf([buildpack]))).toEqual({
      code: "platform/plan-unresolved",
      problems: ["test/one requires node, which no other buildpack provides"],
    });
  });

  test("the plan of a build has every requirement of a name, in order, with its metadata", async () => {
    const out = await makeTree();
    const provider = await makeBuildpack({
      id: "a",
      detect: planOf(
        `[[provides]]\nname = "x"\n[[requires]]\nname = "x"\n[requires.metadata]\nby = "a"`,
      ),
      build: `cat "$CNB_BP_PLAN_PATH" > ${out}/plan.toml`,
    });
    const other = await makeBuildpack({
      id: "b",
      detect: planOf(`[[requires]]\nname = "x"\n[requires.metadata]\nby = "b"\nlaunch = true`),
      build: `cat "$CNB_BP_PLAN_PATH" > ${out}/other.toml`,
    });
    await groupOf([provider, other]);
    expect(await readFile(join(out, "plan.toml"), "utf8")).toBe(
      `[[entries]]\n  name = "x"\n  [entries.metadata]\n    by = "a"\n\n[[entries]]\n  name = "x"\n  [entries.metadata]\n    by = "b"\n    launch = true\n`,
    );
    expect(await readFile(join(out, "other.toml"), "utf8")).toBe("");
  });
});
