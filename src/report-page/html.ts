/** Markup that is safe to put into a page. Only `markup` makes it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Content = string | number | Html | undefined | readonly Content[];

/**
 * Makes markup from a template. Every value is escaped unless `markup` made it itself, so no text can become
 * markup, neither between tags nor in a quoted attribute. Lists are joined, and `undefined` is nothing.
 */
export function markup(parts: TemplateStringsArray, ...values: readonly Content[]): Html {
  return new Html(parts.map((part, index) => part + markupOf(values[index])).join(""));
}

function markupOf(value: Content): string {
  if (value instanceof Html) return value.text;
  if (typeof value === "object") return value.map(markupOf).join("");
  return value === undefined ? "" : escape(printable(String(value)));
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * Text without characters that no document may hold, and without those that change the direction of the text
 * after them, which can make a page show something else than it says.
 */
export function printable(text: string): string {
  return text.toWellFormed().replace(unprintable, "\uFFFD");
}

const unprintable =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g;
