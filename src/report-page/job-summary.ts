import { commandLine, formatBytes } from "../output/build-summary.ts";
import { formatDuration } from "../output/printer.ts";
import { printable } from "./html.ts";
import { isKept } from "./layers.ts";
import type { ShownImage, ShownLayer, ShownReport } from "./report.ts";
import { fateOf, reasonsOf } from "./words.ts";

/** The facts of a report in Markdown, for the page of a CI job. What comes from the app cannot be markup. */
export function jobSummary(report: ShownReport): string {
  const { app, durations, layers, gems, image, warnings } = report;
  const present = layers.filter(({ fate }) => fate !== "removed");
  const parts = [
    `## Build of ${literal(app)}`,
    `Built in ${formatDuration(durations.total)}. Kept ${present.filter(isKept).length} of ${present.length} layers.`,
    ...(image ? [pushLine(image)] : []),
    ...warnings.slice(0, mostRows).map(({ text }) => `> [!WARNING]\n> ${literal(text)}`),
    layerTable(layers),
    ...(gems.length > 0 ? [gemTable(gems)] : []),
    ...(report.processes.length > 0 ? [processTable(report)] : []),
  ];
  return `${parts.join("\n\n")}\n\n`;
}

const mostRows = 50;
const shownGems = 10;
const mostCharacters = 500;

function pushLine({ newBytes, reusedBytes, digest }: ShownImage): string {
  const known = formatBytes(reusedBytes);
  return `A registry that has the last image gets ${formatBytes(newBytes)}, and has ${known} already. Digest: ${code(digest)}`;
}

function layerTable(layers: readonly ShownLayer[]): string {
  return table(
    ["Layer", "Size", "What happened"],
    layers.map((layer) => {
      const reasons = reasonsOf(layer);
      const because = reasons === undefined ? "" : `, because ${literal(reasons)}`;
      return [literal(layer.name), formatBytes(layer.bytes), `${fateOf(layer)}${because}`];
    }),
  );
}

function gemTable(gems: ShownReport["gems"]): string {
  const largest = gems.toSorted((a, b) => b.bytes - a.bytes).slice(0, shownGems);
  const title = `Largest of ${gems.length} gems`;
  return table(
    [title, "Size"],
    largest.map(({ name, version, bytes }) => [literal(`${name} ${version}`), formatBytes(bytes)]),
  );
}

function processTable({ processes, defaultProcess }: ShownReport): string {
  return table(
    ["Process", "Command"],
    processes.map((process) => {
      const mark = process.type === defaultProcess ? " (default)" : "";
      return [`${literal(process.type)}${mark}`, code(commandLine(process))];
    }),
  );
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const more = rows.length > mostRows ? `\n\nAnd ${rows.length - mostRows} more.` : "";
  const shown = rows.slice(0, mostRows).map(line);
  return [line(titles), line(titles.map(() => "---")), ...shown].join("\n") + more;
}

function code(text: string): string {
  return `<code>${literal(text)}</code>`;
}

/** Text in one line in which no character has a meaning in Markdown or HTML. */
function literal(text: string): string {
  return (
    printable(text.slice(0, mostCharacters))
      .replace(/\s+/g, " ")
      .replace(/[^\p{L}\p{N} ,;/%]/gu, (character) => `&#${character.codePointAt(0)};`)
      // GitHub makes links of addresses even where `@` is written like this. U+200B ends the address.
      .replaceAll("&#64;", "&#64;&#8203;")
  );
}
