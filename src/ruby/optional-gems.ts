/** What a Gemfile installs only if `BUNDLE_WITH` names a group. */
export interface OptionalGems {
  gems: ReadonlySet<string>;
  /** Gem servers that only such gems come from. */
  servers: readonly string[];
}

/**
 * The gems in blocks such as `group :postgresql, optional: true do … end`, as far as the text of a Gemfile shows. Goes
 * by the indentation, which is right for the code that people write.
 *
 * @param wanted the groups in `BUNDLE_WITH`.
 */
export function optionalGems(gemfile: string, wanted: readonly string[]): OptionalGems {
  const gems: Mention[] = [];
  const servers: Mention[] = [];
  let block: number | undefined;
  for (const line of gemfile.split("\n")) {
    if (line.length > longestLine || /^\s*(?:#|$)/.test(line)) continue;
    const indentation = line.search(/\S/);
    if (block !== undefined && indentation <= block) block = undefined;
    for (const [, url = ""] of line.matchAll(/["'](https?:\/\/[^"']+)["']/g)) {
      servers.push({ name: withoutSlash(url), optional: block !== undefined });
    }
    const groups = optionalGroups(line);
    if (groups && !groups.some((group) => wanted.includes(group))) block = indentation;
    const [, gem] = /^\s*gem\s*\(?\s*["']([\w.-]+)["']/.exec(line) ?? [];
    if (gem !== undefined) gems.push({ name: gem, optional: block !== undefined });
  }
  return { gems: alwaysOptional(gems), servers: [...alwaysOptional(servers)] };
}

/** A gem or a server that a line names. */
interface Mention {
  name: string;
  /** Whether the line is in a block of optional gems. */
  optional: boolean;
}

function alwaysOptional(mentions: readonly Mention[]): Set<string> {
  const needed = new Set(mentions.filter(({ optional }) => !optional).map(({ name }) => name));
  return new Set(mentions.map(({ name }) => name).filter((name) => !needed.has(name)));
}

/** The groups of a line that begins a block of optional gems. */
function optionalGroups(line: string): string[] | undefined {
  if (!/^\s*group\b.*\boptional(?::|\s*=>)\s*true\b.*\bdo\s*$/.test(line)) return undefined;
  return [...line.matchAll(/:(\w+)\b(?!\s*=>)|["'](\w+)["']/g)].map(
    ([, symbol, text]) => symbol ?? text ?? "",
  );
}

/** A server's URL as it can be compared. */
export function withoutSlash(url: string): string {
  return url.replace(/\/$/, "");
}

const longestLine = 500;
