import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Failure } from "../../src/failure.ts";
import { exitCodeOf } from "../../src/platform/lifecycle/exit-code.ts";
import { parseToml } from "../../src/toml.ts";
import { failureOf } from "../support/failure.ts";
import { makePlatform } from "../support/builds/local-platform.ts";
import { makeBuildpack } from "../support/buildpacks/tiny-buildpack.ts";
import { makeTree, readTree } from "../support/tree.ts";

const write = (file: string, text: string) =>
  `cat > "$CNB_LAYERS_DIR/${file}" <<'TEXT'\n${text}\nTEXT`;
const plan = (text: string) => `cat > "$CNB_BUILD_PLAN_PATH" <<'TEXT'\n${text}\nTEXT`;

/** What a launcher reads after a build with these buildpacks, and the log. */
async function metadataOf(
  scripts: readonly string[],
  platformApi: "0.9" | "0.12" = "0.12",
): Promise<{ metadata: Record<string, unknown>; log: string }> {
  const platform = await makePlatform();
  const given = scripts.map((build, index) => makeBuildpack({ id: `test/${index}`, build }));
  const { log } = await platform.build(await Promise.all(given), { platformApi });
  const path = join(platform.current, "image/layers/config/metadata.toml");
  const metadata = parseToml(await readFile(path, "utf8")) as Record<string, unknown>;
  return { metadata, log };
}

async function failureOfBuild(build: string, about = ""): Promise<{ code: string; exit: number }> {
  const platform = await makePlatform();
  const failure = await failureOf(platform.build([await makeBuildpack({ build, about })]));
  return { ...failure, exit: exitCodeOf({ failure }) };
}

describe("bin/build", () => {
  test("gets its directories as arguments and as variables, and the app as its directory", async () => {
    const platform = await makePlatform({ "app.txt": "" });
    const build = `
      [ "$1" = "$CNB_LAYERS_DIR" ] && [ "$(basename "$1")" = test_one ] && [ -z "$(ls "$1")" ]
      [ "$2" = "$CNB_PLATFORM_DIR" ] && [ -d "$2/env" ]
      [ "$3" = "$CNB_BP_PLAN_PATH" ] && [ -f "$3" ]
      [ -x "$CNB_BUILDPACK_DIR/bin/build" ]
      rm app.txt; touch written.txt`;
    await platform.build([await makeBuildpack({ build })]);
    expect(await readdir(join(platform.current, "image/app"))).toEqual(["written.txt"]);
    expect(await readdir(join(platform.root, "app"))).toEqual(["app.txt"]);
  });

  test("prints both of its streams as they come", async () => {
    const platform = await makePlatform();
    const build = "echo one; echo two >&2; echo three";
    const { log } = await platform.build([await makeBuildpack({ build })]);
    const lines = log.split("\n").filter((line) => !line.startsWith("===>"));
    expect(lines.slice(1, 4).sort()).toEqual(["one", "three", "two"]);
  });

  test("ends the whole build where it fails: later ones do not run", async () => {
    const out = await makeTree();
    const platform = await makePlatform();
    const given = [
      await makeBuildpack({ id: "a", build: "exit 100" }),
      await makeBuildpack({ id: "b", build: `touch ${out}/ran` }),
    ];
    const failure = await failureOf(platform.build(given));
    expect(failure).toEqual({ code: "platform/build-failed", buildpack: "a@1.0.0", exitCode: 100 });
    expect(await readdir(out)).toEqual([]);
  });

  test("finds bindings in the platform directory", async () => {
    const bindings = await makeTree({ "db/type": "postgresql", "db/uri": "postgres://x" });
    const platform = await makePlatform();
    const build = `[ "$(cat "$CNB_PLATFORM_DIR/bindings/db/uri")" = postgres://x ]`;
    await platform.build([await makeBuildpack({ build })], { bindings: [join(bindings, "db")] });
  });
});

describe("Buildpack Plan and build.toml", () => {
  const provide = plan(`[[provides]]\nname = "x"`);
  const both = plan(`[[provides]]\nname = "x"\n[[requires]]\nname = "x"`);

  test("a later provider sees only what an earlier one left unmet", async () => {
    const out = await makeTree();
    const record = (id: string) => `cp "$CNB_BP_PLAN_PATH" ${out}/${id}`;
    const buildFor = async (unmet: string) => {
      const platform = await makePlatform();
      const given = [
        await makeBuildpack({ id: "a", detect: provide, build: `${record("a")}\n${unmet}` }),
        await makeBuildpack({ id: "b", detect: both, build: record("b") }),
      ];
      await platform.build(given);
      return await Promise.all(["a", "b"].map((id) => readFile(join(out, id), "utf8")));
    };
    const entry = `[[entries]]\n  name = "x"\n`;
    expect(await buildFor("")).toEqual([entry, ""]);
    expect(await buildFor(write("build.toml", `[[unmet]]\nname = "x"`))).toEqual([entry, entry]);
  });

  test("an unmet name that is no entry of the plan fails the build", async () => {
    const failure = await failureOfBuild(write("build.toml", `[[unmet]]\nname = "y"`));
    expect(failure).toMatchObject({
      code: "platform/build-output-invalid",
      path: "build.toml",
      exit: 52,
    });
  });
});

describe("Layer Content Metadata", () => {
  test.each([
    ["no TOML", "l.toml", "[types"],
    ["types outside of their table", "l.toml", "launch = true"],
    ["no TOML in launch.toml", "launch.toml", "[["],
    ["no TOML in store.toml", "store.toml", "[["],
  ])("%s fails the build", async (_, file, text) => {
    const failure = await failureOfBuild(write(file, text));
    expect(failure).toMatchObject({ code: "platform/build-output-invalid", path: file, exit: 52 });
  });

  test.each(["env", "env.build"])("a file in place of `%s` fails the build", async (kind) => {
    const build = (types: string) => `layer l ${types}; touch "$CNB_LAYERS_DIR/l/${kind}"`;
    expect(await failureOfBuild(build("build"))).toMatchObject({
      code: "platform/build-output-invalid",
      path: `l/${kind}`,
      problem: "it must be a directory",
    });
    const platform = await makePlatform();
    await platform.build([await makeBuildpack({ build: build("cache") })]);
  });

  test("a directory without a type is set aside; one without a file stays as it is", async () => {
    const out = await makeTree();
    const platform = await makePlatform();
    const given = [
      await makeBuildpack({ id: "a", build: `layer none; mkdir "$CNB_LAYERS_DIR/stray"` }),
      await makeBuildpack({ id: "b", build: `ls "$CNB_LAYERS_DIR/../a" > ${out}/seen` }),
    ];
    const { report } = await platform.build(given);
    expect(await readFile(join(out, "seen"), "utf8")).toBe("none.ignore\nnone.toml\nstray\n");
    expect(report.layers).toEqual([]);
    expect(await readdir(join(platform.current, "image/layers"))).toEqual(["config", "sbom"]);
  });
});

describe("launch.toml", () => {
  const process = (type: string, command: string, more = "") =>
    `[[processes]]\ntype = "${type}"\ncommand = ["${command}"]\n${more}`;

  test("processes of all buildpacks stand together, by type, with their buildpack", async () => {
    const { metadata } = await metadataOf([
      write("launch.toml", process("web", "a", `args = ["1"]\ndefault = true\nworking-dir = "/w"`)),
      write("launch.toml", process("job", "b")),
    ]);
    expect(metadata).toMatchObject({
      "buildpack-default-process-type": "web",
      buildpacks: [
        { id: "test/0", version: "1.0.0", api: "0.10" },
        { id: "test/1", version: "1.0.0", api: "0.10" },
      ],
      processes: [
        { type: "job", command: ["b"], direct: true, "buildpack-id": "test/1" },
        {
          type: "web",
          command: ["a"],
          args: ["1"],
          direct: true,
          "buildpack-id": "test/0",
          "working-dir": "/w",
        },
      ],
    });
  });

  test("a later process of the same type stands, and a later default", async () => {
    const { metadata } = await metadataOf([
      write("launch.toml", process("web", "old", "default = true")),
      write(
        "launch.toml",
        `${process("web", "new", "default = false")}\n${process("job", "x", "default = true")}`,
      ),
    ]);
    expect(metadata).toMatchObject({
      "buildpack-default-process-type": "job",
      processes: [{ type: "job" }, { type: "web", command: ["new"] }],
    });
  });

  test("a later process that is not the default takes the default away, with a warning", async () => {
    const { metadata, log } = await metadataOf([
      write("launch.toml", process("web", "old", "default = true")),
      write("launch.toml", process("web", "new")),
    ]);
    expect(metadata).not.toHaveProperty("buildpack-default-process-type");
    expect(log).toContain("test/1 replaces the default process web");
  });

  test.each([
    ["the key `direct`", process("web", "x", "direct = true")],
    ["a command that is a string", `[[processes]]\ntype = "web"\ncommand = "x"`],
    [
      "two defaults",
      `${process("a", "x", "default = true")}\n${process("b", "x", "default = true")}`,
    ],
  ])("%s fails the build", async (_, text) => {
    const failure = await failureOfBuild(write("launch.toml", text));
    expect(failure).toMatchObject({ code: "platform/build-output-invalid", path: "launch.toml" });
  });

  test("before Platform API 0.10 the rest of a command stands before the arguments", async () => {
    const text = `[[processes]]\ntype = "web"\ncommand = ["a", "b"]\nargs = ["c"]`;
    const { metadata } = await metadataOf([write("launch.toml", text)], "0.9");
    expect(metadata).toMatchObject({ processes: [{ command: "a", args: ["b", "c"] }] });
  });

  test("stand beside what else a build leaves there, which is part of the image", async () => {
    const platform = await makePlatform();
    const build = `config="$CNB_LAYERS_DIR/../config"; mkdir "$config"
      echo x > "$config/extra"; echo mine > "$config/metadata.toml"`;
    await platform.build([await makeBuildpack({ build })]);
    const config = await readTree(join(platform.current, "image/layers/config"));
    expect(config).toMatchObject({ extra: "x\n" });
    expect(config["metadata.toml"]).not.toContain("mine");
  });

  test("slices and labels follow each other; of labels with one key the later is the image's", async () => {
    const platform = await makePlatform();
    const launch = (glob: string) =>
      write(
        "launch.toml",
        `[[slices]]\npaths = ["${glob}"]\n[[labels]]\nkey = "k"\nvalue = "${glob}"`,
      );
    await platform.build([
      await makeBuildpack({ id: "a", build: launch("one") }),
      await makeBuildpack({ id: "b", build: launch("two") }),
    ]);
    const path = join(platform.current, "image/layers/config/metadata.toml");
    expect(parseToml(await readFile(path, "utf8"))).toMatchObject({
      slices: [{ paths: ["one"] }, { paths: ["two"] }],
    });
    const labels: unknown = JSON.parse(
      await readFile(join(platform.current, "buildpack-labels.json"), "utf8"),
    );
    expect(labels).toMatchObject({ k: "two" });
  });
});

describe("Software-Bill-of-Materials", () => {
  const about = `sbom-formats = ["application/vnd.cyclonedx+json;version=1.4"]`;

  test("SBOMs of layers stand with the image or the cache, those of the app with the image", async () => {
    const platform = await makePlatform();
    const build = `
      layer l launch; layer c cache; layer lc launch cache
      for name in l c lc launch build stray; do echo $name > "$CNB_LAYERS_DIR/$name.sbom.cdx.json"; done`;
    await platform.build([await makeBuildpack({ id: "my/bp", about, build })]);
    const files = async (directory: string) => {
      const entries = await readdir(join(platform.current, directory), { recursive: true });
      return entries.filter((name) => name.endsWith(".json")).sort();
    };
    expect(await files("image/layers/sbom/launch")).toEqual([
      "my_bp/l/sbom.cdx.json",
      "my_bp/lc/sbom.cdx.json",
      "my_bp/sbom.cdx.json",
      "sbom.legacy.json",
    ]);
    expect(await files("cache/sbom")).toEqual(["my_bp/c/sbom.cdx.json", "my_bp/lc/sbom.cdx.json"]);
  });

  test.each(["spdx.json", "odd.json"])(
    "a format that is not declared fails the build: %s",
    async (ext) => {
      const failure = await failureOfBuild(
        `layer l launch; echo x > "$CNB_LAYERS_DIR/l.sbom.${ext}"`,
        about,
      );
      expect(failure).toMatchObject({
        code: "platform/build-output-invalid",
        path: `l.sbom.${ext}`,
      });
    },
  );
});

describe("Exit codes", () => {
  test.each([
    [{ code: "platform/api-unsupported", api: "0.99", supported: [] }, 11],
    [{ code: "cnb/buildpack-api-unsupported", path: "x", api: "0.99" }, 12],
    [{ code: "platform/no-group-detected", errors: false, outcomes: [] }, 20],
    [{ code: "platform/plan-unresolved", problems: [] }, 20],
    [{ code: "platform/no-group-detected", errors: true, outcomes: [] }, 21],
    [{ code: "platform/build-failed", buildpack: "x", exitCode: 7 }, 51],
    [{ code: "platform/build-output-invalid", buildpack: "x", path: "x", problem: "x" }, 52],
    [{ code: "platform/store-failed", buildpack: "x", layer: "x", problem: "x" }, 62],
    [{ code: "platform/launch-failed", problem: "x" }, 82],
    [{ code: "platform/state-locked", path: "x", pid: 1 }, 1],
  ] as const)("%o ends with %i", (failure, code) => {
    expect(exitCodeOf({ failure: structuredClone(failure) as Failure })).toBe(code);
  });
});
