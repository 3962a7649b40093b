import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readBuildImage } from "../../../../src/cnb/build-image.ts";
import { precompileAssets } from "../../../../src/buildpack/assets/assets.ts";
import { readProject } from "../../../../src/buildpack/project/read-project.ts";
import type { Command, RunCommand } from "../../../../src/system/command.ts";
import { lstatIfAny, removeTree } from "../../../../src/system/files.ts";
import { makeBuildContext } from "../../../support/builds/build-context.ts";
import { answerAsRake, type FakeRake } from "../../../support/builds/fake-rake.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeInstalled } from "../../../support/installed.ts";
import { addToTree, makeTree, readTree } from "../../../support/tree.ts";
import { treeDigest } from "../../../support/tree-digest.ts";

const app = {
  Gemfile: "",
  Rakefile: "",
  "Gemfile.lock":
    "GEM\n  remote: https://gems.example.com/\n  specs:\n    pg (1.5.9)\n    railties (8.1.4)\n    rake (13.2.1)\n",
};

describe("Application Contract: We will always run rake assets:precompile if that task exists", () => {
  test("and assets:clean after it, in one boot of the app", async () => {
    const { commands, ran, log } = await precompile();
    expect(commands.map(({ file, args }) => [file, ...args].join(" "))).toEqual([
      expect.stringMatching(/^bundle exec rake assets:precompile assets:clean --trace --require /),
    ]);
    expect(ran).toEqual(["assets:precompile", "assets:clean"]);
    expect(log).toContain("Kept `2` files for the next build");
  });

  test("but not if only a similar task exists", async () => {
    const { ran, log } = await precompile({ tasks: ["assets:precompile_all"] });
    expect(ran).toBeUndefined();
    expect(log).toContain("Not precompiled, because the app has no task `assets:precompile`");
  });

  test.each([".sprockets-manifest-0a1b.json", "manifest-0a1b.json", ".manifest.json"])(
    "but not if the app contains public/assets/%s, even when assets are cached",
    async (manifest) => {
      const { layersDir } = await precompile();
      const files = { [`public/assets/${manifest}`]: "{}" };
      const { appDir, ran, log, served } = await precompile({ layersDir, files });
      expect(ran).toBeUndefined();
      expect(log).toContain(
        `Not precompiled, because the app contains \`public/assets/${manifest}\``,
      );
      expect(Object.keys(await readTree(join(appDir, "public")))).toEqual([`assets/${manifest}`]);
      expect(served).toEqual(["public/assets"]);
    },
  );

  test("a manifest of an earlier build does not count as the app's", async () => {
    const made = { "public/assets/.sprockets-manifest-0a1b.json": "{}" };
    const { layersDir } = await precompile({ made });
    const { ran, log } = await precompile({ layersDir });
    expect(ran).toContain("assets:precompile");
    expect(log).toContain("Restored `1` file of the last build");
  });

  test("and abort the build if it fails, without keeping anything", async () => {
    const layersDir = await makeTree();
    const work = precompile({ layersDir, failing: "assets:precompile" });
    expect(await failureOf(work)).toEqual({
      code: "rake/precompile-failed",
      command: "bundle exec rake assets:precompile assets:clean",
      exitCode: 1,
      errors: [{ name: "NameError", message: "no stone", backtrace: ["/app/Rakefile:1"] }],
      needs,
      image: await readBuildImage({}),
    });
    expect(await lstatIfAny(join(layersDir, "assets.toml"))).toBeUndefined();
  });

  test("without assets:clean, nothing is kept and fragments are removed", async () => {
    const { appDir, layersDir, ran } = await precompile({ tasks: ["assets:precompile"] });
    expect(ran).toEqual(["assets:precompile"]);
    expect(await readTree(layersDir)).toEqual({});
    expect(await lstatIfAny(join(appDir, "tmp/cache/assets/a.cache"))).toBeUndefined();
  });

  test("BP_RAILS_SKIP_ASSETS=true skips everything", async () => {
    const { commands, served } = await precompile({ userEnv: { BP_RAILS_SKIP_ASSETS: "true" } });
    expect(commands).toEqual([]);
    expect(served).toEqual([]);
  });

  test("BP_EXEC_ENV=test does not precompile assets", async () => {
    const { commands, log } = await precompile({ userEnv: { BP_EXEC_ENV: "test" } });
    expect(commands).toEqual([]);
    expect(log).toContain("Not precompiled, because `BP_EXEC_ENV` is `test`");
  });
});

describe("BP_RAILS_ASSETS_REUSE=true", () => {
  const made = {
    "public/assets/a-1.css": "1",
    "public/assets/.manifest.json": "{}",
    "tmp/cache/assets/a.cache": "",
    "app/assets/builds/tailwind.css": "compiled",
    "log/": "",
  };
  const reuse = { made, userEnv: { BP_RAILS_ASSETS_REUSE: "true" } };

  test("does not run rake if nothing has changed, and makes the same app", async () => {
    const compiled = await precompile(reuse);
    expect(compiled.commands).toHaveLength(1);
    expect(compiled.log).toContain(
      "Nothing to reuse, because there is no layer of an earlier build",
    );
    for (let build = 2; build <= 3; build++) {
      const reused = await precompile({ ...reuse, layersDir: compiled.layersDir });
      expect(reused.log).toContain("Not precompiled, because nothing that precompiling read");
      expect(reused.commands).toEqual([]);
      expect(reused.served).toEqual(["public/assets"]);
      expect(await treeDigest(reused.appDir)).toBe(await treeDigest(compiled.appDir));
    }
  });

  test.each<[string, Story]>([
    ["the app's files", { files: { "app/models/stone.rb": "" } }],
    [
      "the build's environment",
      { userEnv: { BP_RAILS_ASSETS_REUSE: "true", RAILS_RELATIVE_URL_ROOT: "/shop" } },
    ],
    ["Ruby, the gems or another buildpack's layers", { layers: { "gems.toml": "other gems" } }],
  ])("precompiles if %s changed, and says so", async (reason, change) => {
    const { layersDir } = await precompile(reuse);
    await addToTree(layersDir, change.layers ?? {});
    const again = await precompile({ ...reuse, ...change, layersDir });
    expect(again.commands).toHaveLength(1);
    expect(again.log).toMatch(new RegExp(`Nothing to reuse, because ${reason} changed\n`));
    expect(again.log).toContain("Restored");
  });

  test("is off by default, and then keeps nothing for it", async () => {
    const { layersDir } = await precompile(reuse);
    const { commands } = await precompile({ made, layersDir });
    expect(commands).toHaveLength(1);
    expect(Object.keys(await readTree(layersDir)).join("\n")).not.toContain("outcome");
  });

  test("precompiles if the result of the last build is incomplete", async () => {
    const { layersDir } = await precompile(reuse);
    await removeTree(join(layersDir, "assets/outcome"));
    const again = await precompile({ ...reuse, layersDir });
    expect(again.commands).toHaveLength(1);
    expect(again.log).toContain("Nothing to reuse, because it has no complete result");
  });

  test("keeps no result of a failed precompilation", async () => {
    const { layersDir } = await precompile(reuse);
    const files = { "app/models/stone.rb": "" };
    await failureOf(precompile({ ...reuse, files, layersDir, failing: "assets:precompile" }));
    const { commands } = await precompile({ ...reuse, layersDir });
    expect(commands).toHaveLength(1);
  });
});

describe("the environment of rake", () => {
  test("is that of the contract, with stand-ins that only rake gets", async () => {
    const { commands, layersDir, appDir, log } = await precompile();
    const at = (name: string) => join(layersDir, name);
    expect(commands[0]?.cwd).toBe(appDir);
    for (const { env } of commands) {
      expect(env).toMatchObject({
        BUNDLE_FROZEN: "1",
        BUNDLE_GEMFILE: join(appDir, "Gemfile"),
        BUNDLE_WITHOUT: "development:test",
        DATABASE_URL: "postgresql://user:password@127.0.0.1/none",
        DISABLE_SPRING: "1",
        GEM_HOME: at("gems"),
        GEM_PATH: at("gems"),
        PATH: `${appDir}/bin:${at("gems")}/bin:${at("ruby")}/bin:/usr/bin`,
        RACK_ENV: "production",
        RAILS_ENV: "production",
        SECRET_KEY_BASE_DUMMY: "1",
      });
      expect(env).not.toHaveProperty("SECRET_KEY_BASE");
    }
    expect(log).toContain("Setting `DATABASE_URL` and `SECRET_KEY_BASE_DUMMY` for these commands");
  });

  test("has the user's values, but not those that would replace gems", async () => {
    const userEnv = {
      DATABASE_URL: "postgresql://db/shop",
      RAILS_ENV: "staging",
      RUBYOPT: "-rmine",
      SECRET_KEY_BASE: "mine",
    };
    const { commands } = await precompile({ userEnv });
    const { DATABASE_URL, RAILS_ENV, SECRET_KEY_BASE } = userEnv;
    expect(commands[0]?.env).toMatchObject({ DATABASE_URL, RAILS_ENV, SECRET_KEY_BASE });
    expect(commands[0]?.env).not.toHaveProperty("RUBYOPT");
    expect(commands[0]?.env).not.toHaveProperty("SECRET_KEY_BASE_DUMMY");
  });

  test("removes the files of booting from the app, but not files of the app", async () => {
    const made = { "tmp/local_secret.txt": "made up" };
    const { appDir, commands } = await precompile({ made });
    expect(await lstatIfAny(join(appDir, "tmp/local_secret.txt"))).toBeUndefined();
    const bootsnap = commands[0]?.env["BOOTSNAP_CACHE_DIR"] ?? "";
    expect(bootsnap.startsWith(appDir)).toBe(false);
    expect(await lstatIfAny(bootsnap)).toBeUndefined();
    const own = await precompile({ files: { "tmp/local_secret.txt": "mine" } });
    expect(await lstatIfAny(join(own.appDir, "tmp/local_secret.txt"))).toBeDefined();
  });
});

const needs = [{ names: ["libvips.so.42"], gems: ["ruby-vips"], package: "libvips42" }];
const failed = ["rake aborted!", "NameError: no stone (NameError)", "/app/Rakefile:1"];

interface Story {
  layersDir?: string;
  files?: Record<string, string>;
  tasks?: readonly string[];
  /** What `assets:precompile` writes. */
  made?: Record<string, string>;
  failing?: string;
  /** Files of the layers directory. */
  layers?: Record<string, string>;
  userEnv?: Record<string, string>;
}

async function precompile(story: Story = {}) {
  const { tasks = ["assets:precompile", "assets:clean"], userEnv = {} } = story;
  const { made = { "public/assets/a-1.css": "", "tmp/cache/assets/a.cache": "" } } = story;
  const appDir = await makeTree({ ...app, ...story.files });
  const layersDir = story.layersDir ?? (await makeTree());
  const commands: Command[] = [];
  let ran: readonly string[] | undefined;
  const rake: FakeRake = {
    tasks,
    run: async (names) => {
      ran = names;
      if (story.failing && names.includes(story.failing)) {
        return { exitCode: 1, stdout: "", stderr: "", lines: failed };
      }
      await addToTree(appDir, made);
      return { exitCode: 0, stdout: "", stderr: "", lines: [] };
    },
  };
  const run: RunCommand = async (command) => {
    commands.push(command);
    const result = await answerAsRake(command, rake);
    if (!result) throw new Error(`unexpected command: ${command.args.join(" ")}`);
    return result;
  };
  const input = { appDir, layersDir };
  const context = makeBuildContext({ input, userEnv, env: { PATH: "/usr/bin" }, run });
  const installed = makeInstalled(layersDir, appDir);
  const project = await readProject(appDir);
  const rakeApp = { project, installed, packages: {}, needs: Promise.resolve(needs) };
  const served = await precompileAssets(context, rakeApp);
  return { appDir, layersDir, commands, ran, served, log: context.log() };
}
