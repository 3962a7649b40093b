import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { applyEnvModifications } from "../../../src/cnb/layers/env-modification.ts";
import { applyLayerPaths, readLayerEnv } from "../../../src/cnb/layers/layer-env.ts";
import { profileScript } from "../../../src/classic/adapter/profile-script.ts";
import { readLaunchPlan } from "../../../src/platform/launch/launch-plan.ts";
import { runCommand } from "../../../src/system/command.ts";
import { launchStory, shells, variablesIn } from "../../support/launch.ts";
import { makeTree } from "../../support/tree.ts";

interface EnvironmentStory {
  title: string;
  /** Files of layers by `<buildpack>/<layer>/…`; `a` comes before `b` in the group. */
  layers: Record<string, string>;
  env?: Record<string, string>;
  process?: "web" | "worker";
  expected: Record<string, string>;
}

const basePath = { PATH: "/usr/bin:/bin" };

const stories: EnvironmentStory[] = [
  {
    title: "puts bin and lib of a layer first, and leaves include and pkgconfig to the build",
    layers: { "a/one/bin/": "", "a/one/lib/": "", "a/one/include/": "", "a/one/pkgconfig/": "" },
    expected: { PATH: "/layers/a/one/bin:/usr/bin:/bin", LD_LIBRARY_PATH: "/layers/a/one/lib" },
  },
  {
    title: "goes through layers by alphabet, so that the last is first on PATH",
    layers: { "a/b/bin/": "", "a/B/bin/": "", "a/a/bin/": "" },
    expected: { PATH: "/layers/a/b/bin:/layers/a/a/bin:/layers/a/B/bin:/usr/bin:/bin" },
  },
  {
    title: "adds the paths of all layers of a buildpack before the first variable of any",
    layers: { "a/one/env/PATH.prepend": "/first", "a/one/env/PATH.delim": ":", "a/two/bin/": "" },
    expected: { PATH: "/first:/layers/a/two/bin:/usr/bin:/bin" },
  },
  {
    title: "goes through buildpacks in the order of the group",
    layers: {
      "b/x/env/V.append": "b",
      "b/x/bin/": "",
      "a/x/env/V.append": "a",
      "a/x/env/PATH.prepend": "/a:",
    },
    expected: { V: "ab", PATH: "/layers/b/x/bin:/a:/usr/bin:/bin" },
  },
  {
    title: "reads env, then env.launch, then that of the process, and never env.build",
    layers: {
      "a/x/env/V": "all",
      "a/x/env.build/V": "build",
      "a/x/env.launch/V.append": "-launch",
      "a/x/env.launch/web/V.append": "-web",
      "a/x/env.launch/worker/V.append": "-worker",
    },
    process: "worker",
    expected: { ...basePath, V: "all-launch-worker" },
  },
  {
    title: "takes one file after the other by name, so that an override undoes an append",
    layers: { "a/x/env/V.append": "appended", "a/x/env/V.override": "overridden" },
    env: { V: "user" },
    expected: { ...basePath, V: "overridden" },
  },
  {
    title: "treats a file without a suffix as an override that comes first",
    layers: { "a/x/env/V": "plain", "a/x/env/V.append": "+" },
    env: { V: "user" },
    expected: { ...basePath, V: "plain+" },
  },
  {
    title: "puts the delimiter between two values only",
    layers: {
      "a/x/env/EMPTY.append": "1",
      "a/x/env/EMPTY.delim": ";",
      "a/x/env/FULL.prepend": "1",
      "a/x/env/FULL.delim": ";",
      "a/x/env/BARE.append": "1",
    },
    env: { EMPTY: "", FULL: "0", BARE: "0" },
    expected: { ...basePath, EMPTY: "1", FULL: "1;0", BARE: "01" },
  },
  {
    title: "lets the user beat a default, but not with an empty value",
    layers: {
      "a/x/env/SET.default": "d",
      "a/x/env/UNSET.default": "d",
      "a/x/env/EMPTY.default": "d",
    },
    env: { SET: "user", EMPTY: "" },
    expected: { ...basePath, SET: "user", UNSET: "d", EMPTY: "d" },
  },
  {
    title: "ignores suffixes that it does not know",
    layers: { "a/x/env/V.override.bak": "x", "a/x/env/W.suffix": "x", "a/x/env/X.a.prepend": "x" },
    expected: basePath,
  },
  {
    title: "keeps every byte of a value",
    layers: {
      "a/x/env/LINES.override": "one\ntwo\n\n",
      "a/x/env/QUOTES.override": `it's "$HOME" \`id\` \\ $(id)`,
      "a/x/env/UNICODE.override": "é😀 ",
      "a/x/env/GLOB.append": "* ?",
    },
    env: { GLOB: "a  b" },
    expected: {
      ...basePath,
      LINES: "one\ntwo\n\n",
      QUOTES: `it's "$HOME" \`id\` \\ $(id)`,
      UNICODE: "é😀 ",
      GLOB: "a  b* ?",
    },
  },
  {
    title: "expands nothing that the user passed",
    layers: { "a/x/env/V.prepend": "$W" },
    env: { V: "`id`$(id)", W: "w" },
    expected: { ...basePath, V: "$W`id`$(id)", W: "w" },
  },
];

const metadata = `
processes = [
  { type = "web", command = ["/usr/bin/env", "-0"] },
  { type = "worker", command = ["/usr/bin/env", "-0"] },
]
buildpacks = [{ id = "a", api = "0.10" }, { id = "b", api = "0.10" }]
`;

describe.each(shells.map((shell) => ({ shell })))("the launcher under $shell", ({ shell }) => {
  test.each(stories)("$title", async ({ layers, env = {}, process = "web", expected }) => {
    const files = under("layers/", layers);
    const launched = await launchStory({ metadata, files, name: process, env, shell });
    expect(launched.stderr).toBe("");
    expect(variablesIn(launched)).toEqual(expected);
  });
});

describe.each([{ shell: "bash" }, { shell: "sh" }])(
  "the script for .profile.d under $shell",
  ({ shell }) => {
    test.each(stories)("$title", async ({ layers, env = {}, process = "web", expected }) => {
      const own = ".lapidary/layers";
      const files = { [`${own}/config/metadata.toml`]: metadata, ...under(`${own}/`, layers) };
      const root = await makeTree(files);
      const inside = { app: "/app", layers: `/app/${own}` };
      const plan = await readLaunchPlan(join(root, own), inside, "0.10");
      const script = await profileScript(plan);
      const { exitCode, stdout, stderr } = await runCommand({
        file: shell,
        args: ["-c", `${script}\nexec env -0`],
        cwd: "/",
        env: { ...basePath, HOME: root, DYNO: `${process}.1`, ...env },
      });
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      const {
        HOME: _home,
        DYNO: _dyno,
        ...set
      } = variablesIn({
        ...{ exitCode, stdout, stderr },
        root: `${root}/.lapidary`,
      });
      expect(set).toEqual(expected);
    });
  },
);

describe("the rules of src/cnb that buildpacks are written by", () => {
  test.each(stories)("$title", async ({ layers, env = {}, process = "web", expected }) => {
    const root = await makeTree(under("layers/", layers));
    let result: Record<string, string> = { ...basePath, ...env };
    for (const buildpack of ["a", "b"]) {
      await mkdir(join(root, "layers", buildpack), { recursive: true });
      const paths = layersOf(layers, buildpack).map((name) =>
        join(root, "layers", buildpack, name),
      );
      for (const path of paths) result = await applyLayerPaths(result, path, "launch");
      for (const path of paths) {
        result = applyEnvModifications(result, await readLayerEnv(path), "launch", process);
      }
    }
    const values = Object.entries(result).map(([name, value]) => [
      name,
      value.replaceAll(root, ""),
    ]);
    expect(Object.fromEntries(values)).toEqual(expected);
  });
});

function under(prefix: string, files: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [prefix + path, text]));
}

function layersOf(files: Record<string, string>, buildpack: string): string[] {
  const paths = Object.keys(files).map((path) => path.split("/"));
  const own = paths.filter(([first]) => first === buildpack).map(([, layer = ""]) => layer);
  return [...new Set(own)].sort();
}
