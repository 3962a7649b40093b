import { chmod, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { runCommand } from "../../src/system/command.ts";
import type { CommandResult } from "../../src/system/command.ts";
import { makeTree } from "../support/tree.ts";

const checkout = resolve(import.meta.dirname, "../..");

describe("Phase #1: Detection", () => {
  test("an app for us exits 0, says nothing and writes the build plan", async () => {
    const app = await makeTree({ Gemfile: "", "Gemfile.lock": "GEM\n  specs:\n" });
    const { exitCode, lines, plan } = await runDetect(app);
    expect({ exitCode, lines }).toEqual({ exitCode: 0, lines: [] });
    expect(plan).toBe(
      [
        "[[provides]]",
        'name = "ruby"',
        "",
        "[[requires]]",
        'name = "ruby"',
        "",
        "  [requires.metadata]",
        "  build = true",
        "  launch = true",
        '  node-provider = "not-needed"',
        "",
      ].join("\n"),
    );
  });

  test("every alternative of a plan is complete in itself", async () => {
    const app = await makeTree({ Gemfile: "", "Gemfile.lock": "", "package.json": "{}" });
    const { plan } = await runDetect(app);
    expect(plan.match(/^\[\[or\]\]$/gm)).toHaveLength(3);
    expect(plan.match(/^ *\[\[(or\.)?provides\]\]$/gm)).toHaveLength(4);
    expect(plan.match(/^ *name = "ruby"$/gm)).toHaveLength(8);
    expect(plan).toContain('buildpack = "heroku/nodejs-engine"');
  });

  test("loads only the packages that all apps need, because every app waits for it", async () => {
    const loaded = await packagesLoadedBy(join(checkout, "dist/detect.mjs"));
    expect([...loaded].toSorted()).toEqual(["@iarna/toml", "smol-toml"]);
  });

  test("an app for others exits 100, with the reason in one line", async () => {
    const { exitCode, lines, plan } = await runDetect(await makeTree({ "index.js": "" }));
    expect({ exitCode, lines, plan }).toEqual({
      exitCode: 100,
      lines: [
        "Not a Ruby app: there is no `Gemfile.lock` and no `Gemfile` in the root of the app.",
      ],
      plan: "",
    });
  });

  test.each<[string, number, (app: string) => Promise<unknown>]>([
    ["an empty lockfile", 0, (app) => writeFile(join(app, "Gemfile.lock"), "")],
    [
      "a binary lockfile",
      0,
      (app) => writeFile(join(app, "Gemfile.lock"), Buffer.from([0, 255, 254, 0, 71])),
    ],
    ["a directory in place of the lockfile", 100, (app) => mkdir(join(app, "Gemfile.lock"))],
    ["a link that leads nowhere", 100, (app) => symlink("gone", join(app, "Gemfile.lock"))],
    ["a link to itself", 100, (app) => symlink("Gemfile.lock", join(app, "Gemfile.lock"))],
  ])("%s is no error: exit code %i", async (_, wanted, arrange) => {
    const app = await makeTree();
    await arrange(app);
    const { exitCode, lines } = await runDetect(app);
    expect(exitCode).toBe(wanted);
    expect(lines).toHaveLength(wanted === 100 ? 1 : 0);
  });

  test.for(["Gemfile.lock", "Gemfile"])(
    "a %s without read permission passes",
    async (name, ctx) => {
      const app = await makeTree({ [name]: "GEM\n" });
      await chmod(join(app, name), 0o000);
      if (process.getuid?.() === 0 && !(await isReadableForNobody(checkout))) {
        ctx.skip("the checkout lies where only root may read, and root reads every file");
      }
      expect(await runDetect(app, { unprivileged: true })).toMatchObject({
        exitCode: 0,
        lines: [],
      });
    },
  );

  test("a platform that says too little is an error, not a no", async () => {
    const { exitCode, lines } = await runDetect(await makeTree({ Gemfile: "" }), {
      env: { CNB_BUILD_PLAN_PATH: "" },
    });
    expect(exitCode).not.toBe(100);
    expect(exitCode).not.toBe(0);
    expect(lines.join("\n")).toContain("CNB_BUILD_PLAN_PATH");
    expect(lines.join("\n")).not.toMatch(/^\s+at /m);
  });
});

interface DetectOptions {
  env?: Record<string, string>;
  /** As a user without privileges, where root runs the tests. */
  unprivileged?: boolean;
}

async function runDetect(
  app: string,
  { env = {}, unprivileged = false }: DetectOptions = {},
): Promise<CommandResult & { plan: string }> {
  const outside = await makeTree({ "platform/env/": "", "plan.toml": "" });
  const planPath = join(outside, "plan.toml");
  const program = join(checkout, "src/main/detect.ts");
  const drop = unprivileged && process.getuid?.() === 0;
  if (drop) for (const [path, mode] of opened(app, outside)) await chmod(path, mode);
  const result = await runCommand({
    file: drop ? "setpriv" : process.execPath,
    args: drop ? [...asNobody, process.execPath, program] : [program],
    cwd: app,
    env: {
      PATH: process.env["PATH"] ?? "",
      NO_COLOR: "1",
      CNB_BUILDPACK_DIR: checkout,
      CNB_PLATFORM_DIR: join(outside, "platform"),
      CNB_BUILD_PLAN_PATH: planPath,
      CNB_TARGET_OS: "linux",
      CNB_TARGET_ARCH: "amd64",
      ...env,
    },
  });
  return { ...result, plan: await readFile(planPath, "utf8") };
}

const asNobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];

// Temporary directories are their owner's alone.
function opened(app: string, outside: string): [string, number][] {
  return [
    [app, 0o755],
    [outside, 0o755],
    [join(outside, "plan.toml"), 0o666],
  ];
}

async function isReadableForNobody(directory: string): Promise<boolean> {
  const { exitCode } = await runCommand({
    file: "setpriv",
    args: [...asNobody, "ls", join(directory, "node_modules")],
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
  });
  return exitCode === 0;
}

describe("The classic API: bin/detect BUILD_DIR", () => {
  const classic = async (app: string, env: Record<string, string> = {}) => {
    const file = join(checkout, "bin/detect");
    const path = { PATH: process.env["PATH"] ?? "" };
    return await runCommand({ file, args: [app], cwd: "/", env: { ...path, ...env } });
  };

  test("an app for us prints its name and exits 0", async () => {
    const app = await makeTree({ Gemfile: "", "Gemfile.lock": "" });
    expect(await classic(app)).toMatchObject({ exitCode: 0, stdout: "Ruby" });
  });

  test("an app for others exits 1, with the reason in one line", async () => {
    expect(await classic(await makeTree({ "index.js": "" }))).toMatchObject({
      exitCode: 1,
      lines: [expect.stringMatching(/^Not a Ruby app: there is no `Gemfile.lock`/)],
    });
  });

  test("a platform of images that forgot a variable is told so, not answered", async () => {
    const app = await makeTree({ Gemfile: "" });
    const { exitCode, stdout } = await classic(app, { CNB_BUILDPACK_DIR: checkout });
    expect(exitCode).not.toBe(0);
    expect(stdout).toContain("CNB_BUILD_PLAN_PATH");
  });
});

/** The npm packages in a bundle and in the files that it imports at once. */
async function packagesLoadedBy(bundle: string): Promise<Set<string>> {
  const code = await readFile(bundle, "utf8");
  const marked = code.matchAll(/^\s*\/\/ node_modules\/((?:@[^/]+\/)?[^/]+)\//gm);
  const packages = new Set([...marked].map(([, name = ""]) => name));
  for (const [, path = ""] of code.matchAll(/^(?:import|\} from) .*"(\.\/[^"]+\.mjs)";$/gm)) {
    for (const name of await packagesLoadedBy(resolve(bundle, "..", path))) packages.add(name);
  }
  return packages;
}
