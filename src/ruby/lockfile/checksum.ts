import { MalformedLockfile, parseNameVersion } from "./line.ts";
import type { LockfileLine } from "./line.ts";
import { fullName, identify } from "./state.ts";
import type { LockfileState } from "./state.ts";
import { splitOn, strip } from "../ruby-text.ts";

/**
 * Reads a line of CHECKSUMS: for a gem that is locked above, or for Bundler.
 *
 * @throws MalformedLockfile if Bundler rejects it.
 */
export function readChecksumLine(state: LockfileState, line: LockfileLine): string | undefined {
  const parts = parseNameVersion(line.text);
  if (parts?.indent !== 2) return "it is not a checksum";
  const identity = identify(parts, line);
  const key = fullName(identity);
  if (parts.name !== "bundler" && !state.specs.has(key)) return "this gem is not locked";
  const checksum = state.checksums?.get(key) ?? { ...identity, digests: new Map() };
  // One line, and many lines of one gem, may have any number of checksums: each is looked up once.
  const digests = checksum.digests;
  let why: string | undefined;
  for (const entry of splitOn(parts.rest ?? "", ",")) why = addDigest(digests, entry, line) ?? why;
  state.checksums?.set(key, checksum);
  return why;
}

/**
 * Reads one checksum, `sha256=<hex or Base64>`. A SHA-256 is always returned in hex. `undefined` if
 * Bundler::Checksum.from_lock rejects it.
 */
export function parseChecksum(
  entry: string,
): { algorithm: string; digest: string | undefined } | undefined {
  const text = strip(entry);
  const equals = text.indexOf("=");
  const algorithm = equals < 0 ? text : text.slice(0, equals);
  const digest = equals < 0 ? undefined : text.slice(equals + 1);
  if (algorithm !== "sha256") return { algorithm, digest };
  const hex = digest === undefined ? undefined : hexDigest(digest);
  return hex === undefined ? undefined : { algorithm, digest: hex };
}

function addDigest(
  digests: Map<string, string>,
  entry: string,
  line: LockfileLine,
): string | undefined {
  const checksum = parseChecksum(entry);
  if (!checksum) throw new MalformedLockfile(line.number, `\`${entry}\` is no SHA-256 checksum`);
  const { algorithm, digest } = checksum;
  if (digest === undefined) return `\`${entry}\` is an algorithm without a checksum`;
  const known = digests.get(algorithm);
  if (known !== undefined && known !== digest) {
    throw new MalformedLockfile(line.number, "another line has another checksum for this gem");
  }
  digests.set(algorithm, digest);
  return undefined;
}

function hexDigest(digest: string): string | undefined {
  if (/^[0-9a-f]{64}$/i.test(digest)) return digest;
  const base64 = digest.replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Buffer.from(base64, "base64");
  const exact = bytes.length === 32 && bytes.toString("base64") === base64;
  return exact ? bytes.toString("hex") : undefined;
}
