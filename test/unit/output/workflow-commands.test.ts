import { expect, test } from "vitest";
import { workflowCommandFilter } from "../../../src/output/workflow-commands.ts";

const commands = [
  "::add-mask::x\n",
  "      ::set-output name=a::b\n",
  "text\r::set-output name=a::b",
  "! in a message: ##[set-output name=a]b\n",
];

test.each(commands)("no piece of %j is a command", (text) => {
  for (let size = 1; size <= text.length; size += 1) {
    const filter = workflowCommandFilter();
    const pieces = text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
    const printed = pieces.map(filter).join("");
    expect(printed).not.toMatch(/^\s*::|##\[/m);
    expect(printed.replaceAll("\u200B", "")).toBe(text);
  }
});

test("other text stays as it is", () => {
  const text = "  - Rails::Engine ::X, a: : b\n## [1]\n\n  : a\n{ b:: c }\n";
  for (const size of [1, 3, text.length]) {
    const filter = workflowCommandFilter();
    const pieces = text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
    expect(pieces.map(filter).join("").replaceAll("\u200B", "")).toBe(text);
  }
  expect(workflowCommandFilter()(text)).toBe(text);
});
