import { stripVTControlCharacters } from "node:util";
import { createPrinter, type Printer } from "../output/printer.ts";
import { createStyle } from "../output/style.ts";
import { systemClock } from "../system/clock.ts";

const colour = process.stdout.isTTY && !process.env["NO_COLOR"];
const style = createStyle(colour);
// Buildpacks always colour their output, because a platform cannot tell them whether to.
const shown = (text: string) => (colour ? text : stripVTControlCharacters(text));

export const toStdout = (text: string) => void process.stdout.write(shown(text));
export const toStderr = (text: string) => void process.stderr.write(shown(text));

/** Prints for a person at a terminal, without colour if standard output is not one. */
export function printerTo(write: (text: string) => void, debug = false): Printer {
  return createPrinter({ write, style, clock: systemClock, debug });
}
