import { createPrinter, type Printer } from "../output/printer.ts";
import { createStyle } from "../output/style.ts";
import { isDebug } from "../settings.ts";
import { systemClock } from "../system/clock.ts";

/** Prints for a build log: in colour even if nobody looks at it, because platforms pass it on. */
export function phasePrinter(stream: NodeJS.WritableStream = process.stdout): Printer {
  return createPrinter({
    write: (text) => stream.write(text),
    style: createStyle(!process.env["NO_COLOR"]),
    clock: systemClock,
    debug: isDebug(process.env["BP_LOG_LEVEL"]),
  });
}
