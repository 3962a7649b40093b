/** What a Gemfile installs only if `BUNDLE_WITH` names a group. */
export interface OptionalGems {
  /** The names of gems, with the groups of which one has to be named. */
  gems: ReadonlyMap<string, readonly string[]>;
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
  const gems = new Map<string, readonly string[]>();
  const servers: { url: string; optional: boolean }[] = [];
  let block: { indentation: number; groups: string[] } | undefined;
  for (const line of gemfile.split("\n")) {
    if (line.length > longestLine || /^\s*(?:#|$)/.test(line)) continue;
    const indentation = line.search(/\S/);
    if (block && indentation <= block.indentation) block = undefined;
    for (const [, url = ""] of line.matchAll(/["'](https?:\/\/[^"']+)["']/g)) {
      servers.push({ url: withoutSlash(url), optional: block !== undefined });
    }
    const groups = optionalGroups(line);
    if (groups && !groups.some((group) => wanted.includes(group))) block = { indentation, groups };
    const [, gem] = /^\s*gem\s*\(?\s*["']([\w.-]+)["']/.exec(line) ?? [];
    if (block && gem !== undefined) gems.set(gem, block.groups);
  }
  const needed = new Set(servers.filter(({ optional }) => !optional).map(({ url }) => url));
  const optional = servers.filter(({ url }) => !needed.has(url)).map(({ url }) => url);
  return { gems, servers: [...new Set(optional)] };
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
