import { isFetchable } from "./fetchable-url.ts";

/** What the value of a mirror says, as in Paketo's buildpacks. */
export interface MirrorValue {
  /** May contain `{originalHost}`. */
  url: string;
  /** The beginning of upstream's paths that the mirror does not have, such as `/pub/ruby`; or empty. */
  skipPath: string;
}

/**
 * Reads `URL`, `URL,skip-path=PATH` or `mirror=URL,skip-path=PATH`. Either may be percent-encoded as a whole.
 *
 * @returns `undefined` unless the URL is `https:`, `http:` or `file:`.
 */
export function readMirrorValue(text: string): MirrorValue | undefined {
  const parts = text.trim().split(/,(?=(?:mirror|skip-path)=)/);
  const named = new Map(parts.map(nameAndValue));
  const url = asUrl(named.get("mirror") ?? "");
  const skipPath = decoded(named.get("skip-path") ?? "");
  if (url === undefined || skipPath === undefined) return undefined;
  return { url: url.replaceAll(/%7BoriginalHost%7D/gi, "{originalHost}"), skipPath };
}

function nameAndValue(part: string): [string, string] {
  const [, name = "mirror", value = ""] = /^(?:(mirror|skip-path)=)?(.*)$/s.exec(part) ?? [];
  return [name, value];
}

// A URL that needs no decoding may contain `%` of its own, in a password for example.
function asUrl(value: string): string | undefined {
  if (isFetchable(value)) return value;
  const url = decoded(value);
  return url !== undefined && isFetchable(url) ? url : undefined;
}

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
