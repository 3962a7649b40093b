import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { scenarios } from "../../bench/builds/scenarios.ts";
import { makeTree } from "../../support/tree.ts";

const sample = join(import.meta.dirname, "../../../samples/rails");
const ruby = { from: "3.3.8", to: "3.4.5" };

/** A copy of the Rails sample after the change of a scenario, and which lines the change has added. */
async function changed(name: string) {
  const app = join(await makeTree(), "app");
  await cp(sample, app, { recursive: true });
  const reason = await scenarios.find((scenario) => scenario.name === name)?.change?.(app, ruby);
  expect(reason).toBeUndefined();
  return async (file: string) => {
    const old = (await readFile(join(sample, file), "utf8")).split("\n");
    const lines = (await readFile(join(app, file), "utf8")).split("\n");
    return lines.filter((line) => line !== "" && !old.includes(line));
  };
}

test("the sample has what each scenario changes", async () => {
  const controller = await changed("controller");
  expect(await controller("app/controllers/application_controller.rb")).toEqual([
    "# One more line",
  ]);
  const stylesheet = await changed("stylesheet");
  expect(await stylesheet("app/assets/stylesheets/application.css")).toEqual([
    ".one-more-line { display: block; }",
  ]);
  const gem = await changed("gem");
  expect(await gem("Gemfile")).toEqual(['gem "paint"']);
  expect(await gem("Gemfile.lock")).toEqual(["    paint (2.3.0)", "  paint"]);
});

test("a newer Ruby is named by each file that names a Ruby, and nothing else changes", async () => {
  const added = await changed("ruby");
  expect(await added(".ruby-version")).toEqual(["ruby-3.4.5"]);
  expect(await added("Gemfile.lock")).toEqual(["   ruby 3.4.5"]);
  expect(await added("Gemfile")).toEqual([]);
});

test("a scenario that the app has nothing for says so", async () => {
  const app = await makeTree({ Gemfile: "" });
  const stylesheet = scenarios.find(({ name }) => name === "stylesheet");
  expect(await stylesheet?.change?.(app, ruby)).toMatch(/the app has no app\/assets/);
});
