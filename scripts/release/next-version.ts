export const releaseKinds = ["major", "minor", "patch"] as const;

/** Which part of the version a release raises. */
export type ReleaseKind = (typeof releaseKinds)[number];

/** The version after `version`, which has three numbers. */
export function nextVersion(version: string, kind: ReleaseKind): string {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  if (kind === "major") return `${major + 1}.0.0`;
  if (kind === "minor") return `${major}.${minor + 1}.0`;
  return `${major}.${minor}.${patch + 1}`;
}
