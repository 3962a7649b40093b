import { expect, test } from "vitest";
import { hasContent, pushedLayers } from "../../bench/builds/read-report.ts";

const launch = { launch: true, cache: false };
const both = { launch: true, cache: true };

test.each([
  ["a launch layer that is new", { types: launch, fate: "created" }, true],
  [
    "a launch layer that was made again",
    { types: launch, fate: "reused", because: ["Ruby"] },
    true,
  ],
  ["a cached layer that was kept", { types: both, fate: "reused", because: [] }, true],
  ["a launch layer that was only kept as metadata", { types: launch, fate: "reused" }, false],
  [
    "a layer that is not in the image",
    { types: { launch: false, cache: true }, fate: "created" },
    false,
  ],
  ["a layer that was removed", { types: both, fate: "removed" }, false],
])("an exporter reads, or does not read: %s", (_, layer, read) => {
  expect(hasContent({ buildpack: "a", name: "b", ...layer })).toBe(read);
});

test("a push sends the layers that the last image does not have", () => {
  const layers = [
    { bytes: 100, reused: true },
    { bytes: 20, reused: false },
    { bytes: 3, reused: false },
  ];
  expect(pushedLayers({ image: { layers } })).toEqual({ layers: 2, bytes: 23 });
});
