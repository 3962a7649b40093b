/** Something in which the local platform gave another answer. */
export interface Difference {
  where: string;
  real: string;
  ours: string;
}

/** The places in which two values of JSON differ. The order of keys does not count. */
export function differences(where: string, real: unknown, ours: unknown): Difference[] {
  if (isTable(real) && isTable(ours)) {
    const keys = [...new Set([...Object.keys(real), ...Object.keys(ours)])].sort();
    return keys.flatMap((key) => differences(`${where} ${key}`, real[key], ours[key]));
  }
  if (Array.isArray(real) && Array.isArray(ours) && real.length === ours.length) {
    return real.flatMap((item, index) => differences(`${where}[${index}]`, item, ours[index]));
  }
  if (typeof real === "string" && typeof ours === "string")
    return textDifference(where, real, ours);
  const [left, right] = [JSON.stringify(real), JSON.stringify(ours)];
  return left === right ? [] : [{ where, real: left ?? "nothing", ours: right ?? "nothing" }];
}

/** Of two long texts, the part around the place where they part. */
export function textDifference(where: string, real: string, ours: string): Difference[] {
  if (real === ours) return [];
  let at = 0;
  while (real[at] === ours[at]) at += 1;
  const from = Math.max(0, at - 60);
  const part = (text: string) => JSON.stringify(text.slice(from, from + 200));
  return [
    { where: from > 0 ? `${where} from ${from}` : where, real: part(real), ours: part(ours) },
  ];
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One block for each difference, as a reader of a failed test wants it. */
export function describeDifferences(found: readonly Difference[]): string {
  return found
    .map(({ where, real, ours }) => `${where}\n    real: ${real}\n    ours: ${ours}`)
    .join("\n");
}
