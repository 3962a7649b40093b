import { describe, expect, test } from "vitest";
import { holdOutput, quietly } from "../../../src/output/quiet-output.ts";

const log = ["- Ruby\n  - Inst", "alling\n  \u001b[33m! Ruby 3.1 is old\u001b[0m\n", "- Gems\n"];

describe("quiet output", () => {
  test("of work that succeeds is its warnings", async () => {
    expect(await printedBy(async (write) => log.forEach(write))).toBe(
      "\u001b[33m! Ruby 3.1 is old\u001b[0m\n",
    );
    expect(await printedBy(async (write) => write("- Ruby\n"))).toBe("");
    const ofPlatform = "Warning: layer a:b is not cached, because it has no contents\n";
    expect(await printedBy(async (write) => write(ofPlatform))).toBe(ofPlatform);
  });

  test("of work that fails is the whole log, and the failure is thrown", async () => {
    const failing = async (write: (text: string) => void) => {
      log.forEach(write);
      return await Promise.reject(new Error("no"));
    };
    let printed = "";
    await expect(quietly((text) => (printed += text), failing)).rejects.toThrow("no");
    expect(printed).toBe(log.join(""));
  });

  test("of an endless log is its end", () => {
    const held = holdOutput();
    for (let line = 0; line < 300_000; line += 1) held.write(`  ! line ${line}\n`);
    expect(held.log().length).toBeLessThan(2 * 1024 ** 2 + 100);
    expect(held.log()).toMatch(/^\[the beginning of the log is left out\]\n/);
    expect(held.log()).toMatch(/line 299999\n$/);
    expect(held.warnings().match(/\n/g)).toHaveLength(1000);
  });

  test("of an endless line is its end", () => {
    const held = holdOutput();
    for (let part = 0; part < 5; part += 1) held.write("x".repeat(1024 ** 2));
    expect(held.log().length).toBeLessThan(2 * 1024 ** 2 + 100);
  });
});

async function printedBy(work: (write: (text: string) => void) => Promise<void>): Promise<string> {
  let printed = "";
  await quietly((text) => (printed += text), work);
  return printed;
}
