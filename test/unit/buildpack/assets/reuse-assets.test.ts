import {
  appendFile,
  chmod,
  link,
  mkdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { precompileAssets } from "../../../../src/buildpack/assets/assets.ts";
import { watchFilesRead } from "../../../../src/buildpack/assets/watch-files-read.ts";
import { readProject } from "../../../../src/buildpack/project/read-project.ts";
import type { Section } from "../../../../src/output/printer.ts";
import type { RunCommand } from "../../../../src/system/command.ts";
import { makeBuildContext } from "../../../support/builds/build-context.ts";
import { answerAsRake } from "../../../support/builds/fake-rake.ts";
import { makeInstalled } from "../../../support/installed.ts";
import { addToTree, makeTree, readTree } from "../../../support/tree.ts";

const lockfile = (...gems: string[]) =>
  `GEM\n  remote: https://gems.example.com/\n  specs:\n${gems.map((gem) => `    ${gem} (4.0.0)\n`).join("")}`;

const app = {
  Gemfile: "",
  "Gemfile.lock": lockfile("railties", "rake"),
  Rakefile: "",
  "config/application.rb": "",
  "config/icons.yml": "",
  "app/assets/a.css": "a",
  "app/controllers/stones_controller.rb": "",
  "node_modules/icons/package.json": "{}",
  ".git/HEAD": "1",
};
const readByRake = ["Rakefile", "config/application.rb", "config/icons.yml", "app/assets/a.css"];
const controller = "app/controllers/stones_controller.rb";

describe("with BP_RAILS_ASSETS_REUSE=true, rake does not run if", () => {
  test.each<[string, Record<string, string>]>([
    ["a file changes that rake did not read", { [controller]: "changed" }],
    ["nothing but Git's files change", { ".git/HEAD": "2", ".git/objects/01": "" }],
    ["a file gets another time and the same content", { "config/icons.yml": "" }],
  ])("%s", async (_, change) => {
    const { layersDir } = await build();
    const { ran, log, appDir } = await build({ layersDir, files: change });
    expect(ran).toBe(false);
    expect(log).toContain("Not precompiled, because nothing that precompiling read has changed\n");
    expect(await readTree(join(appDir, "public"))).toEqual({ "assets/a-1.css": "a" });
    expect(await readTree(appDir)).toMatchObject(change);
  });

  test("Git's files change after rake has run with a cache", async () => {
    const { layersDir } = await build();
    const files = { "config/icons.yml": "2" };
    expect((await build({ layersDir, files })).ran).toBe(true);
    const commit = { ...files, ".git/HEAD": "2", ".git/objects/01": "" };
    expect((await build({ layersDir, files: commit })).ran).toBe(false);
  });

  test("the change is undone that made it run", async () => {
    const { layersDir } = await build();
    expect((await build({ layersDir, files: { "config/icons.yml": "2" } })).ran).toBe(true);
    expect((await build({ layersDir, files: { "config/icons.yml": "2" } })).ran).toBe(false);
    expect((await build({ layersDir })).ran).toBe(true);
  });
});

describe("with BP_RAILS_ASSETS_REUSE=true, rake runs if", () => {
  test.each<[string, Change]>([
    ["`config/icons.yml` has changed", { files: { "config/icons.yml": "changed" } }],
    ["`config/new.md` is new", { files: { "config/new.md": "" } }],
    ["`config/icons.yml` was removed", { edit: (dir) => rm(join(dir, "config/icons.yml")) }],
    [
      "`app/controllers/gems_controller.rb` is new",
      {
        edit: (dir) =>
          rename(join(dir, controller), join(dir, "app/controllers/gems_controller.rb")),
      },
    ],
    [`\`${controller}\` has changed`, { edit: (dir) => chmod(join(dir, controller), 0o755) }],
    [
      "`node_modules/icons/package.json` has changed",
      { files: { "node_modules/icons/package.json": "{ }" } },
    ],
  ])("%s, and the log says so", async (difference, change) => {
    const { layersDir } = await build();
    const { ran, log } = await build({ layersDir, ...change });
    expect(ran).toBe(true);
    expect(log).toContain(
      `  - Nothing to reuse, because the app's files changed\n    - ${difference}\n`,
    );
  });

  test("a link leads elsewhere, or what it leads to has changed", async () => {
    const to = (target: string) => async (dir: string) =>
      await symlink(target, join(dir, "config/link.yml"));
    const linked = { edit: to("../docs/one.md"), reads: [...readByRake, "config/link.yml"] };
    const docs = { "docs/one.md": "1", "docs/two.md": "2" };
    const { layersDir } = await build({ ...linked, files: docs });
    const same = await build({ ...linked, layersDir, files: { ...docs, "docs/two.md": "3" } });
    expect(same.ran).toBe(false);
    const target = await build({ ...linked, layersDir, files: { ...docs, "docs/one.md": "3" } });
    expect(target.log).toContain("`docs/one.md` has changed");
    const other = await build({ ...linked, layersDir, files: docs, edit: to("../docs/two.md") });
    expect(other.log).toContain("`config/link.yml` has changed");
  });

  test("a file changes that only an earlier run has read, before it had a cache", async () => {
    const { layersDir } = await build();
    const warm = { layersDir, reads: ["config/application.rb"] };
    expect((await build({ ...warm, files: { "config/icons.yml": "2" } })).ran).toBe(true);
    const files = { "config/icons.yml": "2", "app/assets/a.css": "b" };
    expect((await build({ ...warm, files })).ran).toBe(true);
  });

  test("a file changes to which rake appends without reading it", async () => {
    const writes = async (dir: string) => await appendFile(join(dir, controller), "# end");
    const { layersDir } = await build({ writes });
    expect((await build({ layersDir, writes })).ran).toBe(false);
    const changed = await build({ layersDir, writes, files: { [controller]: "changed" } });
    expect(changed.ran).toBe(true);
    expect(await readFile(join(changed.appDir, controller), "utf8")).toBe("changed# end");
  });

  test("anything in `.git` changes, if rake runs git", async () => {
    const reads = [...readByRake, ".git/HEAD"];
    const { layersDir } = await build({ reads });
    expect((await build({ layersDir, reads })).ran).toBe(false);
    expect((await build({ layersDir, reads, files: { ".git/objects/01": "" } })).ran).toBe(true);
  });

  test("there is a `.git` that was not there before", async () => {
    const without = { edit: (dir: string) => rm(join(dir, ".git"), { recursive: true }) };
    const { layersDir } = await build(without);
    expect((await build({ ...without, layersDir })).ran).toBe(false);
    expect((await build({ layersDir })).log).toContain("`.git` is new");
  });

  test("Sprockets is in the bundle and any file of its directories has changed", async () => {
    const reads = readByRake.filter((path) => path !== "app/assets/a.css");
    const files = { "app/assets/a.css": "changed" };
    const { layersDir } = await build({ reads });
    expect((await build({ layersDir, reads, files })).ran).toBe(false);
    const sprockets = { "Gemfile.lock": lockfile("railties", "rake", "sprockets") };
    const first = await build({ reads, files: sprockets });
    const again = { layersDir: first.layersDir, reads, files: { ...sprockets, ...files } };
    expect((await build(again)).ran).toBe(true);
  });

  test("bootsnap is in the bundle, which may read a YAML file without leaving a trace, and the file changes", async () => {
    const locked = { "Gemfile.lock": lockfile("railties", "rake", "bootsnap") };
    const reads = readByRake.filter((path) => path !== "config/icons.yml");
    const { layersDir } = await build({ reads, files: locked });
    const files = { ...locked, "config/icons.yml": "changed" };
    expect((await build({ layersDir, reads, files })).ran).toBe(true);
  });

  test("Bundler's settings change, which rake gets as variables", async () => {
    const files = { ".bundle/config": "---\n" };
    const { layersDir } = await build({ files });
    const changed = { ".bundle/config": '---\nBUNDLE_ICONS: "2"\n' };
    expect((await build({ layersDir, files: changed })).ran).toBe(true);
  });

  test("a file changes of which rake made a hard link", async () => {
    const writes = async (dir: string) => await link(join(dir, controller), join(dir, "public.rb"));
    const { layersDir } = await build({ writes });
    const changed = await build({ layersDir, writes, files: { [controller]: "changed" } });
    expect(changed.ran).toBe(true);
  });

  test("the name of a file is not UTF-8, so that its content cannot be compared", async () => {
    const name = Buffer.from("docs/caf\xe9.md", "latin1");
    const edit = async (dir: string) => {
      await mkdir(join(dir, "docs"));
      await writeFile(Buffer.concat([Buffer.from(`${dir}/`), name]), "");
    };
    const { layersDir, log } = await build({ edit });
    expect(log).toContain(
      "Not reusing assets, because the name of a file is not UTF-8: `docs/caf\uFFFD.md`",
    );
    expect((await build({ edit, layersDir })).ran).toBe(true);
  });

  test("any file changes, if reads leave no trace", async () => {
    const { layersDir, log } = await build({ reads: ["Rakefile"] });
    expect(log).toContain("because nothing shows that rake read `config/application.rb`");
    expect((await build({ layersDir, files: { [controller]: "changed" } })).ran).toBe(true);
  });
});

test("a cache that was filled without BP_RAILS_ASSETS_REUSE is not used, as rake would read fewer files", async () => {
  const { layersDir } = await build({ userEnv: {} });
  const { log } = await build({ layersDir });
  expect(log).toContain("Restored `1` file of the last build");
  const { log: later } = await build({ layersDir, files: { "config/icons.yml": "changed" } });
  expect(later).toContain("Restored `2` files of the last build");
});

test("all files count if access times show nothing", async () => {
  const appDir = await makeTree(app);
  const said: string[] = [];
  const section = { say: (text: string) => said.push(text) } as unknown as Section;
  const filesRead = async (paths: Iterable<string>) => new Set(paths);
  const reuse = { inputs: { environment: "", layers: "" }, before: new Map(), filesRead };
  const directories = { served: [], fragments: [] };
  const metadata = { distro: "", arch: "", rubyVersion: "" };
  const options = { layersDir: "", appDir, metadata, directories, section, reuse };
  const project = await readProject(appDir);
  expect(await watchFilesRead(project, options, async () => undefined)).toBe(options);
  expect(said).toEqual([
    "A change of any file will run rake again, because access times do not show which ones rake reads",
  ]);
});

interface Change {
  files?: Record<string, string>;
  edit?: (appDir: string) => Promise<void>;
}

interface Story extends Change {
  layersDir?: string;
  userEnv?: Record<string, string>;
  reads?: readonly string[];
  /** What rake does besides. */
  writes?: (appDir: string) => Promise<void>;
}

async function build(story: Story = {}) {
  const appDir = await makeTree({ ...app, ...story.files });
  await story.edit?.(appDir);
  const layersDir = story.layersDir ?? (await makeTree());
  let ran = false;
  const rake = {
    tasks: ["assets:precompile", "assets:clean"],
    run: async () => {
      ran = true;
      const reads = (story.reads ?? readByRake).map((path) => readFile(join(appDir, path)));
      await Promise.all(reads.map((read) => read.catch(() => undefined)));
      await story.writes?.(appDir);
      await addToTree(appDir, { "public/assets/a-1.css": "a", "tmp/cache/assets/a.cache": "" });
      return { exitCode: 0, stdout: "", stderr: "", lines: [] };
    },
  };
  const run: RunCommand = async (command) => {
    const result = await answerAsRake(command, rake);
    if (!result) throw new Error(`unexpected command: ${command.args.join(" ")}`);
    return result;
  };
  const userEnv = story.userEnv ?? { BP_RAILS_ASSETS_REUSE: "true" };
  const input = { appDir, layersDir };
  const context = makeBuildContext({ input, userEnv, env: { PATH: "/usr/bin" }, run });
  const project = await readProject(appDir);
  const installed = makeInstalled(layersDir, appDir);
  await precompileAssets(context, { project, installed, packages: {}, needs: Promise.resolve([]) });
  return { appDir, layersDir, ran, log: context.log() };
}
