/**
 * Orders versions as RubyGems does for the versions that an inventory may hold: numbers by value,
 * and a segment with letters before the release that it leads up to (`4.0.0.preview3` < `4.0.0`).
 */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [segmentsOf(left), segmentsOf(right)];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const order = compareSegments(a[index] ?? 0, b[index] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}

/** Whether a version leads up to a release: `3.4.0.rc1`. */
export function isPrerelease(version: string): boolean {
  return /[a-z]/i.test(version);
}

/** The branch that a version belongs to: `3.4` for `3.4.5`. */
export function branchOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

type Segment = number | string;

function segmentsOf(version: string): Segment[] {
  const parts = version.match(/[0-9]+|[a-z]+/gi) ?? [];
  return parts.map((part) => (/^[0-9]/.test(part) ? Number(part) : part));
}

function compareSegments(a: Segment, b: Segment): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0;
  return typeof a === "string" ? -1 : 1;
}
