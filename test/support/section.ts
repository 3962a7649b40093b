import type { Section } from "../../src/output/printer.ts";

/** A section that keeps what is said in it, a line each, warnings marked with `!`. */
export function recordSection(): Section & { lines: string[] } {
  const lines: string[] = [];
  const keep = (text: string) => void lines.push(text);
  return {
    lines,
    say: keep,
    detail: keep,
    output: keep,
    debug: () => {},
    warn: (...texts) => texts.forEach((text) => keep(`! ${text}`)),
    layer: () => {},
    timed: async (text, work) => {
      keep(text);
      return await work(() => {});
    },
  };
}
