import { join } from "node:path";
import { expect, test } from "vitest";
import { readConfigVars } from "../../../../src/classic/adapter/config-vars.ts";
import { makeTree } from "../../../support/tree.ts";

test("each file is a variable, without trailing line ends", async () => {
  const env = await makeTree({ RAILS_ENV: "staging\n", KEY: "two\nlines\r\n", EMPTY: "" });
  expect(Object.fromEntries(await readConfigVars(env))).toEqual({
    EMPTY: "",
    KEY: "two\nlines",
    RAILS_ENV: "staging",
  });
});

test("omits variables that would mislead the build, and names that are not variables", async () => {
  const env = await makeTree({
    ...{ PATH: "/evil", LD_PRELOAD: "x.so", GIT_DIR: "/x", HOME: "/x" },
    ...{ "a-b": "1", ".hidden": "1", "dir/x": "1", GOOD: "1" },
  });
  expect([...(await readConfigVars(env)).keys()]).toEqual(["GOOD"]);
});

test("a missing directory has no variables", async () => {
  expect((await readConfigVars(undefined)).size).toBe(0);
  expect((await readConfigVars(join(await makeTree(), "none"))).size).toBe(0);
});
