/** What an installed gem says of itself. */
export interface Gemspec {
  name: string;
  version: string;
  /** As RubyGems writes it, `ruby` for a gem that suits any machine. */
  platform: string;
  licenses: readonly string[];
  homepage: string | undefined;
}

/**
 * Reads a gemspec that RubyGems wrote when it installed the gem: one assignment a line, of literals. A
 * gemspec that a person wrote is a program; of that one, `undefined`.
 */
export function parseInstalledGemspec(text: string): Gemspec | undefined {
  const [name] = stringsOf(text, "name");
  const [version] = stringsOf(text, "version");
  if (name === undefined || version === undefined) return undefined;
  const [platform = "ruby"] = stringsOf(text, "platform");
  const licenses = [...stringsOf(text, "licenses"), ...stringsOf(text, "license")];
  return { name, version, platform, licenses, homepage: stringsOf(text, "homepage")[0] };
}

/** The texts of `s.<attribute> = "…".freeze` or `s.<attribute> = ["…".freeze, …]`. */
function stringsOf(text: string, attribute: string): string[] {
  const line = new RegExp(`^  s\\.${attribute} = (.*)$`, "m").exec(text)?.[1] ?? "";
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, value = ""]) => unescaped(value));
}

/** RubyGems writes texts as Ruby's `inspect` does. */
function unescaped(value: string): string {
  return value.replace(/\\(?:u([0-9A-F]{4})|(.))/g, (_, code: string | undefined, char: string) =>
    code === undefined ? char : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
