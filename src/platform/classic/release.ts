import { shellQuote } from "../../system/shell-quote.ts";
import { BuildpackError } from "../../failure.ts";

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
  args: readonly string[];
  workingDir?: string | undefined;
}): string {
  const line = [...process.command, ...process.args].map(shellQuote).join(" ");
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
  const processTypes: Record<string, string> = {};
  const addons: string[] = [];
  let section = "";
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#.*|---.*|\.\.\.)?$/.test(line)) continue;
    const top = /^["']?([\w-]+)["']?:\s*(\{\}|\[\]|null|~)?\s*(#.*)?$/.exec(line);
    const member = /^\s+["']?([\w-]+)["']?:\s+(.+)$/.exec(line);
    const item = /^\s*-\s+(.+)$/.exec(line);
    if (top) section = top[1] ?? "";
    else if (item && section === "addons") addons.push(scalar(item[1] ?? ""));
    else if (member && section === "default_process_types")
      processTypes[member[1] ?? ""] = scalar(member[2] ?? "");
    else if (section === "" || section === "addons" || section === "default_process_types") {
      const problem = `line ${index + 1} is not understood: \`${line.trim()}\``;
      throw new BuildpackError({ code: "classic/release-unreadable", buildpack, problem });
    }
  }
  return { processTypes, addons };
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
