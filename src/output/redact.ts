/**
 * Text that is safe to print: credentials and signatures in URLs are replaced by `***`, and control characters
 * other than tabs and colour codes are removed, so that no input can rewrite the log.
 */
export function redact(text: string): string {
  return text
    .replace(privateKeys, "$1***$2")
    .replace(/\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/]+@/gi, "$1***@")
    .replace(secretParameters, "$1***")
    .replace(unsafeCharacters, "");
}

// Parameters of URLs by which stores sign requests and servers know their users.
const secretParameters =
  /([?&][^\s=&#]{0,60}(?:signature|credential|token|secret|pass|pwd|pw|auth|key|sig)[^\s=&#]{0,60}=)[^\s&#`"']+/gi;

const privateKeys = /(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)[\s\S]*?(-----END |$)/g;

// Every C0 and C1 control but tab, newline, and an ESC that starts a colour code (`ESC [ … m`).
const unsafeCharacters =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f]|\u001b(?!\[[0-9;]*m)/g;
