import known from "spdx-license-ids/index.json" with { type: "json" };
import deprecated from "spdx-license-ids/deprecated.json" with { type: "json" };

const identifiers = new Map([...deprecated, ...known].map((id) => [id.toLowerCase(), id]));

/**
 * The identifier of a license on the SPDX License List, in any capitalization. `undefined` for any other name,
 * such as `Nonstandard`.
 */
export function spdxIdentifier(name: string): string | undefined {
  return identifiers.get(name.trim().toLowerCase());
}
