import { setImmediate } from "node:timers/promises";
import { expect } from "vitest";
import { BuildpackError } from "../../../src/failure.ts";
import { ring } from "../world.ts";
import { mutations } from "./mutations.ts";

/** How many inputs each reader gets. */
export const inputs = { check: 300, test: 10_000, full: 1_000_000 }[ring];

/** The time that a test with so many inputs may take, in milliseconds. */
export const timeout = { check: 60_000, test: 180_000, full: 3_600_000 }[ring];

/** Seeds from texts. */
export const texts = (...all: string[]) => all.map((text) => Buffer.from(text));

/**
 * Gives a reader its inputs. What it throws must be a failure that users can read, and nothing that it
 * reads may change the prototypes that all objects share.
 */
export async function fuzz(
  seeds: readonly Buffer[],
  tokens: readonly string[],
  read: (input: Buffer) => unknown,
): Promise<void> {
  const all = mutations(seeds, [...tokens, ...commonTokens], 20_260_806);
  for (let count = 0; count < inputs; count += 1) {
    // Readers leave work for later, which would pile up in memory.
    if (count % 1000 === 0) await setImmediate();
    const input = all.next().value;
    try {
      const reading = read(input);
      if (reading instanceof Promise) await reading;
    } catch (error) {
      if (error instanceof BuildpackError) continue;
      throw new Error(`input ${count}: ${JSON.stringify(input.toString("latin1"))}`, {
        cause: error,
      });
    }
  }
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
}

const commonTokens = [
  ...["\n", "\r\n", " ", '"', "'", "=", ":", "__proto__", "constructor", "\u{1F600}"],
];

/** Tokens of TOML. */
export const tomlTokens = [
  ...["[", "]", "[[", "]]", "{", "}", '"""', "'''", "\\u0000", "\\x", "#", ".", ","],
  ...["nan", "1e999", "0b1"],
];

/** Tokens of paths. */
export const pathTokens = [
  "../",
  "..",
  "/",
  "//",
  "./",
  "\0",
  "x/../../y",
  "/proc/self/environ",
  "é",
];
