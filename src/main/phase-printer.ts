import { createPrinter, type Printer } from "../output/printer.ts";
import { createStyle } from "../output/style.ts";
import { systemClock } from "../system/clock.ts";

/** Prints as a buildpack prints: on standard output, and coloured whoever reads it. */
export function phasePrinter(): Printer {
  return createPrinter({
    write: (text) => process.stdout.write(text),
    style: createStyle(!process.env["NO_COLOR"]),
    clock: systemClock,
    debug: process.env["BP_LOG_LEVEL"] === "debug",
  });
}
