import * as z from "zod";
import { Refused } from "./refused.ts";

const version = z
  .string()
  .regex(/^\d+\.\d+\.\d+([.-](preview|rc)\d+)?$/, "expected a version such as 3.4.5")
  .transform((text) => text.replace("-", "."));

const releaseSchema = z.object({
  version,
  date: z.iso.date(),
  url: z.url({ protocol: /^https$/, error: "expected an https: URL" }),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits"),
});

const branchSchema = z.object({
  branch: z.string(),
  status: z.enum(["preview", "normal maintenance", "security maintenance", "eol"]),
  "first-release": z.iso.date(),
  eol: z.iso.date().optional(),
});

export type RubyRelease = z.output<typeof releaseSchema>;
export type RubyBranchEntry = z.output<typeof branchSchema>;

export interface ReleaseIndex {
  releases: RubyRelease[];
  branches: RubyBranchEntry[];
}

/**
 * Reads an index of Ruby releases and branches: lines of fields separated by tabs, in any order. Empty
 * lines, lines that begin with `#`, and fields after the last one named here are ignored.
 *
 *     3.4.5 <tab> 2025-07-15 <tab> https://…/ruby-3.4.5.tar.gz <tab> SHA-256
 *     3.4   <tab> normal maintenance <tab> 2024-12-25 <tab> date of the end of life, or nothing
 *
 * @throws Refused for a line of another form.
 */
export function parseReleaseIndex(text: string): ReleaseIndex {
  const index: ReleaseIndex = { releases: [], branches: [] };
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const [first = "", second, third, fourth] = line.split("\t").map((field) => field.trim());
    if (/^\d+\.\d+$/.test(first)) {
      const fields = { branch: first, status: second, "first-release": third };
      index.branches.push(parse(branchSchema, { ...fields, eol: fourth || undefined }, at));
    } else {
      const fields = { version: first, date: second, url: third, sha256: fourth };
      index.releases.push(parse(releaseSchema, fields, at));
    }
  }
  return index;
}

function parse<S extends z.ZodType>(schema: S, fields: object, at: number): z.output<S> {
  const result = schema.safeParse(fields);
  if (result.success) return result.data;
  throw new Refused(`Line ${at + 1} of the index is not valid:\n${z.prettifyError(result.error)}`);
}
