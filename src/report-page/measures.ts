import { formatBytes } from "../output/build-summary.ts";
import { formatDuration } from "../output/printer.ts";
import { type Html, markup } from "./html.ts";

/** A size for people, with the number of bytes for programs. */
export function size(bytes: number): Html {
  return markup`<data value="${bytes}">${formatBytes(bytes)}</data>`;
}

/** A duration for people, with the number of milliseconds for programs. */
export function duration(milliseconds: number): Html {
  return markup`<data value="${milliseconds}">${formatDuration(milliseconds)}</data>`;
}

/** A number that is shown as it is. */
export function number(value: number): Html {
  return markup`<data value="${value}">${value}</data>`;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** A bar from `from` to `to`, both parts of one whole. `text` describes it; without one, it only decorates. */
export function bar(from: number, to: number, text = "", kind = "plain"): Html {
  const x = within(from) * 1000;
  const width = Math.max(4, (within(to) - within(from)) * 1000);
  const fill = markup`<rect
    class="fill"
    x="${round(Math.min(x, 1000 - width))}"
    width="${round(width)}"
    height="10"
  />`;
  const shapes = markup`<rect class="track" width="1000" height="10" />${fill}`;
  const shape = markup`viewBox="0 0 1000 10" preserveAspectRatio="none"`;
  return text === ""
    ? markup`<svg class="bar ${kind}" ${shape} aria-hidden="true">${shapes}</svg>`
    : markup`<svg class="bar ${kind}" ${shape} role="img" aria-label="${text}">${shapes}</svg>`;
}

function within(part: number): number {
  return Number.isFinite(part) ? Math.min(1, Math.max(0, part)) : 0;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
