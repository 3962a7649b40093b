import { Command, type Option } from "@commander-js/extra-typings";

/**
 * A command of `lapidary`, with the settings that all commands share: it throws instead of exiting,
 * takes its help texts from its definition, and wraps them at 100 columns.
 */
export function createCommand(name: string): Command {
  return new Command(name)
    .exitOverride()
    .showSuggestionAfterError(true)
    .configureHelp({ optionDescription: describeOption })
    .configureOutput({ getOutHelpWidth: () => 100, outputError: () => {} })
    .helpOption("-h, --help", "print this help");
}

/** What is off or empty by default needs no mention. */
function describeOption({ description, defaultValue, defaultValueDescription }: Option): string {
  if (typeof defaultValue !== "string" && typeof defaultValue !== "number") return description;
  return `${description} (default: ${defaultValueDescription ?? defaultValue})`;
}

/** The `Examples:` at the end of a command's help: a command line and what it does, in two columns. */
export function examples(lines: Readonly<Record<string, string>>): string {
  const width = Math.max(...Object.keys(lines).map((line) => line.length));
  const rows = Object.entries(lines).map(([line, text]) => `  ${line.padEnd(width)}  # ${text}`);
  return ["", "Examples:", ...rows].join("\n");
}
