import { shellQuote } from "../system/shell-quote.ts";
import { BuildpackError } from "../failure.ts";

/** What `bin/release` says of a compiled app. */
export interface Release {
  /** Commands by process type, each a line for `bash -c`. */
  processTypes: Readonly<Record<string, string>>;
  /** Add-ons to be installed for a new app. */
  addons: readonly string[];
}

/** The YAML that `bin/release` prints. Strings are quoted as in JSON, which YAML reads alike. */
export function formatRelease({ processTypes, addons }: Release): string {
  const types = Object.entries(processTypes).map(
    ([type, command]) => `  ${type}: ${JSON.stringify(command)}`,
  );
  return [
    "---",
    addons.length > 0 ? "addons:" : "addons: []",
    ...addons.map((addon) => `  - ${JSON.stringify(addon)}`),
    types.length > 0 ? "default_process_types:" : "default_process_types: {}",
    ...types,
    "",
  ].join("\n");
}

/** A process of an image as one line for a shell, to which a user's words can be appended. */
export function commandLineOf(process: {
  command: readonly string[];
  args?: readonly string[] | undefined;
  workingDir?: string | undefined;
}): string {
  const line = [...process.command, ...(process.args ?? [])].map(shellQuote).join(" ");
  const { workingDir } = process;
  return workingDir === undefined ? line : `cd ${shellQuote(workingDir)} && ${line}`;
}

/**
 * Reads the YAML of any buildpack's `bin/release`, as far as buildpacks print it: two levels of
 * mappings, lists of scalars, comments. What else it says (`config_vars`) is passed over.
 *
 * @throws BuildpackError `classic/release-unreadable` naming the line.
 */
export function parseRelease(text: string, buildpack: string): Release {
  const reading: Reading = { section: "", processTypes: {}, addons: [] };
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#.*|---.*|\.\.\.)?$/.test(line) || readLine(reading, line)) continue;
    const problem = `line ${index + 1} is not understood: \`${line.trim()}\``;
    throw new BuildpackError({ code: "classic/release-unreadable", buildpack, problem });
  }
  const { processTypes, addons } = reading;
  return { processTypes, addons };
}

interface Reading {
  /** The key on the first level that lines now belong to. */
  section: string;
  processTypes: Record<string, string>;
  addons: string[];
}

/** Whether the line was understood. */
function readLine(reading: Reading, line: string): boolean {
  const [, key] = /^["']?([\w-]+)["']?:\s*(\{\}|\[\]|null|~)?\s*(#.*)?$/.exec(line) ?? [];
  if (key !== undefined) {
    reading.section = key;
    return true;
  }
  const [, item] = /^\s*-\s+(.+)$/.exec(line) ?? [];
  const [, name, value] = /^\s+["']?([\w-]+)["']?:\s+(.+)$/.exec(line) ?? [];
  if (reading.section === "addons" && item !== undefined) reading.addons.push(scalar(item));
  else if (reading.section !== "default_process_types") return !isOurs(reading.section);
  else if (name === undefined || value === undefined) return false;
  else reading.processTypes[name] = scalar(value);
  return true;
}

function isOurs(section: string): boolean {
  return section === "" || section === "addons";
}

function scalar(text: string): string {
  const value = text.trim();
  if (/^".*"$/.test(value)) return fromJson(value);
  if (/^'.*'$/.test(value)) return value.slice(1, -1).replaceAll("''", "'");
  return value.replace(/\s+#.*$/, "");
}

/** YAML knows more escapes than JSON; a text with one of those stays as it was written. */
function fromJson(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return quoted.slice(1, -1);
  }
}
