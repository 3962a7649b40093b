import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { missingRecordings, versionOf } from "../../scripts/layers-fixtures/missing-for-release.ts";
import { readFixtures, recordedLayers } from "../support/layers-fixture.ts";
import { meetLayers } from "../support/meet-layers.ts";

const checkout = resolve(import.meta.dirname, "../..");
const fixtures = (await readFixtures()).map((fixture) => ({ name: fixture.name, fixture }));

describe("what earlier builds left in users' caches", () => {
  test.each(fixtures)("$name: each layer is kept or rebuilt as expected", async ({ fixture }) => {
    expect(await meetLayers(fixture)).toEqual(fixture.layers);
  });

  test.each(fixtures)("$name: every layer has an expectation", async ({ fixture }) => {
    expect(Object.keys(fixture.layers).sort()).toEqual(await recordedLayers(fixture));
  });

  test("this version has a recording of every story", async () => {
    expect(await missingRecordings(checkout, await versionOf(checkout))).toEqual([]);
  });
});
