import { describe, expect, test } from "vitest";
import { standInVariables } from "../../../src/ruby/stand-in-variables.ts";
import { lockedWith } from "../../support/builds/locked.ts";

const throwawayKey = "f00d";
const standIns = (gems: Record<string, string>, env: Record<string, string> = {}) =>
  standInVariables({ locked: lockedWith(gems), env, throwawayKey });

describe("a key for the time of precompilation", () => {
  test.each([
    ["8.1.4", { SECRET_KEY_BASE_DUMMY: "1" }],
    ["7.1.0", { SECRET_KEY_BASE_DUMMY: "1" }],
    ["7.1.0.rc1", { SECRET_KEY_BASE_DUMMY: "1" }],
    ["7.0.8", { SECRET_KEY_BASE: "f00d" }],
  ])("Rails %s", (railties, variables) => {
    expect(standIns({ railties })).toEqual(variables);
  });

  test("is not made where the user gave one, and an empty one is none", () => {
    expect(standIns({ railties: "8.1.4" }, { SECRET_KEY_BASE: "mine" })).toEqual({});
    expect(standIns({ railties: "8.1.4" }, { SECRET_KEY_BASE_DUMMY: "1" })).toEqual({});
    expect(standIns({ railties: "8.1.4" }, { SECRET_KEY_BASE: "" })).toEqual({
      SECRET_KEY_BASE_DUMMY: "1",
    });
  });

  test("is made where the user asks for Rails' own, which a Rails before 7.1 does not have", () => {
    const env = { SECRET_KEY_BASE_DUMMY: "1" };
    expect(standIns({ railties: "7.0.10" }, env)).toEqual({ SECRET_KEY_BASE: "f00d" });
  });

  test("is for Rails alone", () => {
    expect(standIns({ rack: "3.1.8" })).toEqual({});
  });
});

describe("a database for the time of precompilation", () => {
  test.each([
    ["pg", "postgresql"],
    ["mysql2", "mysql2"],
    ["trilogy", "trilogy"],
    ["activerecord-jdbcpostgresql-adapter", "postgresql"],
  ])("%s", (gem, scheme) => {
    const url = `${scheme}://user:password@127.0.0.1/none`;
    expect(standIns({ [gem]: "1.0" })).toEqual({ DATABASE_URL: url });
  });

  test("PostGIS goes before the driver that it uses", () => {
    const { DATABASE_URL } = standIns({ pg: "1.5", "activerecord-postgis-adapter": "11.0" });
    expect(DATABASE_URL).toMatch(/^postgis:/);
  });

  test("is not made where one is set, or where the lockfile has no driver of a server", () => {
    expect(standIns({ pg: "1.5" }, { DATABASE_URL: "postgresql://db/shop" })).toEqual({});
    expect(standIns({ sqlite3: "2.1" })).toEqual({});
  });
});
