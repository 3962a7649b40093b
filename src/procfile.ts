/** One process of a Procfile. */
export interface ProcfileEntry {
  type: string;
  /** A line of bash. */
  line: string;
}

export interface Procfile {
  /** In the order of the file. If two lines have the same type, the later one counts. */
  entries: readonly ProcfileEntry[];
  /** Lines that define no process, and why. */
  ignored: readonly { line: number; why: string }[];
}

/**
 * Reads a Procfile: one `TYPE: COMMAND` per line. Blank lines and lines that start with `#` are
 * skipped. Windows line endings are accepted. Never throws.
 */
export function parseProcfile(text: string): Procfile {
  const entries = new Map<string, ProcfileEntry & { at: number }>();
  const ignored: { line: number; why: string }[] = [];
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/);
  for (const [index, raw] of lines.entries()) {
    const at = index + 1;
    const read = readLine(raw.trim());
    if (read === undefined) continue;
    if ("why" in read) {
      ignored.push({ line: at, why: read.why });
      continue;
    }
    const earlier = entries.get(read.type);
    if (earlier) ignored.push({ line: earlier.at, why: `line ${at} has the same process type` });
    entries.set(read.type, { ...read, at });
  }
  const listed = [...entries.values()].map(({ type, line }) => ({ type, line }));
  return { entries: listed, ignored: ignored.toSorted((a, b) => a.line - b.line) };
}

/** Of a file in Linux, in bytes. Images have a file named like each process type. */
const longestName = 255;

function readLine(line: string): ProcfileEntry | { why: string } | undefined {
  if (line === "" || line.startsWith("#")) return undefined;
  const parts = /^([^\s:]+)\s*:\s*(.*)$/.exec(line);
  const [, type = "", command = ""] = parts ?? [];
  if (!parts) return { why: "expected `TYPE: COMMAND`" };
  if (!/^[A-Za-z0-9._-]+$/.test(type)) {
    return {
      why: `\`${type}\` is not a process type: use letters, digits, \`.\`, \`_\` and \`-\``,
    };
  }
  if (/^\.{1,2}$/.test(type) || type.length > longestName) {
    return { why: "the process type cannot be the name of a file" };
  }
  if (command === "") return { why: `\`${type}:\` has no command` };
  return { type, line: command };
}
