import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parseReleaseIndex } from "./update-rubies/release-index.ts";
import { download } from "./update-rubies/download.ts";
import { readPortableRelease } from "./update-rubies/portable-release.ts";
import { Refused } from "./update-rubies/refused.ts";
import { indexOfWebsite } from "./update-rubies/ruby-lang.ts";
import { updateRubies } from "./update-rubies/update.ts";

const usage = `Usage: npm run update-rubies -- [options] <file...>
       npm run update-rubies -- [options] --website <directory>
       npm run update-rubies -- --portable <URL>

Adds new Ruby releases and branches from index files to the inventory, the docs and the changelog.
Each line of an index is one of these, with fields separated by tabs:

  3.4.5   2025-07-15          https://host/ruby-3.4.5.tar.gz   SHA-256 of the archive
  3.4     normal maintenance  2024-12-25                       date of the end of life, if known

Options:
  --website DIR      a directory with releases.yml and branches.yml of Ruby's website
  --portable URL     also write the portable Rubies of this release of rv-ruby into the inventory:
                     https://api.github.com/repos/spinel-coop/rv-ruby/releases/latest
                     GITHUB_TOKEN, if it is set, is sent to that server
  --default VERSION  also make this release the default Ruby
  --prebuilt         also add Heroku's binaries of the new releases; check first that they exist`;

const { values, positionals } = parseArgs({
  options: {
    default: { type: "string" },
    portable: { type: "string" },
    prebuilt: { type: "boolean" },
    website: { type: "string" },
    help: { type: "boolean" },
  },
  allowPositionals: true,
});

if (values.help || (positionals.length === 0 && !values.website && !values.portable)) {
  process.stdout.write(`${usage}\n`);
  process.exitCode = values.help ? 0 : 1;
} else {
  process.exitCode = await update().catch(explain);
}

async function update(): Promise<number> {
  const texts = await Promise.all(positionals.map((file) => readFile(file, "utf8")));
  if (values.website) {
    const read = async (name: string) => await readFile(join(values.website ?? "", name), "utf8");
    texts.push(indexOfWebsite(await read("releases.yml"), await read("branches.yml")));
  }
  const changes = await updateRubies({
    checkout: fileURLToPath(new URL("..", import.meta.url)),
    index: parseReleaseIndex(texts.join("\n")),
    defaultRuby: values.default,
    prebuilt: values.prebuilt ?? false,
    portable: values.portable ? await readPortableRelease(values.portable, download) : undefined,
    today: new Date().toISOString().slice(0, 10),
  });
  for (const change of changes) process.stdout.write(`${change}\n`);
  process.stdout.write(
    changes.length > 0 ? "Review the changes with: git diff\n" : "No new releases.\n",
  );
  return 0;
}

function explain(error: unknown): number {
  if (!(error instanceof Refused)) throw error;
  process.stderr.write(`! ${error.message}\n`);
  return 1;
}
