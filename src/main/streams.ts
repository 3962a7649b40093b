import { stripVTControlCharacters } from "node:util";
import { createPrinter, type Printer } from "../output/printer.ts";
import { createStyle } from "../output/style.ts";
import { workflowCommandFilter } from "../output/workflow-commands.ts";
import { systemClock } from "../system/clock.ts";

/** `NO_COLOR` and `FORCE_COLOR` decide if they are set, as in other programs; otherwise a terminal has colours. */
function hasColour(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return !["0", "false"].includes(FORCE_COLOR);
  return stream.isTTY;
}

// Buildpacks always colour their output, because a platform cannot tell them whether to.
function writerTo(stream: NodeJS.WriteStream): (text: string) => void {
  const colour = hasColour(stream);
  const isWorkflow = process.env["GITHUB_ACTIONS"] === "true";
  const filter = isWorkflow ? workflowCommandFilter() : (text: string) => text;
  return (text) => void stream.write(filter(colour ? text : stripVTControlCharacters(text)));
}

export const toStdout = writerTo(process.stdout);
export const toStderr = writerTo(process.stderr);

const style = createStyle(true);

/** Prints for a person at a terminal. `write` removes colours if its stream should have none. */
export function printerTo(write: (text: string) => void, debug = false): Printer {
  return createPrinter({ write, style, clock: systemClock, debug });
}
