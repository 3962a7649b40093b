import { parseGemfileLock } from "../../src/ruby/lockfile/gemfile-lock.ts";
import type { GemfileLock } from "../../src/ruby/lockfile/gemfile-lock.ts";

/** A lockfile that has these gems: `{ railties: "8.1.4" }`. */
export function lockedWith(gems: Readonly<Record<string, string>>): GemfileLock {
  const specs = Object.entries(gems).map(([name, version]) => `    ${name} (${version})\n`);
  const text = `GEM\n  remote: https://gems.example.com/\n  specs:\n${specs.join("")}\nPLATFORMS\n  ruby\n`;
  const parsed = parseGemfileLock(text);
  if (parsed.kind !== "lockfile") throw new Error(parsed.problem);
  return parsed.lockfile;
}
