import { expect, test } from "vitest";
import { chooseMeasurements } from "../../bench/choose.ts";

test("measures everything unless one thing is named", () => {
  const { others, scenarios } = chooseMeasurements(undefined);
  expect(others).toEqual(["lockfile", "detect", "launch"]);
  expect(scenarios.map(({ name }) => name)).toEqual([
    ...["cold", "unchanged", "controller", "stylesheet", "gem", "ruby"],
    ...["cold-store", "lost-cache"],
  ]);
});

test.each([
  ["gem", [], ["gem"]],
  ["detect", ["detect"], []],
  ["gem,detect,cold", ["detect"], ["cold", "gem"]],
])("measures only %s", (only, others, names) => {
  const chosen = chooseMeasurements(only);
  expect(chosen.others).toEqual(others);
  expect(chosen.scenarios.map(({ name }) => name)).toEqual(names);
});

test.each(["warm", "gem,warm"])("refuses %s, and lists the names that it knows", (only) => {
  expect(() => chooseMeasurements(only)).toThrow(/--only warm.*lockfile, .*cold-store/);
});
