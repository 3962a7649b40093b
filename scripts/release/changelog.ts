/**
 * The text below the heading of a version in a changelog, or of `Unreleased`, without the heading; undefined if
 * there is no such heading.
 */
export function sectionOf(changelog: string, version: string): string | undefined {
  const [, after] = changelog.split(headingOf(version));
  return after
    ?.split(/\n## \[/)[0]
    ?.replace(/^[^\n]*\n/, "")
    .trim();
}

/** The changelog in which everything unreleased is in the section of a new version, released on `date`. */
export function releaseUnreleased(changelog: string, version: string, date: string): string {
  return changelog.replace(
    "\n## [Unreleased]\n",
    `\n## [Unreleased]\n\n## [${version}] - ${date}\n`,
  );
}

const headingOf = (version: string) => `\n## [${version}]`;
