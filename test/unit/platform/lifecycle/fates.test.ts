import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makePlatform } from "../../../support/local-platform.ts";
import { makeBuildpack } from "../../../support/tiny-buildpack.ts";

/** What becomes of the layers in a second build, by their names. */
async function fates(first: string, second: string): Promise<Record<string, string>> {
  const platform = await makePlatform();
  await platform.build([await makeBuildpack({ build: first })]);
  const { report } = await platform.build([await makeBuildpack({ build: second })]);
  return Object.fromEntries(report.layers.map(({ name, fate }) => [name, fate]));
}

const write = (text: string) => `echo ${text} > "$CNB_LAYERS_DIR/l/file"`;

describe("the fate of a layer", () => {
  test.each([
    ["created", "", `layer l launch; ${write("x")}`],
    ["reused", `layer l launch cache; ${write("x")}`, "types l launch cache"],
    ["reused", `layer l launch; ${write("x")}`, `layer l launch; ${write("x")}`],
    ["changed", `layer l launch cache; ${write("x")}`, `types l launch cache; ${write("y")}`],
    ["changed", `layer l launch; ${write("x")}`, `layer l launch; ${write("y")}`],
    ["removed", `layer l launch cache; ${write("x")}`, ""],
    ["temporary", "", `layer l build; ${write("x")}`],
  ])("is `%s` after [%s] and [%s]", async (fate, first, second) => {
    expect(await fates(first, second)).toEqual({ l: fate });
  });

  test("a restored layer keeps its digest; one that was written to gets a new one", async () => {
    const platform = await makePlatform();
    const digest = async () =>
      /sha256:[0-9a-f]+/.exec(await readFile(join(platform.current, "cache.json"), "utf8"))?.[0];
    await platform.build([await makeBuildpack({ build: `layer l cache; ${write("x")}` })]);
    const first = await digest();
    await platform.build([await makeBuildpack({ build: "types l cache" })]);
    expect(await digest()).toBe(first);
    await platform.build([await makeBuildpack({ build: `types l cache; ${write("y")}` })]);
    expect(await digest()).not.toBe(first);
  });

  test("the report has the duration of each phase in whole milliseconds", async () => {
    const platform = await makePlatform();
    const { report } = await platform.build([await makeBuildpack()]);
    expect(Object.keys(report.durations)).toEqual([
      "prepare",
      "detect",
      "restore",
      "build",
      "store",
      "tidy",
      "total",
    ]);
    for (const time of Object.values(report.durations)) expect(Number.isInteger(time)).toBe(true);
  });
});
