import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The page on GitHub of a repository whose remotes `git remote --verbose` lists; undefined without an `origin` there. */
export function githubPageOf(remotes: string): string | undefined {
  const [, name] =
    /^origin\s+\S*github\.com[:/]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?\s/m.exec(remotes) ?? [];
  return name === undefined ? undefined : `https://github.com/${name}`;
}

/**
 * Writes where the project is into `buildpack.toml`, for registries, and into `package.json`, where npm compares it with
 * the repository that a package with provenance was built from.
 */
export async function setHomepage(checkout: string, page: string): Promise<void> {
  const descriptor = join(checkout, "buildpack.toml");
  const toml = (await readFile(descriptor, "utf8")).replace(/^homepage = .*\n/m, "");
  await writeFile(descriptor, toml.replace(/^(version = .*\n)/m, `$1homepage = "${page}"\n`));
  const path = join(checkout, "package.json");
  const { name, version, description, ...rest } = JSON.parse(await readFile(path, "utf8")) as {
    name: string;
    version: string;
    description: string;
  };
  const repository = { type: "git", url: `git+${page}.git` };
  const manifest = { name, version, description, ...rest, homepage: page, repository };
  await writeFile(path, `${JSON.stringify(manifest, undefined, 2)}\n`);
}
