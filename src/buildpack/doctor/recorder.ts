import { stripVTControlCharacters } from "node:util";
import type { Diagnosis } from "../../output/diagnosis.ts";
import { oneLine, type Printer, type Section } from "../../output/printer.ts";
import { redact } from "../../output/redact.ts";

/** What the steps of a build have printed. */
export interface Recorded {
  printer: Printer;
  log: Diagnosis["log"];
  warnings: Diagnosis["warnings"];
}

/** A printer that keeps what it is told. Secrets, colours and line ends of values are removed. */
export function createRecorder(): Recorded {
  const log: Recorded["log"] = [];
  const warnings: Recorded["warnings"] = [];
  const nothing = () => {};
  return {
    log,
    warnings,
    printer: {
      header: nothing,
      plain: nothing,
      passOn: nothing,
      error: nothing,
      section: async (title, work) => {
        const lines: Recorded["log"][number]["lines"] = [];
        log.push({ title: clean(title), lines });
        return await work(recordingSection(clean(title), lines, warnings));
      },
    },
  };
}

/** A text as one line, without the passwords of URLs and without control characters. */
export function clean(text: string): string {
  return oneLine(harmless(text));
}

/** A value whose texts have neither passwords of URLs nor control characters other than line ends. */
export function printable<T>(value: T): T {
  const replace = (_key: string, part: unknown) =>
    typeof part === "string" ? harmless(part) : part;
  return JSON.parse(JSON.stringify(value), replace) as T;
}

function harmless(text: string): string {
  return redact(stripVTControlCharacters(text));
}

function recordingSection(
  title: string,
  lines: Recorded["log"][number]["lines"],
  warnings: Recorded["warnings"],
): Section {
  return {
    say: (text) => void lines.push({ kind: "line", text: clean(text) }),
    detail: (text) => void lines.push({ kind: "detail", text: clean(text) }),
    output: () => {},
    debug: () => {},
    warn: (...texts) => {
      if (texts.length === 0) return;
      for (const text of texts) lines.push({ kind: "warning", text: clean(text) });
      warnings.push({ topic: title, lines: texts.map(clean) });
    },
    layer: () => {},
    timed: async (_text, work) => await work(() => {}),
  };
}
