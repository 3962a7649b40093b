/** A gem file that a gem server has. */
export interface IndexedGem {
  version: string;
  /** RubyGems' name of the platform; `ruby` for a gem that can be installed anywhere. */
  platform: string;
  /** The SHA-256 of the file in hex, if the server states it. */
  sha256: string | undefined;
}

/**
 * Reads the answer of a gem server to `/info/NAME` (RubyGems' compact index): one line for each version and
 * platform, such as `1.18.9-x86_64-linux-gnu racc:~> 1.4|checksum:09a…,ruby:>= 3.2`. Other lines are left out.
 */
export function parseGemInfo(text: string): IndexedGem[] {
  return text.split("\n").flatMap((line) => {
    const [, version, platform = "ruby"] = /^(\d[\w.]*)(?:-([\w.-]+))?(?: |$)/.exec(line) ?? [];
    if (version === undefined) return [];
    const requirements = line.slice(line.indexOf("|") + 1);
    const [, sha256] = /(?:^|,)checksum:([0-9a-f]{64})(?:,|$)/.exec(requirements) ?? [];
    return [{ version, platform, sha256 }];
  });
}
