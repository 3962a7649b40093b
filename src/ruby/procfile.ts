/** One process of a Procfile. */
export interface ProcfileEntry {
  type: string;
  /** A line of bash. */
  line: string;
}

export interface Procfile {
  /** In the file's order; of two lines of one type, the later. */
  entries: readonly ProcfileEntry[];
  /** Lines that make no process, and why. */
  ignored: readonly { line: number; why: string }[];
}

/**
 * Reads a Procfile: a line `TYPE: COMMAND` for each process. Blank lines and lines that begin with
 * `#` are passed over. Line ends may be those of Windows.
 */
export function parseProcfile(text: string): Procfile {
  const entries = new Map<string, ProcfileEntry & { at: number }>();
  const ignored: { line: number; why: string }[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .entries()) {
    const at = index + 1;
    const read = readLine(raw.trim());
    if (read === undefined) continue;
    if ("why" in read) {
      ignored.push({ line: at, why: read.why });
      continue;
    }
    const earlier = entries.get(read.type);
    if (earlier) ignored.push({ line: earlier.at, why: `line ${at} is of the same type` });
    entries.set(read.type, { ...read, at });
  }
  const listed = [...entries.values()].map(({ type, line }) => ({ type, line }));
  return { entries: listed, ignored: ignored.toSorted((a, b) => a.line - b.line) };
}

/**
 * Whether ` "$@"` can stand behind a line of bash, so that a user's arguments append to its last
 * command: not behind a compound command, and not where the line itself places its arguments.
 */
export function takesArguments(line: string): boolean {
  if (/\$[@*]|\$\{[@*]/.test(line)) return false;
  if (/(^|[\s;])(\}|fi|done|esac)$/.test(line) || /[&;\\]$/.test(line)) return false;
  return !line.endsWith(")") || isSubstitution(line);
}

/** Of a file in Linux, in bytes: launchers are called by the name of a process. */
const longestName = 255;

function readLine(line: string): ProcfileEntry | { why: string } | undefined {
  if (line === "" || line.startsWith("#")) return undefined;
  const parts = /^([^\s:]+)\s*:\s*(.*)$/.exec(line);
  const [, type = "", command = ""] = parts ?? [];
  if (!parts) return { why: "a line is `TYPE: COMMAND`, and this one names no type" };
  if (!/^[A-Za-z0-9._-]+$/.test(type))
    return { why: `\`${type}\` is no process type: letters, digits, \`.\`, \`_\` and \`-\`` };
  if (/^\.{1,2}$/.test(type) || type.length > longestName)
    return { why: "its process type cannot be the name of a file" };
  if (command === "") return { why: `there is no command behind \`${type}:\`` };
  return { type, line: command };
}

/** Whether the parenthesis that ends a line closes a `$(…)`. */
function isSubstitution(line: string): boolean {
  let depth = 0;
  for (let at = line.length - 1; at >= 0; at--) {
    if (line[at] === ")") depth++;
    if (line[at] === "(" && --depth === 0) return line[at - 1] === "$";
  }
  return false;
}
