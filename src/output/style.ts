import picocolors from "picocolors";

/** Colours. Created once in `src/main` and passed on, so that nothing else needs to know the terminal. */
export interface Style {
  header(text: string): string;
  value(text: string): string;
  dim(text: string): string;
  warning(text: string): string;
  error(text: string): string;
}

/** Builds use colour unless `NO_COLOR` is set: their output is always piped, but platforms show it in colour. */
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
