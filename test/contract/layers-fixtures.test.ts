import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { missingRecordings, versionOf } from "../../scripts/layers-fixtures/missing-for-release.ts";
import { fixtureNames, readFixture, recordedLayers } from "../support/builds/layers-fixture.ts";
import { meetLayers } from "../support/builds/meet-layers.ts";

const checkout = resolve(import.meta.dirname, "../..");
const names = await fixtureNames();

describe("what earlier builds left in users' caches", () => {
  test.each(names)("%s: each layer is kept or rebuilt as expected", async (name) => {
    const fixture = await readFixture(name);
    expect(await meetLayers(fixture)).toEqual(fixture.layers);
  });

  test.each(names)("%s: every layer has an expectation", async (name) => {
    const fixture = await readFixture(name);
    expect(Object.keys(fixture.layers).sort()).toEqual(await recordedLayers(fixture));
  });

  test("there are recordings", () => {
    expect(names.length).toBeGreaterThan(5);
  });

  test("this version has a recording of every story", async () => {
    expect(await missingRecordings(checkout, await versionOf(checkout))).toEqual([]);
  });
});
