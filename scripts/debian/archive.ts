import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readTextIfAny } from "../../src/system/files.ts";
import { Unavailable } from "../unavailable.ts";

/** The archive that the machine's own apt installs Debian from. */
export interface DebianArchive {
  uris: string[];
  /** The path of a keyring, or a whole key, as in apt's `Signed-By`. */
  signedBy: string | undefined;
  /** The machine's own release, such as `bookworm`. */
  codename: string;
}

/**
 * Finds the archive with the machine's own release in its apt configuration, so that other releases can
 * be downloaded from the same place with the same key.
 *
 * @throws Unavailable if the machine does not run Debian, or its apt configuration has no such archive.
 */
export async function readDebianArchive(root = "/"): Promise<DebianArchive> {
  const release = (await readTextIfAny(join(root, "etc/os-release"))) ?? "";
  if (!/^ID="?debian"?$/m.test(release)) throw new Unavailable("this machine does not run Debian");
  const codename = /^VERSION_CODENAME="?(\w+)"?$/m.exec(release)?.[1] ?? "";
  const entries = (await readSourceFiles(join(root, "etc/apt"))).flatMap(parseSources);
  const own = entries.find((entry) => isMainOf(codename, entry));
  if (own) return { uris: own.uris, signedBy: own.signedBy, codename };
  throw new Unavailable(`the apt configuration has no archive of Debian ${codename}`);
}

interface SourceFile {
  format: "one line each" | "deb822";
  text: string;
}

/** One stanza or line of the apt configuration. */
interface SourceEntry {
  types: string[];
  uris: string[];
  suites: string[];
  components: string[];
  signedBy: string | undefined;
}

function isMainOf(codename: string, { types, suites, components, uris }: SourceEntry): boolean {
  const reachable = uris.some((uri) => /^https?:/.test(uri));
  const offers = suites.includes(codename) && components.includes("main");
  return types.includes("deb") && reachable && offers;
}

async function readSourceFiles(apt: string): Promise<SourceFile[]> {
  const parts = join(apt, "sources.list.d");
  const names: string[] = await readdir(parts).catch(() => []);
  names.sort();
  const paths = [join(apt, "sources.list"), ...names.map((name) => join(parts, name))];
  const files: SourceFile[] = [];
  for (const path of paths.filter((each) => /\.(list|sources)$/.test(each))) {
    const format = path.endsWith(".list") ? "one line each" : "deb822";
    files.push({ format, text: (await readTextIfAny(path)) ?? "" });
  }
  return files;
}

function parseSources({ format, text }: SourceFile): SourceEntry[] {
  if (format === "one line each") return text.split("\n").flatMap(parseLine);
  const withoutComments = text.replace(/^#.*\n?/gm, "");
  return withoutComments.split(/\n\s*\n/).flatMap(parseStanza);
}

/** `deb [signed-by=/usr/share/keyrings/x.gpg] http://host/debian bookworm main contrib` */
function parseLine(line: string): SourceEntry[] {
  const match = /^\s*(deb|deb-src)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
  if (!match) return [];
  const [, type = "", options = "", uri = "", suite = "", components = ""] = match;
  const signedBy = /(?:^|\s)signed-by=(\S+)/.exec(options)?.[1];
  return [{ types: [type], uris: [uri], suites: [suite], components: words(components), signedBy }];
}

function parseStanza(stanza: string): SourceEntry[] {
  const fields = new Map<string, string>();
  for (const [, name = "", value = ""] of stanza.matchAll(/^([\w-]+):(.*(?:\n[ \t].*)*)/gm)) {
    fields.set(name.toLowerCase(), value.trim());
  }
  if (fields.get("enabled") === "no") return [];
  const list = (name: string) => words(fields.get(name) ?? "");
  const [types, uris, suites] = [list("types"), list("uris"), list("suites")];
  return [
    { types, uris, suites, components: list("components"), signedBy: fields.get("signed-by") },
  ];
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}
