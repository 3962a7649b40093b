import { expect, test } from "vitest";
import { toBinding } from "../../../src/cnb/bindings.ts";
import { fuzz, pathTokens, texts, timeout } from "../../support/fuzz/fuzz.ts";

test("bindings", { timeout }, async () => {
  const seeds = texts("postgresql\n", "ca-certificates", "url: x\r\n\0");
  await fuzz(seeds, pathTokens, (input) => {
    const half = Math.floor(input.length / 2);
    const text = (start: number, end?: number) => input.subarray(start, end).toString();
    const files = new Map([
      ["type", text(0, half)],
      ["provider", text(half)],
      [text(half).replaceAll(/[/\0]/g, ""), text(0)],
    ]);
    const binding = toBinding("one", files);
    if (binding && binding.type.trim() === "") expect.fail("a binding without a type");
  });
});
