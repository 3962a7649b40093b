import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  addonsFor,
  databaseYmlFor,
  runsJavascript,
  testCommandFor,
} from "../../../src/ruby/slug-conventions.ts";
import { lockedWith } from "../../support/builds/locked.ts";
import { makeTree } from "../../support/tree.ts";

test("an app with a PostgreSQL driver gets a database", () => {
  expect(addonsFor(lockedWith({ pg: "1.5.9" }))).toEqual(["heroku-postgresql"]);
  expect(addonsFor(lockedWith({ mysql2: "0.5.6" }))).toEqual([]);
});

test("an app whose gems run JavaScript needs a runtime", () => {
  expect(runsJavascript(lockedWith({ execjs: "2.10.0" }))).toBe(true);
  expect(runsJavascript(lockedWith({ propshaft: "1.1.0" }))).toBe(false);
});

test.each([
  [{ "rspec-core": "3.13.0", railties: "8.0.0" }, "bundle exec rspec"],
  [{ railties: "8.0.0" }, "bin/rails test"],
  [{ rake: "13.2.1" }, "bundle exec rake test"],
  [{ rack: "3.1.0" }, undefined],
])("the tests of an app with %j are run with %j", (gems, command) => {
  expect(testCommandFor(lockedWith(gems), { binRails: true, rakefile: true })).toBe(command);
});

test("without bin/rails or a Rakefile, they are not used", () => {
  const has = { binRails: false, rakefile: false };
  expect(testCommandFor(lockedWith({ railties: "5.0.0" }), has)).toBe("bundle exec rails test");
  expect(testCommandFor(lockedWith({ rake: "13.2.1" }), has)).toBeUndefined();
});

describe("databaseYmlFor", () => {
  test.each([
    ["4.0.13", true],
    ["3.2.22", true],
    ["4.1.0.beta1", false],
    ["4.1.0", false],
    ["8.1.4", false],
  ])("Active Record %s: %s", (version, needed) => {
    const yml = databaseYmlFor(lockedWith({ activerecord: version }));
    expect(yml !== undefined).toBe(needed);
  });

  test("an app without Active Record needs none", () => {
    expect(databaseYmlFor(lockedWith({ railties: "4.0.13" }))).toBeUndefined();
  });

  const hasRuby = tryRuby() !== undefined;

  test.for<[url: string, settings: object]>([
    [
      "postgres://me:p%40ss+w@db.example.com:5433/shop?pool=7&sslmode=require",
      {
        adapter: "postgresql",
        database: "shop",
        host: "db.example.com",
        password: "p@ss+w",
        pool: 7,
        port: 5433,
        sslmode: "require",
        username: "me",
      },
    ],
    ["mysql2://db/shop", { adapter: "mysql2", database: "shop", host: "db" }],
    ["", {}],
  ])("as Ruby reads it with DATABASE_URL %j", async ([url, settings], { skip }) => {
    skip(!hasRuby, "ruby is not installed");
    const root = await makeTree({ "database.yml": databaseYmlFor(rails40) ?? "" });
    const script = 'require "erb"; require "json"; require "yaml"; path = ARGV[0]';
    const print = "print YAML.load(ERB.new(File.read(path)).result).to_json";
    const args = ["-e", `${script}; ${print}`, join(root, "database.yml")];
    const env = { PATH: process.env["PATH"] ?? "", DATABASE_URL: url, RAILS_ENV: "staging" };
    const output = execFileSync("ruby", args, { encoding: "utf8", env });
    expect(JSON.parse(output)).toEqual({ staging: settings });
  });
});

const rails40 = lockedWith({ activerecord: "4.0.13" });

function tryRuby(): string | undefined {
  try {
    return execFileSync("ruby", ["-v"], { encoding: "utf8", stdio: "pipe" });
  } catch {
    return undefined;
  }
}
