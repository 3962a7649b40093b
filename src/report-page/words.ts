import { type Html, markup } from "./html.ts";
import type { ShownLayer } from "./report.ts";

/** What happened to a layer, in a word or a few. */
export function fateOf({ fate, because = [] }: Pick<ShownLayer, "fate" | "because">): string {
  const isMade = because.length > 0;
  if (fate === "reused") return isMade ? "made again with the same content" : "kept";
  if (fate === "changed") return isMade ? "rebuilt" : "updated";
  return { created: "new", removed: "removed", temporary: "only for this build" }[fate];
}

/** Why it happened, as a part of a sentence with values in backticks; nothing if that is not known. */
export function reasonsOf({ because = [] }: Pick<ShownLayer, "because">): string | undefined {
  return because.length > 0 ? because.join("; ") : undefined;
}

/** The types of a layer: `launch, cache`. */
export function typesOf({ types }: Pick<ShownLayer, "types">): string {
  return Object.entries(types)
    .flatMap(([type, is]) => (is ? [type] : []))
    .join(", ");
}

/** A text of the log: what is in backticks there is code. */
export function prose(text: string): Html {
  const parts = text.split("`");
  // A last backtick without a closing one is ordinary text.
  const whole = parts.length % 2 === 1 ? parts : [...parts.slice(0, -2), parts.slice(-2).join("`")];
  return markup`${whole.map((part, index) => (index % 2 === 1 ? markup`<code>${part}</code>` : markup`${part}`))}`;
}
