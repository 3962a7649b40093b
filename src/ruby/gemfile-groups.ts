/** Which groups are installed: `BUNDLE_WITH` and `BUNDLE_WITHOUT`. */
export interface GroupChoice {
  with: readonly string[];
  without: readonly string[];
}

/** What a Gemfile names only for groups that are not installed. */
export interface LeftOut {
  gems: ReadonlySet<string>;
  /** Gem servers that only gems of optional groups come from. */
  optionalServers: readonly string[];
}

/**
 * The gems of groups that are not installed, as far as the text of a Gemfile shows: those in blocks such as
 * `group :development do … end` and with options such as `group: :test`. Goes by the indentation of blocks, which is right
 * for the code that people write.
 */
export function gemsLeftOut(gemfile: string, choice: GroupChoice): LeftOut {
  const gems: Mention[] = [];
  const servers: Mention[] = [];
  let block: (Block & { indentation: number }) | undefined;
  for (const line of gemfile.split("\n")) {
    if (line.length > longestLine || /^\s*(?:#|$)/.test(line)) continue;
    const indentation = line.search(/\S/);
    if (block !== undefined && indentation <= block.indentation) block = undefined;
    for (const [, url = ""] of line.matchAll(/["'](https?:\/\/[^"']+)["']/g)) {
      servers.push({ name: withoutSlash(url), leftOut: block?.optional ?? false });
    }
    const opened = blockOf(line);
    if (opened && isLeftOut(opened, choice)) block = { ...opened, indentation };
    const [, gem] = /^\s*gem\s*\(?\s*["']([\w.-]+)["']/.exec(line) ?? [];
    if (gem === undefined) continue;
    const own = { groups: groupsOfGem(line), optional: false };
    gems.push({ name: gem, leftOut: block !== undefined || isLeftOut(own, choice) });
  }
  return { gems: alwaysLeftOut(gems), optionalServers: [...alwaysLeftOut(servers)] };
}

/** A gem or a server that a line names. */
interface Mention {
  name: string;
  leftOut: boolean;
}

/** A block of gems for some groups. */
interface Block {
  groups: readonly string[];
  optional: boolean;
}

/** A gem is installed if one of its groups is. */
function isLeftOut({ groups, optional }: Block, choice: GroupChoice): boolean {
  if (groups.length === 0 || groups.some((group) => choice.with.includes(group))) return false;
  return optional || groups.every((group) => choice.without.includes(group));
}

function alwaysLeftOut(mentions: readonly Mention[]): Set<string> {
  const needed = new Set(mentions.filter(({ leftOut }) => !leftOut).map(({ name }) => name));
  return new Set(mentions.map(({ name }) => name).filter((name) => !needed.has(name)));
}

/** The block that a line such as `group :paid, optional: true do` begins. */
function blockOf(line: string): Block | undefined {
  if (!/^\s*group\b.*\bdo\s*$/.test(line)) return undefined;
  return { groups: namesIn(line), optional: /\boptional(?::|\s*=>)\s*true\b/.test(line) };
}

/** The groups that a line such as `gem "debug", groups: %i[development test]` names. */
function groupsOfGem(line: string): string[] {
  const [, list = ""] =
    /\bgroups?(?::|\s*=>)\s*(%[iIwW]?\[[^\]]*\]|\[[^\]]*\]|:\w+|["']\w+["'])/.exec(line) ?? [];
  const [, words] = /^%[iIwW]?\[([^\]]*)\]/.exec(list) ?? [];
  return words === undefined ? namesIn(list) : words.split(/\s+/).filter((word) => word !== "");
}

/** The names of groups in a list of symbols and strings. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/:(\w+)\b(?!\s*=>)|["'](\w+)["']/g)].map(
    ([, symbol, name]) => symbol ?? name ?? "",
  );
}

/** A server's URL as it can be compared. */
export function withoutSlash(url: string): string {
  return url.replace(/\/$/, "");
}

/** Whether a Gemfile evaluates other files, which may name any gem for any group. */
export function evaluatesFiles(gemfile: string): boolean {
  return /^[^#\n]*\b(?:eval_gemfile|instance_eval|eval)\b/m.test(gemfile);
}

const longestLine = 500;
