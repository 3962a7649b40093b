import { existsSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import glob from "fast-glob";
import { describe, expect, test } from "vitest";
import { type Diagnosis, diagnosisSchema } from "../../src/output/diagnosis.ts";
import { makeRoot } from "../support/builds/examine.ts";
import { command } from "../support/lapidary.ts";
import { treeDigest } from "../support/tree-digest.ts";
import { makeTree } from "../support/tree.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));
const samples = glob
  .sync("samples/{*,servers/*}/Gemfile.lock", { cwd: checkout })
  .map((path) => dirname(path))
  .sort();

/** Runs `bin/lapidary doctor` as a user types it, with nothing of our environment but PATH. */
async function doctor(cwd: string, ...args: string[]) {
  const env = { PATH: process.env["PATH"], HOME: cwd, NO_COLOR: "1" };
  return await execa(command, ["doctor", ...args], { cwd, env, extendEnv: false, reject: false });
}

function parse(text: string): Diagnosis {
  return diagnosisSchema.parse(JSON.parse(text));
}

/** What a sample needs of other buildpacks. */
const conditions: Record<string, string[]> = {
  "samples/jruby": ["java/missing"],
  "samples/rails-yarn": ["node/missing"],
};

describe("the doctor raises no false alarm", () => {
  test("there are samples", () => {
    expect(samples).toContain("samples/rails");
    expect(samples).toContain("samples/servers/puma");
  });

  test.each(samples)("about %s", async (sample) => {
    const root = await makeRoot();
    const { exitCode, stdout, stderr } = await doctor(
      checkout,
      ...[sample, "--json", "--build-root", root, "--arch", "amd64"],
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const found = parse(stdout);
    expect(found.errors).toEqual([]);
    expect(found.conditions.map(({ code }) => code)).toEqual(conditions[sample] ?? []);
    expect(found.warnings.filter(({ topic }) => topic !== "Ruby")).toEqual([]);
    expect(found.processes?.filter((one) => one.default).map(({ type }) => type)).toEqual(["web"]);
  });
});

describe("lapidary doctor", () => {
  test("ends with 1 and the error of the build, and changes nothing", async () => {
    const root = await makeTree();
    const app = join(root, "app");
    await cp(join(checkout, "samples/rack"), app, { recursive: true });
    await writeFile(join(app, "Gemfile.lock"), "<<<<<<< HEAD\n");
    const before = await treeDigest(root);
    const { exitCode, stdout, stderr } = await doctor(root, "app");
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: "" });
    expect(stdout).toContain("! Error: `Gemfile.lock` has an unresolved merge conflict\n");
    expect(stdout).toContain("A build would fail (1 error");
    expect(await treeDigest(root)).toEqual(before);
  });

  test("reads project.toml, and --env wins over it", async () => {
    const root = await makeTree();
    const app = join(root, "app");
    await cp(join(checkout, "samples/rack"), app, { recursive: true });
    await mkdir(join(app, "bin"));
    await writeFile(join(app, "bin/rake"), "#!/opt/ruby/bin/ruby\n");
    await writeFile(
      join(app, "project.toml"),
      '[_]\nschema-version = "0.2"\n[io.buildpacks]\nexclude = ["bin"]\n' +
        '[[io.buildpacks.build.env]]\nname = "BP_JEMALLOC"\nvalue = "false"\n' +
        '[[io.buildpacks.build.env]]\nname = "BP_KEEP_GIT"\nvalue = "true"\n',
    );
    const { stdout } = await doctor(root, "app", "--json", "--env", "BP_KEEP_GIT=false");
    expect(parse(stdout)).toMatchObject({
      errors: [],
      settings: [
        { name: "BP_JEMALLOC", value: "false", source: "project.toml" },
        { name: "BP_KEEP_GIT", value: "false", source: "--env" },
      ],
    });
  });

  test("refuses what is not an app's directory", async () => {
    const root = await makeTree({ file: "" });
    for (const app of ["gone", "file", ""]) {
      const { exitCode, stderr } = await doctor(root, app);
      const code = app === "" ? "platform/usage" : "platform/app-missing";
      expect({ app, exitCode }).toEqual({ app, exitCode: app === "" ? 3 : 1 });
      expect(stderr).toContain(`(${code})`);
    }
    expect(existsSync(join(root, "gone"))).toBe(false);
  });
});
