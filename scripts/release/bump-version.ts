import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import glob from "fast-glob";

/**
 * Replaces the version everywhere that a checkout names it: in `package.json`, its lockfile, `buildpack.toml`, and in
 * pages and manifests that name a package.
 *
 * @returns the files that have changed, relative to the checkout.
 */
export async function bumpVersion(checkout: string, from: string, to: string): Promise<string[]> {
  const paths = await glob(filesWithVersion, { cwd: checkout, dot: true });
  const changed: string[] = [];
  for (const path of paths.sort()) {
    const before = await readFile(join(checkout, path), "utf8");
    const after = withVersion(path, before, from, to);
    if (after === before) continue;
    await writeFile(join(checkout, path), after);
    changed.push(path);
  }
  return changed;
}

const filesWithVersion = [
  ...["package.json", "package-lock.json", "buildpack.toml", "README.md"],
  ...["docs/**/*.md", "deploy/**/*", ".github/ISSUE_TEMPLATE/bug.yml"],
];

function withVersion(path: string, text: string, from: string, to: string): string {
  if (path === "package-lock.json") return withVersionInLockfile(text, to);
  if (path === "package.json")
    return text.replace(`\n  "version": "${from}",`, `\n  "version": "${to}",`);
  if (path === "buildpack.toml")
    return text.replace(`\nversion = "${from}"\n`, `\nversion = "${to}"\n`);
  if (path.endsWith("bug.yml")) return text.replace(`placeholder: ${from},`, `placeholder: ${to},`);
  return namesOfPackages(from).reduce(
    (replaced, name) => replaced.replaceAll(name, name.replace(from, to)),
    text,
  );
}

/** As pages and manifests name packages: other mentions of a version are about that version. */
function namesOfPackages(version: string): string[] {
  return [
    ...[`lapidary-ruby-${version}`, `lapidary-${version}.tgz`, `.oci:${version}`],
    ...[`lapidary/ruby:${version}`, `lapidary/ruby@${version}`],
  ];
}

function withVersionInLockfile(text: string, version: string): string {
  const lock = JSON.parse(text) as {
    version: string;
    packages: Record<string, { version: string }>;
  };
  lock.version = version;
  if (lock.packages[""]) lock.packages[""].version = version;
  return `${JSON.stringify(lock, undefined, 2)}\n`;
}
