/**
 * Makes text safe to print: replaces credentials and signatures in URLs with `***`, and removes control
 * characters other than tabs and colour codes, so that no input can rewrite the log.
 */
export function redact(text: string): string {
  return text
    .replace(privateKeys, "$1***$2")
    .replace(/\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/]+@/gi, "$1***@")
    .replace(secretParameters, "$1***")
    .replace(unsafeCharacters, "");
}

// URL parameters with signatures and credentials.
const secretParameters =
  /([?&][^\s=&#]{0,60}(?:signature|credential|token|secret|pass|pwd|pw|auth|key|sig)[^\s=&#]{0,60}=)[^\s&#`"']+/gi;

const privateKeys = /(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)[\s\S]*?(-----END |$)/g;

// Every C0 and C1 control character except tab, newline, and an ESC that starts a colour code (`ESC [ … m`).
const unsafeCharacters =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f]|\u001b(?!\[[0-9;]*m)/g;
