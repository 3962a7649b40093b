import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { missingRecordings, versionOf } from "../layers-fixtures/missing-for-release.ts";
import { bumpVersion } from "./bump-version.ts";
import { githubPageOf, setHomepage } from "./homepage.ts";
import { releaseUnreleased, sectionOf } from "./changelog.ts";
import { nextVersion, type ReleaseKind } from "./next-version.ts";

/** Runs git in the checkout and returns what it prints. */
export type Git = (...args: string[]) => Promise<string>;

export interface ReleaseRequest {
  checkout: string;
  kind: ReleaseKind;
  /** `YYYY-MM-DD` */
  today: string;
  git: Git;
}

export type ReleaseResult = { problems: string[] } | { version: string; changed: string[] };

/**
 * Makes the commit and the tag of the next version: the version everywhere, and the changelog's unreleased changes in a
 * section of their own, and the project's address on GitHub. Changes nothing if something is missing for a release.
 */
export async function releaseVersion(request: ReleaseRequest): Promise<ReleaseResult> {
  const { checkout, kind, today, git } = request;
  const current = await versionOf(checkout);
  const version = nextVersion(current, kind);
  const path = join(checkout, "CHANGELOG.md");
  const changelog = await readFile(path, "utf8");
  const problems = [
    ...(await problemsOfTree(version, git)),
    ...problemsOfChangelog(changelog, version),
    ...(await problemsOfRecordings(checkout, version)),
  ];
  const page = githubPageOf(await git("remote", "--verbose"));
  if (page === undefined) {
    problems.push(
      "The remote `origin` is not on GitHub: buildpack.toml needs the address of the project",
    );
  }
  if (page === undefined || problems.length > 0) return { problems };
  await setHomepage(checkout, page);
  const changed = await bumpVersion(checkout, current, version);
  await writeFile(path, releaseUnreleased(changelog, version, today));
  await git("commit", "--quiet", "--all", "--message", `Release ${version}`);
  await git("tag", "--annotate", `v${version}`, "--message", `Lapidary ${version}`);
  return { version, changed: [...changed, "CHANGELOG.md"] };
}

async function problemsOfTree(version: string, git: Git): Promise<string[]> {
  const changes = (await git("status", "--porcelain")).split("\n").filter((line) => line !== "");
  const tags = await git("tag", "--list", `v${version}`);
  return [
    ...(changes.length > 0 ? [`There are uncommitted changes: ${changes.join(", ")}`] : []),
    ...(tags.trim() === "" ? [] : [`The tag v${version} exists already`]),
  ];
}

function problemsOfChangelog(changelog: string, version: string): string[] {
  const unreleased = sectionOf(changelog, "Unreleased");
  const problems: string[] = [];
  if (unreleased === undefined) problems.push("CHANGELOG.md has no section `## [Unreleased]`");
  else if (!/^- /m.test(unreleased)) problems.push("CHANGELOG.md has no unreleased changes");
  const headings: readonly string[] = unreleased?.match(/^### .*$/gm) ?? [];
  const repeated = headings.find((heading, at) => headings.indexOf(heading) !== at);
  if (repeated) problems.push(`CHANGELOG.md has \`${repeated}\` more than once in \`Unreleased\``);
  if (sectionOf(changelog, version) !== undefined) {
    problems.push(`CHANGELOG.md has a section \`## [${version}]\` already`);
  }
  return problems;
}

async function problemsOfRecordings(checkout: string, version: string): Promise<string[]> {
  const missing = await missingRecordings(checkout, version);
  if (missing.length === 0) return [];
  return [
    `layers-fixtures/${version} lacks ${missing.length} parts, such as ${missing[0]}. Record them with: npm run record-layers -- --as ${version}`,
  ];
}
