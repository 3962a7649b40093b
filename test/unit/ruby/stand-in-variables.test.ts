import { describe, expect, test } from "vitest";
import { standInVariables } from "../../../src/ruby/stand-in-variables.ts";
import { lockedWith } from "../../support/builds/locked.ts";

const throwawayKey = "f00d";
const standIns = (gems: Record<string, string>, env: Record<string, string> = {}) =>
  standInVariables({ locked: lockedWith(gems), env, throwawayKey });

describe("a secret key for precompilation", () => {
  test.each([
    ["8.1.4", { SECRET_KEY_BASE_DUMMY: "1" }],
    ["7.1.0", { SECRET_KEY_BASE_DUMMY: "1" }],
    ["7.1.0.rc1", { SECRET_KEY_BASE_DUMMY: "1" }],
    ["7.0.8", { SECRET_KEY_BASE: "f00d" }],
  ])("Rails %s", (railties, variables) => {
    expect(standIns({ railties })).toEqual(variables);
  });

  test("is not set if the user sets one that is not empty", () => {
    expect(standIns({ railties: "8.1.4" }, { SECRET_KEY_BASE: "mine" })).toEqual({});
    expect(standIns({ railties: "8.1.4" }, { SECRET_KEY_BASE_DUMMY: "1" })).toEqual({});
    expect(standIns({ railties: "8.1.4" }, { SECRET_KEY_BASE: "" })).toEqual({
      SECRET_KEY_BASE_DUMMY: "1",
    });
  });

  test("is set even if SECRET_KEY_BASE_DUMMY is set, before Rails 7.1", () => {
    const env = { SECRET_KEY_BASE_DUMMY: "1" };
    expect(standIns({ railties: "7.0.10" }, env)).toEqual({ SECRET_KEY_BASE: "f00d" });
  });

  test("is only for Rails", () => {
    expect(standIns({ rack: "3.1.8" })).toEqual({});
  });
});

describe("a database for precompilation", () => {
  test.each([
    ["pg", "postgresql"],
    ["mysql2", "mysql2"],
    ["trilogy", "trilogy"],
    ["activerecord-jdbcpostgresql-adapter", "postgresql"],
  ])("%s", (gem, scheme) => {
    const url = `${scheme}://user:password@127.0.0.1/none`;
    expect(standIns({ [gem]: "1.0" })).toEqual({ DATABASE_URL: url });
  });

  test("PostGIS wins over its driver", () => {
    const { DATABASE_URL } = standIns({ pg: "1.5", "activerecord-postgis-adapter": "11.0" });
    expect(DATABASE_URL).toMatch(/^postgis:/);
  });

  test("is not set if the user sets one, or if the lockfile has no driver for a database server", () => {
    expect(standIns({ pg: "1.5" }, { DATABASE_URL: "postgresql://db/shop" })).toEqual({});
    expect(standIns({ sqlite3: "2.1" })).toEqual({});
  });
});
