import { compareGemVersions } from "./gem-version.ts";
import { findGem } from "./lockfile/gemfile-lock.ts";
import type { GemfileLock } from "./lockfile/gemfile-lock.ts";

export interface StandInRequest {
  locked: GemfileLock;
  /** What the command gets otherwise; an empty value counts as not set. */
  env: Readonly<Record<string, string>>;
  /** A key that nothing else will ever use. */
  throwawayKey: string;
}

/**
 * Variables that an app wants to see before it boots, though precompiling its assets uses none of
 * them: a key that signs nothing, and the URL of a database that is not there. What the user set stays.
 */
export function standInVariables(request: StandInRequest): Record<string, string> {
  return { ...standInKey(request), ...standInDatabase(request) };
}

// Since 7.1, Rails makes up a key itself when it is asked to.
function standInKey({ locked, env, throwawayKey }: StandInRequest): Record<string, string> {
  const rails = findGem(locked, "railties");
  if (rails === undefined || env["SECRET_KEY_BASE"]) return {};
  if (compareGemVersions(rails.version, "7.1.0.a") < 0) return { SECRET_KEY_BASE: throwawayKey };
  return env["SECRET_KEY_BASE_DUMMY"] ? {} : { SECRET_KEY_BASE_DUMMY: "1" };
}

function standInDatabase({ locked, env }: StandInRequest): Record<string, string> {
  if (env["DATABASE_URL"]) return {};
  const database = databases.find(([gem]) => findGem(locked, gem) !== undefined);
  return database ? { DATABASE_URL: `${database[1]}://user:password@127.0.0.1/none` } : {};
}

// Gems of databases that are servers, and the scheme of their URLs; the special before the general.
const databases: readonly [gem: string, scheme: string][] = [
  ["activerecord-postgis-adapter", "postgis"],
  ["activerecord-jdbcpostgresql-adapter", "postgresql"],
  ["activerecord-jdbcmysql-adapter", "mysql2"],
  ["pg", "postgresql"],
  ["mysql2", "mysql2"],
  ["trilogy", "trilogy"],
];
