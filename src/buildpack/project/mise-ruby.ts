import * as z from "zod";
import { parseToml } from "../../toml.ts";

/** The Ruby that the text of a `mise.toml` names, such as `3.3.8`; `undefined` if it names none or is no TOML. */
export function readMiseRuby(text: string): string | undefined {
  try {
    return miseSchema.safeParse(parseToml(text)).data?.tools.ruby;
  } catch {
    // Like any other text without a version: the file is for mise, not for us.
    return undefined;
  }
}

// `ruby = "3.3.8"`, `ruby = ["3.3.8", "3.2"]` or `ruby = { version = "3.3.8" }`
const version = z.union([
  z.string(),
  z.array(z.string()).transform(([first]) => first),
  z.object({ version: z.string() }).transform((tool) => tool.version),
]);
const miseSchema = z.object({ tools: z.object({ ruby: version }) });
