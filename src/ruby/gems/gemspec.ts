/** The gemspec of an installed gem. */
export interface Gemspec {
  name: string;
  version: string;
  /** RubyGems' name of the platform; `ruby` for a gem that can be installed anywhere. */
  platform: string;
  licenses: readonly string[];
  homepage: string | undefined;
}

/**
 * Reads a gemspec that RubyGems wrote when it installed a gem: one assignment of literals per line. Returns
 * `undefined` for a gemspec that a person wrote, which is a program.
 */
export function parseInstalledGemspec(text: string): Gemspec | undefined {
  const [name] = stringsOf(text, "name");
  const [version] = stringsOf(text, "version");
  if (name === undefined || version === undefined) return undefined;
  const [platform = "ruby"] = stringsOf(text, "platform");
  const licenses = [...stringsOf(text, "licenses"), ...stringsOf(text, "license")];
  return { name, version, platform, licenses, homepage: stringsOf(text, "homepage")[0] };
}

/** The names of the commands that RubyGems has put into `bin` for an installed gem. */
export function executablesOf(text: string): string[] {
  return stringsOf(text, "executables");
}

/** The strings in `s.<attribute> = "…".freeze` or `s.<attribute> = ["…".freeze, …]`. */
function stringsOf(text: string, attribute: string): string[] {
  const line = new RegExp(`^  s\\.${attribute} = (.*)$`, "m").exec(text)?.[1] ?? "";
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, value = ""]) => unescaped(value));
}

/** RubyGems writes strings as Ruby's `inspect` does. */
function unescaped(value: string): string {
  return value.replace(/\\(?:u([0-9A-F]{4})|(.))/g, (_, code: string | undefined, char: string) =>
    code === undefined ? char : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
