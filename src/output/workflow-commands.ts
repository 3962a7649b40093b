/**
 * Makes a filter for a program's output in GitHub Actions, where a line such as `::add-mask::…`, or `##[…]` anywhere in
 * one, is a command for the runner, whoever has printed it. The filter puts an invisible character (U+200B) into it. It takes
 * the output in pieces of any length.
 */
export function workflowCommandFilter(): (text: string) => string {
  let pending = "";
  return (text) => {
    const whole = pending + text;
    const safe = whole
      .replaceAll("##[", `##${invisible}[`)
      .replace(/^([^\S\r\n]*:)(?=:)/gm, `$1${invisible}`);
    const printed = safe.slice(pending.length);
    const line = /[^\r\n]*$/.exec(whole.slice(-longest))?.[0] ?? "";
    pending = pendingOf(line);
    return printed;
  };
}

/** What of an unfinished line decides about the next piece: a beginning, or that it is not one and its end. */
function pendingOf(line: string): string {
  const begun = line.trim();
  return begun === "" || begun === ":" ? begun : `x${line.slice(-2)}`;
}

const invisible = "\u200B";
/** A longer run of spaces before `::` is not looked at. */
const longest = 4096;
