import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readProjectDescriptor } from "../../../../src/platform/inputs/project-descriptor.ts";
import { failureOf } from "../../../support/failure.ts";
import { makeTree } from "../../../support/tree.ts";

const nothing = { include: [], exclude: [], env: {}, group: [], pre: [], post: [] };

const read = async (text: string) =>
  await readProjectDescriptor(join(await makeTree({ "project.toml": text }), "project.toml"));

describe("Project Descriptor", () => {
  test("asks for nothing without a file, or in a file about other things", async () => {
    expect(await readProjectDescriptor(join(await makeTree(), "project.toml"))).toEqual(nothing);
    expect(await read('[project]\nid = "x"\n[com.example]\nkey = 1\n')).toEqual(nothing);
    expect(await read('[_]\nschema-version = "0.2"\nname = "x"\n')).toEqual(nothing);
  });

  test("reads schema 0.2", async () => {
    const text = `
      [_]
      schema-version = "0.2"
      [io.buildpacks]
      builder = "example/builder"
      exclude = ["*.log", "!keep.log"]
      [[io.buildpacks.group]]
      uri = "./mine"
      [[io.buildpacks.group]]
      id = "inline/one"
      [io.buildpacks.group.script]
      api = "0.10"
      inline = "true"
      [[io.buildpacks.pre.group]]
      id = "first/one"
      version = "1.2.3"
      [[io.buildpacks.post.group]]
      uri = "docker://example/last"
      [[io.buildpacks.build.env]]
      name = "A"
      value = "1"`;
    expect(await read(text)).toEqual({
      include: [],
      exclude: ["*.log", "!keep.log"],
      env: { A: "1" },
      group: [
        { uri: "./mine", inline: false },
        { id: "inline/one", inline: true },
      ],
      pre: [{ id: "first/one", version: "1.2.3", inline: false }],
      post: [{ uri: "docker://example/last", inline: false }],
    });
  });

  test("reads schema 0.3: an entry may be for some execution environments only", async () => {
    const text = `
      [_]
      schema-version = "0.3"
      [[io.buildpacks.group]]
      uri = "./mine"
      exec-env = ["production"]
      [[io.buildpacks.pre.group]]
      id = "first/one"
      exec-env = ["test"]
      [[io.buildpacks.build.env]]
      name = "A"
      value = "1"
      exec-env = ["test", "production"]
      [[io.buildpacks.build.env]]
      name = "B"
      value = "2"
      exec-env = ["test"]
      [[io.buildpacks.env.build]]
      name = "C"
      value = "a spelling of 0.2"`;
    expect(await read(text)).toEqual({
      ...nothing,
      env: { A: "1" },
      group: [{ uri: "./mine", inline: false }],
    });
    const app = await makeTree({ "project.toml": text });
    expect(await readProjectDescriptor(join(app, "project.toml"), "test")).toEqual({
      ...nothing,
      env: { A: "1", B: "2" },
      pre: [{ id: "first/one", inline: false }],
    });
  });

  test("reads schema 0.1, which needs no version", async () => {
    const text = `
      [build]
      include = ["app"]
      [[build.buildpacks]]
      id = "lapidary/ruby"
      [[build.env]]
      name = "A"
      value = "1"`;
    const expected = {
      ...nothing,
      include: ["app"],
      env: { A: "1" },
      group: [{ id: "lapidary/ruby", inline: false }],
    };
    expect(await read(text)).toEqual(expected);
    expect(await read(`[_]\nschema-version = "0.1"\n${text}`)).toEqual(expected);
  });

  test("does not mix the two schemas", async () => {
    const text = '[_]\nschema-version = "0.2"\n[build]\nexclude = ["x"]\n';
    expect(await read(text)).toEqual(nothing);
  });

  test("reads the older spelling of build variables, and the newer one wins", async () => {
    const text = `
      [_]
      schema-version = "0.2"
      [[io.buildpacks.env.build]]
      name = "A"
      value = "old"
      [[io.buildpacks.env.build]]
      name = "B"
      value = "old"
      [[io.buildpacks.build.env]]
      name = "A"
      value = "new"`;
    expect((await read(text)).env).toEqual({ A: "new", B: "old" });
  });

  test.each([
    ["text that is no TOML", "a = ", "project.toml"],
    ["a version that nobody knows", '[_]\nschema-version = "9.0"\n', "9.0"],
    ["include together with exclude", '[build]\ninclude = ["a"]\nexclude = ["b"]\n', "include"],
    ["a variable without a value", '[[build.env]]\nname = "A"\n', "value"],
    ["a buildpack without a name", '[[build.buildpacks]]\nversion = "1"\n', "needs `id` or `uri`"],
    [
      "a version of a buildpack that is given by its place",
      '[[build.buildpacks]]\nuri = "a"\nversion = "1"\n',
      "has `uri` or `version`",
    ],
    ["patterns that are no list", '[build]\nexclude = "a"\n', "exclude"],
  ])("refuses %s", async (_, text, words) => {
    const failure = await failureOf(read(text));
    expect(failure).toMatchObject({ code: "platform/project-invalid" });
    expect(JSON.stringify(failure)).toContain(words);
  });
});
