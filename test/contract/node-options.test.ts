import { resolve } from "node:path";
import { execa } from "execa";
import { describe, expect, test } from "vitest";

const checkout = resolve(import.meta.dirname, "../..");

describe("`--env-file` reaches `lapidary` and not Node, which has an option of that name,", () => {
  test.each([
    ["bin/lapidary", [resolve(checkout, "bin/lapidary")]],
    ["npm start", ["npm", "start", "--silent", "--"]],
  ])("with %s", async (_, [file = "", ...args]) => {
    const typed = [...args, "build", "samples/rack", "--env-file", "no-such.env"];
    const { exitCode, stderr } = await execa(file, typed, { cwd: checkout, reject: false });
    expect(stderr).toContain("`--env-file no-such.env` cannot be read");
    expect(exitCode).toBe(3);
  });
});
