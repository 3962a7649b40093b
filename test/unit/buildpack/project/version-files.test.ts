import { expect, test } from "vitest";
import { readVersionFiles } from "../../../../src/buildpack/project/version-files.ts";
import { makeTree } from "../../../support/tree.ts";

test.each([
  ['[tools]\nruby = "3.3.8"\n', "3.3.8"],
  ['[tools]\nnode = "22"\nruby = ["3.3.8", "3.2"]\n', "3.3.8"],
  ['[tools]\nruby = { version = "3.3.8", postinstall = "x" }\n', "3.3.8"],
  ['[tools]\nnode = "22"\n', undefined],
  ["not TOML", undefined],
])("mise.toml: %j", async (text, expected) => {
  const app = await makeTree({ "mise.toml": text, "server/Gemfile": "" });
  expect((await readVersionFiles(app, `${app}/server`)).miseRuby).toBe(expected);
});
