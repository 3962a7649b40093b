import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";

const checkout = resolve(import.meta.dirname, "../..");
const page = readFileSync(join(checkout, "docs/contract.md"), "utf8");

// Every sentence of the application contract that promises something, in its order, then those of the
// jemalloc buildpack; each with what its row must be about.
const clauses: readonly (readonly [id: string, about: RegExp])[] = [
  ["D1", /`package\.json` requires Node/],
  ["D2", /`yarn\.lock` requires Yarn/],
  ["D3", /JRuby requires a JVM/],
  ["D4", /`Gemfile\.lock`, the build runs/],
  ["V1", /explicit Ruby version/],
  ["V2", /Without one, a default/],
  ["V3", /default changes/],
  ["V4", /Ruby is reinstalled .*distribution/],
  ["V5", /Ruby is reinstalled .*architecture/],
  ["V6", /explicit Bundler version/],
  ["V7", /Without one, a default/],
  ["G1", /`bundle install`/],
  ["G2", /first build/],
  ["G3", /again when the Gemfile changes/],
  ["G4", /again when the lockfile changes/],
  ["G5", /again when the user's environment changes/],
  ["G6", /`HEROKU_SKIP_BUNDLE_DIGEST=1`/],
  ["G7", /`bundle clean`/],
  ["G8", /Gems are cached/],
  ["G9", /invalidated .*distribution/],
  ["G10", /invalidated .*architecture/],
  ["G11", /invalidated .*Ruby version/],
  ["G12", /invalidated .*earlier buildpack/],
  ["G13", /`railties`/],
  ["R1", /Without rake .*Rakefile/],
  ["R2", /tasks are those of `rake -P`/],
  ["R3", /failing `rake -P` aborts/],
  ["R4", /`assets:precompile` runs/],
  ["R5", /`public\/assets\/\.sprockets-manifest-\*\.json`/],
  ["R6", /`public\/assets\/manifest-\*\.json`/],
  ["R7", /failing `assets:precompile` aborts/],
  ["R8", /`assets:clean` runs/],
  ["R9", /`public\/assets` is cached/],
  ["R10", /Fragments are cached/],
  ["R11", /100 MiB/],
  ["R12", /least recently used .*mtime/],
  ["P1", /railties.*`bin\/rails server`/],
  ["P2", /`--port \$PORT` and `--environment \$RAILS_ENV`/],
  ["P3", /`--binding "::"`/],
  ["P4", /rack and a `config\.ru`.*`rackup`/],
  ["P5", /`--port \$PORT` and `--host "::"`/],
  ["P6", /Procfile overrides/],
  ["E1", /`JRUBY_OPTS`/],
  ["E2", /`RACK_ENV`/],
  ["E3", /`RAILS_ENV`/],
  ["E4", /`SECRET_KEY_BASE`/],
  ["E5", /`BUNDLE_WITHOUT`/],
  ["E6", /`BUNDLE_FROZEN`/],
  ["E7", /`BUNDLE_GEMFILE`/],
  ["E8", /`DISABLE_SPRING`/],
  ["E9", /`GEM_PATH`/],
  ["E10", /`MALLOC_ARENA_MAX`/],
  ["E11", /`PATH`/],
  ["E12", /app's `bin` go before those of gems/],
  ["E13", /gems go before those that come with Ruby/],
  ["E14", /`RAILS_LOG_TO_STDOUT`/],
  ["E15", /`RAILS_SERVE_STATIC_FILES`/],
  ["J1", /jemalloc is installed/],
  ["J2", /`JEMALLOC_ENABLED=true` .*every process/],
  ["J3", /`false`, or not set/],
  ["J4", /`jemalloc\.sh CMD` .*one process/],
  ["J5", /Procfile/],
  ["J6", /`JEMALLOC_VERSION` at build/],
  ["J7", /the latest/],
  ["J8", /does not exist is an error/],
  ["J9", /versions are listed/],
  ["J10", /matter of the build/],
  ["J11", /another version or system/],
  ["J12", /make VERSION/],
  ["J13", /dist/],
];

interface Row {
  id: string | undefined;
  /** The first cell. */
  clause: string;
  /** The cell under `Test`. */
  tests: string;
}

const rows = rowsOf(page);

describe("docs/contract.md", () => {
  test.each(clauses)("has clause %s, and a test by its title", (id, about) => {
    const found = rows.filter((row) => row.id === id);
    expect(found).toHaveLength(1);
    for (const { clause, tests } of found) {
      expect(clause).toMatch(about);
      expect(namedTests(tests).filter(({ title }) => title !== undefined)).not.toEqual([]);
    }
  });

  test("has no other clause with a number", () => {
    const known = new Set(clauses.map(([id]) => id));
    expect(rows.filter(({ id }) => id !== undefined && !known.has(id))).toEqual([]);
  });

  test("names a test in every row that has a place for one", () => {
    expect(rows.filter(({ tests }) => namedTests(tests).length === 0)).toEqual([]);
  });

  test("names only files and titles that there are", () => {
    const inProse = namedTests(page).map(({ file }) => ({ file, title: undefined }));
    const named = [...inProse, ...rows.flatMap(({ tests }) => namedTests(tests))];
    expect(named.map(absence).filter((problem) => problem !== undefined)).toEqual([]);
  });
});

describe("a page that says less", () => {
  test.each([
    ["`unit/ruby/no-such-file`", "there is no test/unit/ruby/no-such-file.test.ts"],
    [
      '`unit/ruby/rake-tasks`: "a title of nothing"',
      "test/unit/ruby/rake-tasks.test.ts has no `a title of nothing`",
    ],
  ])("is found out: %s", (cell, problem) => {
    expect(namedTests(cell).map(absence)).toContain(problem);
  });

  test("is read by the headings of its tables", () => {
    const table = "| Clause | Test |\n| --- | :-- |\n| **R9** kept | `a/b` |\n| also | |\n";
    expect(rowsOf(table)).toEqual([
      { id: "R9", clause: "**R9** kept", tests: "`a/b`" },
      { id: undefined, clause: "also", tests: "" },
    ]);
    expect(rowsOf("| Type | Command |\n| --- | --- |\n| web | puma |\n")).toEqual([]);
  });
});

/** The rows of every table that has a column `Test`. */
function rowsOf(text: string): Row[] {
  const tables = text.match(/(?:^\|.*\n)+/gm) ?? [];
  return tables.flatMap((table) => {
    const [headings = [], , ...lines] = table.trimEnd().split("\n").map(cellsOf);
    const column = headings.indexOf("Test");
    if (column === -1) return [];
    return lines.map((cells) => ({
      id: /^\*\*([A-Z]\d+)\*\*/.exec(cells[0] ?? "")?.[1],
      clause: cells[0] ?? "",
      tests: cells[column] ?? "",
    }));
  });
}

function cellsOf(line: string): string[] {
  const cells = line.split(/(?<!\\)\|/).slice(1, -1);
  return cells.map((cell) => cell.trim());
}

interface NamedTest {
  file: string;
  title: string | undefined;
}

/** Reads `` `unit/ruby/rake-tasks`: "title", "title" ``; a file without a title means all of it. */
function namedTests(cell: string): NamedTest[] {
  const named: NamedTest[] = [];
  const parts = cell.split(/`((?:unit|contract|integration)\/[a-z0-9/-]+)`/);
  for (let at = 1; at < parts.length; at += 2) {
    const file = parts[at] ?? "";
    const titles = [...(parts[at + 1] ?? "").matchAll(/"([^"]+)"/g)];
    if (titles.length === 0) named.push({ file, title: undefined });
    for (const [, title] of titles) named.push({ file, title });
  }
  return named;
}

/** What is missing of a named test, if anything. */
function absence({ file, title }: NamedTest): string | undefined {
  const path = `test/${file}.test.ts`;
  if (!existsSync(join(checkout, path))) return `there is no ${path}`;
  if (title === undefined) return undefined;
  const text = readFileSync(join(checkout, path), "utf8");
  const isThere = ['"', "'", "`"].some((quote) => text.includes(`${quote}${title}${quote}`));
  return isThere ? undefined : `${path} has no \`${title}\``;
}
