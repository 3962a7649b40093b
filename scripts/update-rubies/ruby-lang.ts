import { parse } from "yaml";
import * as z from "zod";
import { Refused } from "./refused.ts";

const text = z.string().default("");

const releases = z.array(
  z.object({
    version: z.string(),
    date: z.string(),
    url: z.object({ gz: z.string().optional() }).default({}),
    sha256: z.object({ gz: z.string().optional() }).default({}),
  }),
);

const branches = z.array(
  z.object({
    name: z.string(),
    status: z.string(),
    date: text,
    eol_date: text,
    expected_eol_date: text,
  }),
);

/**
 * The index, as `parseReleaseIndex` reads it, of two data files of Ruby's website: `releases.yml` and `branches.yml`. It has the
 * branches that are maintained, and their releases with a `.tar.gz` that has a SHA-256.
 *
 * @throws Refused for files of another form.
 */
export function indexOfWebsite(releasesFile: string, branchesFile: string): string {
  const maintained = read(branches, branchesFile, "branches.yml").filter(
    ({ name, status, date }) => /^\d+\.\d+$/.test(name) && status !== "eol" && date !== "",
  );
  const names = new Set(maintained.map(({ name }) => name));
  const branchOf = (version: string) => /^\d+\.\d+/.exec(version)?.[0] ?? "";
  const own = read(releases, releasesFile, "releases.yml").filter(
    ({ version, url, sha256 }) => names.has(branchOf(version)) && url.gz && sha256.gz,
  );
  const lines = [
    ...own.map(({ version, date, url, sha256 }) => [version, date, url.gz, sha256.gz]),
    ...maintained.map(({ name, status, date, eol_date: eol, expected_eol_date: expected }) => [
      ...[name, status, date],
      /\d{4}-\d\d-\d\d/.exec(eol || expected)?.[0] ?? "",
    ]),
  ];
  return `${lines.map((fields) => fields.join("\t")).join("\n")}\n`;
}

/** Every scalar is text: as numbers, the branches 3.1 and 3.10 would be the same. */
function read<S extends z.ZodType>(schema: S, file: string, name: string): z.output<S> {
  const result = schema.safeParse(withoutEmpty(parse(file, { schema: "failsafe" })));
  if (result.success) return result.data;
  throw new Refused(`${name} is not valid:\n${z.prettifyError(result.error)}`);
}

function withoutEmpty(entries: unknown): unknown {
  if (!Array.isArray(entries)) return entries;
  return entries.map((entry: unknown) =>
    Object.fromEntries(Object.entries(entry ?? {}).filter(([, value]) => value !== null)),
  );
}
