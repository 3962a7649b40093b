import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { describe, expect, test } from "vitest";
import { makeTree } from "../../support/tree.ts";

const extension = fileURLToPath(new URL("../../../deploy/packages-extension", import.meta.url));

describe("the image extension for packages", () => {
  test("passes only for an app that lists packages", async () => {
    expect((await run("detect", { "packages.txt": "libvips42\n" })).exitCode).toBe(0);
    expect((await run("detect", {})).exitCode).toBe(100);
    expect((await run("detect", { "packages.txt": "" })).exitCode).toBe(100);
  });

  test("installs them as root, and leaves the user of the image as it was", async () => {
    const list = "# for images\nlibvips42\n\nlibpq5 # for pg\n";
    const { exitCode, output } = await run("generate", { "packages.txt": list });
    expect(exitCode).toBe(0);
    for (const image of ["build", "run"]) {
      const lines = (await readFile(join(output, `${image}.Dockerfile`), "utf8")).split("\n");
      expect(lines.slice(0, 3)).toEqual(["ARG base_image", "FROM ${base_image}", "USER root"]);
      expect(lines.join("\n")).toMatch(/--no-install-recommends +libvips42 libpq5 +\\\n/);
      expect(lines.filter((line) => line !== "").slice(-2)).toEqual([
        "ARG user_id",
        "USER ${user_id}",
      ]);
    }
  });

  test.for(["libvips42; rm -rf /", "$(id)", "-o", "a&b", "../x"])("refuses %s", async (line) => {
    const { exitCode, output } = await run("generate", { "packages.txt": `${line}\n` });
    expect(exitCode).toBe(1);
    await expect(readFile(join(output, "run.Dockerfile"))).rejects.toThrow("ENOENT");
  });
});

async function run(phase: string, app: Record<string, string>) {
  const [cwd, output] = [await makeTree(app), await makeTree()];
  const env = { CNB_OUTPUT_DIR: output };
  const { exitCode } = await execa(join(extension, "bin", phase), { cwd, env, reject: false });
  return { exitCode, output };
}
