import { expect, test } from "vitest";
import { readSlugNeeds } from "../../../../src/classic/adapter/slug-needs.ts";
import { makeTree } from "../../../support/tree.ts";

const lockfile = (gems: string) => `GEM\n  specs:\n${gems}\nPLATFORMS\n  ruby\n`;

test("reads the needs of an app from its lockfile and its files", async () => {
  const app = await makeTree({
    "Gemfile.lock": lockfile("    activerecord (4.0.13)\n    pg (0.21.0)\n    railties (4.0.13)\n"),
    "package.json": "{}",
    "bin/rails": "",
  });
  expect(await readSlugNeeds(app)).toEqual({
    node: true,
    databaseYml: expect.stringContaining("DATABASE_URL"),
    addons: ["heroku-postgresql"],
    testCommand: "bin/rails test",
  });
});

test("reads gems.locked beside gems.rb, as Bundler does", async () => {
  const app = await makeTree({
    "gems.rb": "",
    "gems.locked": lockfile("    pg (0.21.0)\n"),
    "Gemfile.lock": lockfile("    rack (3.2.0)\n"),
  });
  expect(await readSlugNeeds(app)).toMatchObject({ addons: ["heroku-postgresql"] });
});

test("a lockfile that cannot be parsed gives no needs", async () => {
  const app = await makeTree({ "Gemfile.lock": "<<<<<<< HEAD\n" });
  expect(await readSlugNeeds(app)).toEqual({
    node: false,
    databaseYml: undefined,
    addons: [],
    testCommand: undefined,
  });
});
