import picocolors from "picocolors";

/** Colour as a value: made once in `main` and passed in, so that no room guesses at a terminal. */
export interface Style {
  header(text: string): string;
  value(text: string): string;
  dim(text: string): string;
  warning(text: string): string;
  error(text: string): string;
}

/** Colour is on unless `NO_COLOR` is set: a build's output is always piped, and is read in colour. */
export function createStyle(colour: boolean): Style {
  const colours = picocolors.createColors(colour);
  return {
    header: (text) => colours.bold(colours.magenta(text)),
    value: (text) => colours.yellow(text),
    dim: (text) => colours.dim(text),
    warning: (text) => colours.yellow(text),
    error: (text) => colours.red(text),
  };
}
