import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { createPrinter } from "../../src/output/printer.ts";
import { createStyle } from "../../src/output/style.ts";
import type { CompileOptions } from "../../src/classic/adapter/compile-options.ts";
import { compile } from "../../src/classic/adapter/compile.ts";
import { readReleaseText, testApp } from "../../src/classic/adapter/test-app.ts";
import { openSandbox } from "../../src/platform/sandbox/open-sandbox.ts";
import { systemClock } from "../../src/system/clock.ts";
import { runCommand } from "../../src/system/command.ts";
import { failureOf } from "../support/failure.ts";
import { openRefusedSandbox } from "../support/plain-sandbox.ts";
import { skipWithoutNamespaces } from "../support/sandbox.ts";
import { makeBuildpack } from "../support/tiny-buildpack.ts";
import { treeDigest } from "../support/tree-digest.ts";
import { makeTree, modeOf, readTree } from "../support/tree.ts";

beforeEach(skipWithoutNamespaces);

/** A Gemfile.lock with these gems. */
const locked = (...gems: string[]) =>
  `GEM\n  specs:\n${gems.map((gem) => `    ${gem}\n`).join("")}\nPLATFORMS\n  ruby\n`;

interface Desk {
  /** Compiles a new checkout of the app, and resolves to it and to the log. */
  compile(options?: Partial<CompileOptions>): Promise<{ app: string; log: string }>;
  cacheDir: string;
  buildpack: string;
}

/** `build` is what the buildpack's bin/build does; the app has these files. */
async function makeDesk(build: string, files: Record<string, string> = {}): Promise<Desk> {
  const root = await makeTree({ "cache/": "" });
  const buildpack = await makeBuildpack({ id: "a/b", build });
  const cacheDir = join(root, "cache");
  return {
    cacheDir,
    buildpack,
    compile: async (options = {}) => {
      const app = await makeTree(files);
      let log = "";
      const write = (text: string) => void (log += text);
      await compile({
        buildDir: app,
        cacheDir,
        envDir: undefined,
        mode: "production",
        buildpack,
        env: { PATH: process.env["PATH"] ?? "" },
        openSandbox,
        nodeProgram: process.execPath,
        printer: createPrinter({
          ...{ write, style: createStyle(false), clock: systemClock, debug: false },
        }),
        signal: new AbortController().signal,
        ...options,
      });
      return { app, log };
    },
  };
}

const layers = (app: string) => join(app, ".lapidary/layers/a_b");

describe.each([
  ["at /app in namespaces", openSandbox, "/app"],
  ["where the app stands, and relocated", openRefusedSandbox, undefined],
] as const)("an app that is compiled %s", (_, open, place) => {
  const build = `
    layer tool build launch cache
    mkdir -p $CNB_LAYERS_DIR/tool/bin $CNB_LAYERS_DIR/tool/env
    printf '#!/bin/sh\\necho "tool of $(dirname "$0") says $TOOL_HOME"\\n' > $CNB_LAYERS_DIR/tool/bin/tool
    chmod 755 $CNB_LAYERS_DIR/tool/bin/tool
    ln -sf $PWD/data $CNB_LAYERS_DIR/tool/data
    printf %s "$CNB_LAYERS_DIR/tool" > $CNB_LAYERS_DIR/tool/env/TOOL_HOME.override
    echo "#!$CNB_LAYERS_DIR/tool/bin/tool" > bin-script
    pwd > built-at`;

  test("finds itself there, and says /app of itself afterwards", async () => {
    const desk = await makeDesk(build);
    const { app } = await desk.compile({ openSandbox: open });
    const tree = await readTree(app);
    expect(tree["built-at"]).toBe("/app\n");
    expect(tree["bin-script"]).toBe("#!/app/.lapidary/layers/a_b/tool/bin/tool\n");
    expect(tree[".lapidary/layers/a_b/tool/env/TOOL_HOME.override"]).toBe(
      "/app/.lapidary/layers/a_b/tool",
    );
    expect(JSON.stringify([tree, await readTree(desk.cacheDir)])).not.toContain(app);
    if (place !== undefined) expect((await desk.compile()).log).toContain(`Compiling at ${place},`);
  });

  test("runs from wherever it stands", async () => {
    const desk = await makeDesk(build, { data: "here" });
    const { app } = await desk.compile({ openSandbox: open });
    const line = `. ${app}/.profile.d/lapidary.sh; tool; cat $TOOL_HOME/data`;
    const env = { PATH: "/usr/bin:/bin" };
    const { stdout } = await runCommand({ file: "bash", args: ["-c", line], cwd: "/", env });
    const tool = join(layers(app), "tool");
    expect(stdout).toBe(`tool of ${tool}/bin says ${tool}\nhere`);
  });
});

describe("the cache directory", () => {
  const build = `
    echo "found $(cat $CNB_LAYERS_DIR/kept/n 2>/dev/null || echo nothing)"
    layer kept launch cache
    echo kept > $CNB_LAYERS_DIR/kept/n
    layer only-cache cache
    echo c > $CNB_LAYERS_DIR/only-cache/c
    layer only-build build
    [ -f $CNB_LAYERS_DIR/secret.toml ] && types secret launch || {
      layer secret launch; echo random$$ > $CNB_LAYERS_DIR/secret/s; }
    [ ! -f fail ] || exit 7`;

  test("gives the next compile its cached layers, and keeps launch layers as an image would", async () => {
    const desk = await makeDesk(build);
    const first = await desk.compile();
    expect(first.log).toContain("found nothing");
    const second = await desk.compile();
    expect(second.log).toContain("found kept");
    const secret = async (app: string) => await readFile(join(layers(app), "secret/s"), "utf8");
    expect(await secret(second.app)).toBe(await secret(first.app));
    // The slug is free to change what it got: nothing of it is the cache's own file.
    expect((await stat(join(layers(second.app), "secret/s"))).nlink).toBe(1);
    expect(await modeOf(join(desk.cacheDir, "lapidary"))).toBe(0o700);
  });

  test("may be in another file system than the app", async ({ skip }) => {
    const memory = await mkdtemp("/dev/shm/lapidary-test-").catch(() => "");
    skip(memory === "", "there is no /dev/shm to write to");
    onTestFinished(async () => await rm(memory, { recursive: true }));
    const desk = await makeDesk(build);
    await desk.compile({ cacheDir: memory });
    const { app, log } = await desk.compile({ cacheDir: memory });
    expect(log).toContain("found kept");
    expect(await readTree(layers(app))).toMatchObject({ "secret/s": expect.any(String) });
  });

  test("a slug holds launch layers alone", async () => {
    const desk = await makeDesk(build);
    const { app } = await desk.compile();
    const names = Object.keys(await readTree(layers(app)));
    expect(names).toEqual(["kept/n", "secret/s"]);
  });

  test("is untouched by a compile that fails, byte for byte, also where it was empty", async () => {
    const desk = await makeDesk(build);
    const bad = await makeDesk(`${build}; exit 7`);
    const failing = async () => {
      const { cacheDir } = desk;
      return await failureOf(desk.compile({ cacheDir, buildpack: bad.buildpack }));
    };
    expect(await failing()).toMatchObject({ code: "platform/build-failed", exitCode: 7 });
    expect(await readdir(desk.cacheDir)).toEqual([]);
    await desk.compile();
    const before = [await treeDigest(desk.cacheDir), (await stat(desk.cacheDir)).mtimeMs];
    expect(await failing()).toMatchObject({ code: "platform/build-failed", exitCode: 7 });
    expect([await treeDigest(desk.cacheDir), (await stat(desk.cacheDir)).mtimeMs]).toEqual(before);
  });

  test("holds one build, however many there were", async () => {
    const desk = await makeDesk(build);
    for (let count = 0; count < 3; count += 1) await desk.compile();
    const names = Object.keys(await readTree(desk.cacheDir)).map((name) => name.split("/")[2]);
    expect(new Set(names).size).toBe(1);
  });
});

describe("what the buildpack is told", () => {
  const build = 'cp -r "$CNB_PLATFORM_DIR/env" told; echo "$PATH" > path; node -v > node || :';

  test("config vars from ENV_DIR, and what earlier buildpacks put on PATH, at /app", async () => {
    const desk = await makeDesk(build);
    const app = await makeTree({ "vendor/node/bin/": "" });
    const envDir = await makeTree({ KEY: "v\n", BUNDLE_BUILD__PG: "--with-pg-lib=/app/pg/lib" });
    const env = { PATH: `${app}/vendor/node/bin:/usr/bin:/bin` };
    await desk.compile({ buildDir: app, envDir, env });
    const tree = await readTree(app);
    expect(tree["told/KEY"]).toBe("v");
    expect(tree["told/BUNDLE_BUILD__PG"]).toBe("--with-pg-lib=/app/pg/lib");
    expect(tree["path"]).toBe("/app/vendor/node/bin:/usr/bin:/bin\n");
  });

  test.each([openSandbox, openRefusedSandbox])(
    "what HOME has to get private gems by, in a HOME of its own (%#)",
    async (open) => {
      const desk = await makeDesk("cat ~/.netrc > netrc; echo x > ~/.netrc; ls -A ~ > home");
      const home = await makeTree({ ".netrc": "machine git.example.com", ".bashrc": "" });
      const env = { PATH: process.env["PATH"] ?? "", HOME: home };
      const { app } = await desk.compile({ env, openSandbox: open });
      expect(await readTree(app)).toMatchObject({
        home: ".netrc\n",
        netrc: "machine git.example.com",
      });
      expect(await readFile(join(home, ".netrc"), "utf8")).toBe("machine git.example.com");
    },
  );

  test("directives for Bundler speak of the place of the build where that is not /app", async () => {
    const desk = await makeDesk(`${build}; cp .bundle/config bundle-config`);
    const config = "BUNDLE_BUILD__PG: --with-pg-lib=/app/pg/lib\n";
    const app = await makeTree({ ".heroku_bundle/config": config });
    const seen = await makeTree();
    const copy = await makeBuildpack({ id: "a/b", build: `cp .bundle/config ${seen}/config` });
    await desk.compile({ buildDir: app, buildpack: copy, openSandbox: openRefusedSandbox });
    expect(await readFile(join(seen, "config"), "utf8")).toContain(`lib=${app}/pg/lib`);
    expect(await readFile(join(app, ".bundle/config"), "utf8")).toBe(config);
  });

  test("a Node of its own, in the slug too, for an app that needs one if PATH has none", async () => {
    const desk = await makeDesk(build, { "Gemfile.lock": locked("execjs (2.10.0)") });
    const program = join(await makeTree({ node: "#!/bin/sh\necho v99\n" }), "node");
    await chmod(program, 0o755);
    const { app } = await desk.compile({
      nodeProgram: program,
      env: { PATH: await withoutNode() },
      openSandbox: openRefusedSandbox,
    });
    expect((await readTree(app))["node"]).toBe("v99\n");
    const args = ["-c", `. ${app}/.profile.d/lapidary.sh; node`];
    const started = await runCommand({ file: "/bin/bash", args, cwd: "/", env: { PATH: "/bin" } });
    expect(started.stdout).toBe("v99");
  });

  test("a database.yml where this Rails needs one", async () => {
    const desk = await makeDesk("cp config/database.yml seen");
    const app = await makeTree({
      "Gemfile.lock": locked("activerecord (4.0.13)"),
      "config/database.yml": "theirs",
    });
    await desk.compile({ buildDir: app });
    expect((await readTree(app))["seen"]).toContain("DATABASE_URL");
  });
});

/** The directory of the machine's own programs, without its Node. */
async function withoutNode(): Promise<string> {
  const root = await makeTree({ "bin/": "" });
  const links =
    'for p in /usr/bin/*; do case $p in */node|*/nodejs) ;; *) ln -s "$p" . ;; esac; done';
  const env = { PATH: "/usr/bin:/bin" };
  await runCommand({ file: "sh", args: ["-c", links], cwd: join(root, "bin"), env });
  return join(root, "bin");
}

describe("bin/release", () => {
  const build = `printf '[[processes]]\\ntype = "web"\\ncommand = ["run", "a b"]\\nargs = ["c"]\\n' > $CNB_LAYERS_DIR/launch.toml`;
  const files = { "Gemfile.lock": locked("pg (1.5.9)", "rspec-core (3.13.2)") };

  test("prints the default process types and the add-ons", async () => {
    const desk = await makeDesk(build, files);
    const { app } = await desk.compile();
    expect(await readReleaseText(app)).toBe(
      `---\naddons:\n  - "heroku-postgresql"\ndefault_process_types:\n  web: "run 'a b' c"\n`,
    );
  });

  test("lists no database if HEROKU_SKIP_DATABASE_PROVISION is set", async () => {
    const desk = await makeDesk(build, files);
    const envDir = await makeTree({ HEROKU_SKIP_DATABASE_PROVISION: "1" });
    const { app } = await desk.compile({ envDir });
    expect(await readReleaseText(app)).toContain("addons: []");
  });

  test("fails if nothing has been compiled", async () => {
    const app = await makeTree();
    const path = join(app, ".lapidary/release.yml");
    expect(await failureOf(readReleaseText(app))).toEqual({ code: "classic/not-compiled", path });
  });
});

describe("bin/test-compile and bin/test", () => {
  const build =
    "chmod +x bin/rails; cp -r $CNB_PLATFORM_DIR/env told; layer x launch; mkdir $CNB_LAYERS_DIR/x/env; printf production > $CNB_LAYERS_DIR/x/env/RAILS_ENV.default";
  const files = {
    "Gemfile.lock": locked("railties (8.0.2)"),
    "bin/rails": '#!/bin/sh\necho "$1: $RAILS_ENV $EXTRA $PWD" > seen\nexit 3\n',
  };
  const { signal } = new AbortController();

  test("build for tests and run them at /app, with their exit code", async () => {
    const desk = await makeDesk(build, files);
    const { app } = await desk.compile({ mode: "test" });
    const envDir = await makeTree({ EXTRA: "more" });
    expect(await testApp({ buildDir: app, envDir, signal })).toBe(3);
    const tree = await readTree(app);
    expect(tree["seen"]).toBe("test: test more /app\n");
    expect(tree["told/BUNDLE_WITHOUT"]).toBe("development");
    expect(tree["told/BP_EXEC_ENV"]).toBe("test");
    expect(tree["told/RAILS_ENV"]).toBe("test");
  });

  test("the app's config vars come before what tests default to", async () => {
    const desk = await makeDesk(build, files);
    const envDir = await makeTree({ BUNDLE_WITHOUT: "none", RAILS_ENV: "ci" });
    const { app } = await desk.compile({ mode: "test", envDir });
    expect(await readTree(join(app, "told"))).toMatchObject({
      BUNDLE_WITHOUT: "none",
      RAILS_ENV: "ci",
    });
  });

  test("an app compiled to run has no tests to run", async () => {
    const desk = await makeDesk(build, files);
    const { app } = await desk.compile();
    const testing = testApp({ buildDir: app, envDir: undefined, signal });
    expect(await failureOf(testing)).toMatchObject({ code: "classic/no-tests" });
  });
});

describe("beside the slug", () => {
  test("export tells later buildpacks where the layers for builds stand", async () => {
    const desk = await makeDesk(
      "layer x build launch; mkdir $CNB_LAYERS_DIR/x/bin; layer y launch; mkdir $CNB_LAYERS_DIR/y/bin",
    );
    const { app } = await desk.compile();
    const script = await readFile(join(desk.buildpack, "export"), "utf8");
    expect(script).toContain(`lapidary_prepend PATH ${layers(app)}/x/bin :`);
    expect(script).not.toContain("/y/bin");
  });

  test("a buildpack that nobody may write to compiles, and says what that costs", async () => {
    const desk = await makeDesk("layer x build launch");
    await mkdir(join(desk.buildpack, "export"));
    const { log } = await desk.compile();
    expect(log).toContain("`export` cannot be written (EISDIR)");
  });

  test("a directory .lapidary of an earlier compile, or of the app, does not get in the way", async () => {
    const desk = await makeDesk("layer x launch");
    const app = await makeTree({ ".lapidary/layers/a_b/old/x": "", ".profile.d/own.sh": "" });
    await desk.compile({ buildDir: app });
    await desk.compile({ buildDir: app });
    expect(Object.keys(await readTree(app)).filter((name) => name.includes("old"))).toEqual([]);
    expect(Object.keys(await readTree(join(app, ".profile.d")))).toEqual(["lapidary.sh", "own.sh"]);
  });

  test("an app that the buildpack does not want is not compiled", async () => {
    const desk = await makeDesk("");
    const buildpack = await makeBuildpack({ id: "a/b", detect: "echo no; exit 100" });
    expect(await failureOf(desk.compile({ buildpack }))).toEqual({
      code: "platform/no-group-detected",
      errors: false,
      outcomes: ["`a/b@1.0.0`: did not pass"],
    });
  });
});
