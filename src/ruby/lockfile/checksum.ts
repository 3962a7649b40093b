import { MalformedLockfile, parseNameVersion } from "./line.ts";
import type { LockedDigest } from "./gemfile-lock.ts";
import type { LockfileLine } from "./line.ts";
import { fullName, identify } from "./state.ts";
import type { LockfileState } from "./state.ts";
import { splitOn, strip } from "../ruby-text.ts";

/**
 * Reads a line of CHECKSUMS, about a gem that is locked above it, or about Bundler.
 *
 * @throws MalformedLockfile where Bundler refuses it.
 */
export function readChecksumLine(state: LockfileState, line: LockfileLine): string | undefined {
  const parts = parseNameVersion(line.text);
  if (parts?.indent !== 2) return "it is no checksum";
  const identity = identify(parts, line);
  const key = fullName(identity);
  if (parts.name !== "bundler" && !state.specs.has(key)) return "no such gem is locked";
  const digests = [...(state.checksums?.get(key)?.digests ?? [])];
  let why: string | undefined;
  for (const entry of splitOn(parts.rest ?? "", ",")) why = addDigest(digests, entry, line) ?? why;
  const { name, version, platform } = identity;
  state.checksums?.set(key, { name, version, platform, digests });
  return why;
}

/**
 * Reads one checksum, `sha256=<hex or Base64>`, into its algorithm and digest, SHA-256 always in
 * hex; `undefined` where Bundler::Checksum.from_lock refuses it.
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

function addDigest(digests: LockedDigest[], entry: string, line: LockfileLine): string | undefined {
  const checksum = parseChecksum(entry);
  if (!checksum) throw new MalformedLockfile(line.number, `\`${entry}\` is no SHA-256 checksum`);
  const { algorithm, digest } = checksum;
  if (digest === undefined) return `\`${entry}\` is an algorithm without a checksum`;
  const known = digests.find((one) => one.algorithm === algorithm);
  if (known && known.digest !== digest) {
    throw new MalformedLockfile(line.number, "another line has another checksum for this gem");
  }
  if (!known) digests.push({ algorithm, digest });
  return undefined;
}

function hexDigest(digest: string): string | undefined {
  if (/^[0-9a-f]{64}$/i.test(digest)) return digest;
  const base64 = digest.replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Buffer.from(base64, "base64");
  const exact = bytes.length === 32 && bytes.toString("base64") === base64;
  return exact ? bytes.toString("hex") : undefined;
}
