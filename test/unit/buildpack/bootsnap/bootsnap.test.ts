import { readFile, readlink, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { precompileApp, precompileGems } from "../../../../src/buildpack/bootsnap/bootsnap.ts";
import { readProject } from "../../../../src/buildpack/project/read-project.ts";
import type { Command, RunCommand } from "../../../../src/system/command.ts";
import { lstatIfAny, removeTree } from "../../../../src/system/files.ts";
import { makeBuildContext } from "../../../support/builds/build-context.ts";
import { makeInstalled, makeRuby } from "../../../support/installed.ts";
import { addToTree, makeTree, readTree } from "../../../support/tree.ts";

const lockfile = (version: string) =>
  `PATH\n  remote: vendor/stones\n  specs:\n    stones (1.0)\n\n` +
  `GEM\n  remote: https://gems.example.com/\n  specs:\n    bootsnap (${version})\n`;

const app = {
  Gemfile: "",
  "Gemfile.lock": lockfile("1.26.1"),
  "app/models/stone.rb": "",
  "config/boot.rb": "",
  "test/stone_test.rb": "",
};
const layers = {
  "gems/bin/bootsnap": "",
  "gems/gems/rack-test-2.2.0/lib/rack/test/utils.rb": "",
  "gems/gems/rack-test-2.2.0/test/utils_test.rb": "",
  "ruby/lib/ruby/set.rb": "",
};
/** The time of every file in an image, in seconds since 1970. */
const imageTime = 315532801;

const cpus = availableParallelism();

describe("code is compiled", () => {
  test("of Ruby and the gems first, then of the app, with the contract's variables", async () => {
    const { commands, appDir, layersDir } = await precompile();
    const [gems, own] = commands;
    expect(gems?.args).toEqual([
      ...["exec", "bootsnap", "precompile", "--gemfile", "--exclude"],
      expect.stringContaining("^(?!"),
      join(layersDir, "gems/gems/rack-test-2.2.0/lib/rack/test"),
    ]);
    const args = ["exec", "bootsnap", "precompile", "app", "config", "vendor/stones"];
    expect(own).toMatchObject({ file: "bundle", args, cwd: appDir });
    expect(gems?.env).toMatchObject({
      BOOTSNAP_CACHE_DIR: join(layersDir, "bootsnap"),
      GEM_HOME: join(layersDir, "gems"),
      RAILS_ENV: "production",
    });
    expect(own?.env["BOOTSNAP_CACHE_DIR"]).toBe(join(appDir, "tmp/cache"));
  });

  test.each([
    [true, cpus > 1 ? ["--jobs", `${cpus}`] : []],
    [false, []],
  ])("by all processors if Ruby can fork: %j", async (forks, words) => {
    const { commands } = await precompile({ forks });
    const given = commands.map(({ args }) => args.slice(3, 3 + words.length));
    expect(given).toEqual([words, words]);
    const parallel = words.length > 0;
    expect(commands.every(({ args }) => args.includes("--jobs") === parallel)).toBe(true);
  });

  test("from files that have the time of an image", async () => {
    const { times } = await precompile();
    expect(times).toEqual([
      { gem: imageTime, ruby: imageTime, app: expect.any(Number) },
      { gem: imageTime, ruby: imageTime, app: imageTime },
    ]);
  });

  test("of path gems, which are relative to the Gemfile, but not of those outside the app or around it", async () => {
    const gem = (remote: string) => `PATH\n  remote: ${remote}\n  specs:\n    g (1.0)\n\n`;
    const bundled = lockfile("1.26.1").replace(/^PATH[^]*?\n\n/, "");
    const paths = ["..", "../engines/x", "../../outside", "/etc"];
    const files = {
      "gemfiles/rails.gemfile": "",
      "gemfiles/rails.gemfile.lock": `${paths.map(gem).join("")}${bundled}`,
    };
    const userEnv = { BUNDLE_GEMFILE: "gemfiles/rails.gemfile" };
    const { commands } = await precompile({ files, userEnv });
    expect(commands[1]?.args.slice(3)).toEqual(["app", "config", "gemfiles", "engines/x"]);
  });

  test("and put into the app's cache, with links to the layer for gems", async () => {
    const { appDir, layersDir } = await precompile();
    const cache = join(appDir, "tmp/cache/bootsnap");
    expect(await readTree(cache)).toEqual({ app: "app" });
    const link = join(cache, "gems");
    expect((await lstatIfAny(link))?.isSymbolicLink()).toBe(true);
    expect(await readFile(link, "utf8")).toBe("gems");
    // What both runs compiled is the layer's: only there every file had its time.
    expect(await readFile(join(cache, "both"), "utf8")).toBe("gems");
    expect(await readTree(join(layersDir, "bootsnap"))).toHaveProperty(["bootsnap/both"], "gems");
  });

  test("without the cache that the app contained", async () => {
    const files = { "tmp/cache/bootsnap/stale": "", "tmp/cache/other": "" };
    const { appDir } = await precompile({ files });
    expect(await lstatIfAny(join(appDir, "tmp/cache/bootsnap/stale"))).toBeUndefined();
    expect(await lstatIfAny(join(appDir, "tmp/cache/other"))).toBeDefined();
  });

  test("only of the app if that of the gems is kept", async () => {
    const { layersDir } = await precompile();
    // A platform restores only the metadata of a launch-only layer.
    await removeTree(join(layersDir, "bootsnap"));
    const again = await precompile({ layersDir });
    expect(again.commands.map(({ args }) => args[3])).toEqual(["app"]);
    const link = await readlink(join(again.appDir, "tmp/cache/bootsnap/gems"));
    expect(link).toBe(join(layersDir, "bootsnap/bootsnap/gems"));
  });
});

describe("code is not compiled", () => {
  test.each([
    ["`BP_RAILS_BOOTSNAP` is `false`", { userEnv: { BP_RAILS_BOOTSNAP: "false" } }],
    ["bootsnap `1.5.0` is older than 1.6.0", { files: { "Gemfile.lock": lockfile("1.5.0") } }],
    ["bootsnap does not compile code for JRuby", { engine: "jruby" }],
  ])("because %s", async (reason, story) => {
    const { commands, log } = await precompile(story);
    expect(commands).toEqual([]);
    expect(log).toContain(`Not compiled, because ${reason}\n`);
  });

  test("because bootsnap is not installed", async () => {
    const layersDir = await makeTree();
    const { commands, log } = await precompile({ layersDir });
    expect([commands, log]).toEqual([[], expect.stringContaining("a group of gems that is not")]);
  });

  test("and nothing is printed if the app has no bootsnap", async () => {
    const { log } = await precompile({ files: { "Gemfile.lock": "GEM\n  specs:\n" } });
    expect(log).toBe("");
  });

  test.each(["--gemfile", "app"])("with a warning if it fails: %s", async (failing) => {
    const { appDir, log } = await precompile({ failing });
    expect(log).toContain("      no space for it");
    expect(log).toMatch(/! `bundle exec bootsnap precompile .*` ended with exit code 9\.\n/);
    expect(log).toContain("! The build continues. The app will compile its code");
    expect(await lstatIfAny(join(appDir, "tmp/cache/bootsnap"))).toBeUndefined();
  });
});

interface Story {
  /** Whether Ruby can fork. */
  forks?: boolean;
  layersDir?: string;
  files?: Record<string, string>;
  userEnv?: Record<string, string>;
  engine?: string;
  /** An argument of the command that fails. */
  failing?: string;
}

async function precompile(story: Story = {}) {
  const { userEnv = {}, failing } = story;
  const appDir = await makeTree({ ...app, ...story.files });
  const layersDir = story.layersDir ?? (await makeTree(layers));
  const commands: Command[] = [];
  const times: Record<string, number>[] = [];
  const run: RunCommand = async (command) => {
    const isTry = command.file === "ruby";
    if (isTry) return { exitCode: story.forks ? 0 : 1, stdout: "", stderr: "", lines: [] };
    commands.push(command);
    times.push({
      gem: await timeOf(join(layersDir, "gems/bin/bootsnap")),
      ruby: await timeOf(join(layersDir, "ruby/lib/ruby/set.rb")),
      app: await timeOf(join(appDir, "config/boot.rb")),
    });
    const kind = command.args.includes("--gemfile") ? "gems" : "app";
    const made = { [`bootsnap/${kind}`]: kind, "bootsnap/both": kind };
    await addToTree(command.env["BOOTSNAP_CACHE_DIR"] ?? "", made);
    const exitCode = failing && command.args.includes(failing) ? 9 : 0;
    if (exitCode > 0) command.onLine?.("no space for it");
    return { exitCode, stdout: "", stderr: "", lines: [] };
  };
  const input = { appDir, layersDir };
  const context = makeBuildContext({ input, userEnv, env: { PATH: "/usr/bin" }, run });
  const engine = story.engine ?? "ruby";
  const ruby = makeRuby(join(layersDir, "ruby"), { engine });
  const installed = makeInstalled(layersDir, appDir, { ruby });
  const project = await readProject(appDir, userEnv);
  const gems = await precompileGems(context, project, installed);
  await precompileApp(context, project, installed, gems);
  return { appDir, layersDir, commands, times, log: context.log() };
}

async function timeOf(path: string): Promise<number> {
  return Math.floor((await stat(path)).mtimeMs / 1000);
}
