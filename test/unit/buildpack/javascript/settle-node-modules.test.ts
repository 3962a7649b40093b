import { chmod, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { settleNodeModules } from "../../../../src/buildpack/javascript/settle-node-modules.ts";
import { packageManagerOf } from "../../../../src/ruby/package-manager.ts";
import type { Command } from "../../../../src/system/command.ts";
import { lstatIfAny } from "../../../../src/system/files.ts";
import { makeBuildContext } from "../../../support/builds/build-context.ts";
import { failureOf } from "../../../support/failure.ts";
import { addToTree, makeTree, readTree } from "../../../support/tree.ts";

const modules = {
  "node_modules/ms/index.js": "",
  "node_modules/esbuild/bin/esbuild": "",
  "node_modules/.cache/terser/1": "",
  "node_modules/.modules.yaml": "prunedAt: now",
};

describe("node_modules, after assets are precompiled,", () => {
  test.each([
    [
      "yarn.lock",
      "yarn install --production --frozen-lockfile --ignore-engines --ignore-scripts --prefer-offline --non-interactive",
    ],
    ["package-lock.json", "npm prune --omit=dev --ignore-scripts --no-audit --no-fund"],
    ["pnpm-lock.yaml", "pnpm prune --prod --ignore-scripts"],
  ])("with a %s is pruned with `%s`", async (lockfile, command) => {
    const { commands, left, appDir } = await settle({ files: { [lockfile]: "" } });
    expect(commands.map(({ file, args }) => [file, ...args].join(" "))).toEqual([command]);
    expect(commands[0]).toMatchObject({ cwd: appDir, env: { CI: "true", NODE_ENV: "production" } });
    // What bundlers and pnpm kept for themselves goes as well.
    expect(left).toEqual(["esbuild/bin/esbuild", "ms/index.js"]);
  });

  test("is that of the project, if this is a directory of the app", async () => {
    const inServer = (tree: Record<string, string>) =>
      Object.fromEntries(Object.entries(tree).map(([path, text]) => [`server/${path}`, text]));
    const { commands, left, appDir } = await settle({
      path: "server",
      modules: { ...modules, ...inServer(modules) },
      files: { "package-lock.json": "" },
    });
    expect(commands[0]?.cwd).toBe(join(appDir, "server"));
    expect(left).toHaveLength(2);
    expect(Object.keys(await readTree(join(appDir, "node_modules")))).toHaveLength(4);
  });

  test("is removed if the user asks for it", async () => {
    const { commands, appDir } = await settle({ wish: "remove" });
    expect(commands).toEqual([]);
    expect(await lstatIfAny(join(appDir, "node_modules"))).toBeUndefined();
  });

  test("is kept if the user asks for it", async () => {
    const { commands, left } = await settle({ wish: "keep" });
    expect(commands).toEqual([]);
    expect(left).toHaveLength(4);
  });

  test("that does not exist has no section in the log", async () => {
    const { log } = await settle({ modules: {} });
    expect(log).toBe("");
  });
});

describe("packages in a layer of another buildpack", () => {
  test.each(["prune", "remove", "keep", undefined])(
    "are not changed if node_modules is a link to it, with %s",
    async (wish) => {
      const layer = await makeTree({ "ms/index.js": "", ".cache/1": "" });
      const link = async (appDir: string) => await symlink(layer, join(appDir, "node_modules"));
      const { commands, appDir, log } = await settle({ modules: {}, wish, arrange: link });
      expect(commands).toEqual([]);
      expect(Object.keys(await readTree(layer))).toEqual([".cache/1", "ms/index.js"]);
      expect((await lstatIfAny(join(appDir, "node_modules")))?.isSymbolicLink()).toBe(true);
      expect(log).toContain(`Not changed: \`node_modules\` is a link to \`${layer}\``);
    },
  );

  test.each(["ms", "@scope/ms"])("are not changed if %s is a link to it", async (name) => {
    const layer = await makeTree({ "ms/index.js": "" });
    const { commands, log } = await settle({
      files: { "pnpm-lock.yaml": "" },
      modules: { "node_modules/.modules.yaml": "" },
      arrange: async (appDir) => {
        await mkdir(join(appDir, "node_modules/@scope"));
        await symlink(join(layer, "ms"), join(appDir, "node_modules", name));
      },
    });
    expect(commands).toEqual([]);
    expect(log).toContain(
      `! Reason: some packages are links to files outside the app: \`${join(layer, "ms")}\`.`,
    );
  });

  test("do not include what pnpm links to inside the app", async () => {
    const { commands } = await settle({
      files: { "pnpm-lock.yaml": "" },
      modules: { "node_modules/.pnpm/ms/index.js": "" },
      arrange: async (appDir) => await symlink(".pnpm/ms", join(appDir, "node_modules/ms")),
    });
    expect(commands).toHaveLength(1);
  });
});

describe("development dependencies that cannot be removed", () => {
  test.each<[string, Story]>([
    [
      "`yarn`, which `yarn.lock` asks for, is not on the build's PATH",
      { files: { "yarn.lock": "" }, programs: ["node"] },
    ],
    ["`bun` has no command for that", { files: { "bun.lockb": "" } }],
    ["the app has no `package.json` and no lockfile for them", {}],
    [
      "`npm prune --omit=dev --ignore-scripts --no-audit --no-fund` ended with exit code 1",
      { files: { "package-lock.json": "" }, exitCode: 1 },
    ],
  ])(
    "because %s, cause a warning, or fail the build if the user asked for it",
    async (because, story) => {
      const { left, log } = await settle(story);
      expect(left).toHaveLength(4);
      expect(log).toContain(`  ! Reason: ${because}.\n`);
      expect(log).toContain("They become part of the image.");
      const failure = await failureOf(settle({ ...story, wish: "prune" }));
      expect(failure).toEqual({ code: "node/prune-failed", because });
    },
  );

  test("because a command fails, show its output", async () => {
    const { log } = await settle({ files: { "package-lock.json": "" }, exitCode: 1 });
    expect(log).toContain("npm error: no");
  });
});

interface Story {
  /** The project's directory, from the app's root. */
  path?: string;
  files?: Record<string, string>;
  modules?: Record<string, string>;
  wish?: string | undefined;
  programs?: readonly string[];
  exitCode?: number;
  arrange?: (appDir: string) => Promise<void>;
}

async function settle(story: Story) {
  const {
    files = {},
    programs = ["npm", "pnpm", "yarn", "bun"],
    exitCode = 0,
    wish,
    path = "",
  } = story;
  const appDir = await makeTree(story.modules ?? modules);
  await addToTree(appDir, files);
  await story.arrange?.(appDir);
  const bin = await makeTree(Object.fromEntries(programs.map((name) => [name, ""])));
  for (const name of programs) await chmod(join(bin, name), 0o755);
  const commands: Command[] = [];
  const lines = exitCode === 0 ? [] : ["npm error: no"];
  const context = makeBuildContext({
    input: { appDir },
    env: { PATH: bin, NODE_ENV: "production" },
    userEnv: wish === undefined ? {} : { BP_NODE_MODULES: wish },
    run: async (command) => {
      commands.push(command);
      return { exitCode, stdout: "", stderr: "", lines };
    },
  });
  const manager = packageManagerOf(Object.keys(files), files["yarn.lock"]);
  const dir = join(appDir, path);
  await settleNodeModules(context, { dir, manager });
  const left = await readTree(join(dir, "node_modules")).catch(() => ({}));
  return { appDir, commands, left: Object.keys(left), log: context.log() };
}
