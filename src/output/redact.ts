/**
 * Makes text safe to print: replaces credentials and signatures in URLs with `***`, and removes control
 * characters other than tabs and colour codes, so that no input can rewrite the log.
 */
export function redact(text: string): string {
  return text
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, "$1***@")
    .replace(secretParameters, "$1***")
    .replace(unsafeCharacters, "");
}

// URL parameters with signatures and credentials.
const secretParameters =
  /([?&][^\s=&#]*(?:signature|credential|token|secret|password|key|sig)[^\s=&#]*=)[^\s&#`"']+/gi;

// Every C0 and C1 control character except tab, newline, and an ESC that starts a colour code (`ESC [ … m`).
const unsafeCharacters =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f]|\u001b(?!\[[0-9;]*m)/g;
