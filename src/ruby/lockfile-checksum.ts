import { strip } from "./ruby-text.ts";

/**
 * Reads one entry of CHECKSUMS, `sha256=<hex or Base64>`, into its algorithm and digest, SHA-256
 * always in hex; `undefined` where Bundler::Checksum.from_lock refuses it.
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

function hexDigest(digest: string): string | undefined {
  if (/^[0-9a-f]{64}$/i.test(digest)) return digest;
  const base64 = digest.replaceAll("-", "+").replaceAll("_", "/");
  const bytes = Buffer.from(base64, "base64");
  const exact = bytes.length === 32 && bytes.toString("base64") === base64;
  return exact ? bytes.toString("hex") : undefined;
}
