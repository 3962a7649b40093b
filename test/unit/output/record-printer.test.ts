import { expect, test } from "vitest";
import { createPrinter } from "../../../src/output/printer.ts";
import { recordPrinter } from "../../../src/output/record-printer.ts";
import { createStyle } from "../../../src/output/style.ts";

function prepare() {
  let time = 0;
  let log = "";
  const clock = { now: () => time, today: () => "2026-01-01" };
  const write = (text: string) => (log += text);
  const plain = createPrinter({ write, style: createStyle(true), clock, debug: false });
  return { ...recordPrinter(plain, clock), pass: (ms: number) => (time += ms), log: () => log };
}

test("keeps sections with their times, notes, warnings, commands and decisions, and prints them", async () => {
  const { printer, facts, pass, log } = prepare();
  pass(100);
  await printer.section("Gems", async (section) => {
    section.say("Installing, because `Gemfile.lock` changed");
    section.layer("gems", ["`Gemfile.lock` changed"]);
    await section.timed("Running `bundle install`", async () => await Promise.resolve(pass(250)));
    section.warn("It is old.", "Update it.");
    section.debug("nothing for a report");
  });
  expect(facts()).toEqual({
    steps: [
      {
        title: "Gems",
        start: 100,
        duration: 250,
        commands: [{ text: "Running `bundle install`", start: 100, duration: 250, failed: false }],
        notes: ["Installing, because `Gemfile.lock` changed"],
        warnings: ["It is old.\nUpdate it."],
      },
    ],
    layers: [{ name: "gems", because: ["`Gemfile.lock` changed"] }],
  });
  expect(log()).toContain("bundle install");
  expect(log()).toContain("It is old.");
});

test("sections that are open at the same time overlap, whatever is printed first", async () => {
  const { printer, facts, pass } = prepare();
  await printer.section("Ruby", async () => {
    pass(10);
    await printer.section("jemalloc", async () => void (await Promise.resolve(pass(20))));
    pass(5);
  });
  expect(facts().steps).toMatchObject([
    { title: "Ruby", start: 0, duration: 35 },
    { title: "jemalloc", start: 10, duration: 20 },
  ]);
});

test("a command that fails is marked, and its error goes on", async () => {
  const { printer, facts } = prepare();
  const work = printer.section("Assets", async (section) => {
    await section.timed("Running `rake`", async () => await Promise.reject(new Error("no")));
  });
  await expect(work).rejects.toThrow("no");
  expect(facts().steps[0]?.commands).toMatchObject([{ failed: true }]);
});

test("keeps no secret of a URL, no colour, and no more than a part of a long text", async () => {
  const { printer, facts } = prepare();
  await printer.section("Gems", async (section) => {
    section.say("From https://user:secret@gems.example/ \u001B[31mred\u001B[0m");
    section.say("x".repeat(100_000));
    await Promise.resolve();
  });
  const [first, second] = facts().steps[0]?.notes ?? [];
  expect(first).toBe("From https://***@gems.example/ red");
  expect(second?.length).toBeLessThan(2000);
});
