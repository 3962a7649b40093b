import { chmod } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import {
  companionsFound,
  installNode,
  resolveWith,
  warnOfPackages,
} from "../../../../src/classic/adapter/companions.ts";
import { failureOf } from "../../../support/failure.ts";
import { recordSection } from "../../../support/section.ts";
import { makeTree, modeOf, readTree } from "../../../support/tree.ts";

const ruby = (provider: string) => ({ name: "ruby", metadata: { "node-provider": provider } });
const provides = [{ name: "ruby" }];

describe("resolveWith", () => {
  const plan = {
    provides,
    requires: [ruby("heroku/nodejs"), { name: "heroku/nodejs" }],
    or: [
      { provides, requires: [ruby("node"), { name: "node" }] },
      { provides, requires: [ruby("none")] },
    ],
  };

  test.each([
    [["node"], "node"],
    [[], "none"],
  ])("with %j it chooses the alternative %j, the first one that fits", (found, provider) => {
    expect(resolveWith(found, plan, "a/b")).toEqual([
      { name: "ruby", providers: ["a/b"], requires: [ruby(provider)] },
    ]);
  });

  test("names the buildpack to add when every alternative lacks something", async () => {
    const jruby = { provides, requires: [ruby("none"), { name: "jdk" }], or: [] };
    expect(resolveWith(["jdk"], jruby, "a/b")).toHaveLength(1);
    const resolving = Promise.resolve().then(() => resolveWith(["node"], jruby, "a/b"));
    expect(await failureOf(resolving)).toEqual({
      code: "classic/companion-missing",
      name: "jdk",
      tool: "java",
      add: "heroku/jvm",
    });
  });
});

test("companionsFound finds programs on PATH, and node_modules in the app", async () => {
  const root = await makeTree({ "bin/node": "", "more/java": "", "app/node_modules/": "" });
  for (const program of ["bin/node", "more/java"]) await chmod(`${root}/${program}`, 0o755);
  const path = `:${root}/none:${root}/bin:${root}/more`;
  expect(await companionsFound(`${root}/app`, path)).toEqual(["node", "jdk", "node_modules"]);
  expect(await companionsFound(root, "/nowhere")).toEqual([]);
});

test("installNode copies the program into a layer and makes it executable", async () => {
  const root = await makeTree({ program: "node's bytes" });
  await installNode(`${root}/layer`, `${root}/program`, recordSection());
  expect((await readTree(`${root}/layer`))["bin/node"]).toBe("node's bytes");
  expect(await modeOf(`${root}/layer/bin/node`)).toBe(0o755);
});

test("warns about npm packages that are not installed when there is no npm to install them", async () => {
  const warned = async (files: Record<string, string>) => {
    const root = await makeTree(files);
    if ("bin/npm" in files) await chmod(`${root}/bin/npm`, 0o755);
    const section = recordSection();
    await warnOfPackages(`${root}/app`, `${root}/bin`, section);
    return section.lines.join(" ");
  };
  expect(await warned({ "app/package.json": "{}" })).toContain("heroku/nodejs");
  expect(await warned({ "app/package.json": "{}", "app/node_modules/": "" })).toBe("");
  expect(await warned({ "app/package.json": "{}", "bin/npm": "" })).toBe("");
  expect(await warned({ "app/": "" })).toBe("");
});
