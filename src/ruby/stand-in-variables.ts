import { compareGemVersions } from "./gems/gem-version.ts";
import { findGem } from "./lockfile/gemfile-lock.ts";
import type { GemfileLock } from "./lockfile/gemfile-lock.ts";

export interface StandInRequest {
  locked: GemfileLock;
  /** The rest of the command's environment. An empty value counts as not set. */
  env: Readonly<Record<string, string>>;
  /** A random key that is used only here. */
  throwawayKey: string;
}

/**
 * Variables that an app needs to boot, but that precompiling assets does not use: a secret key, and the URL
 * of a database that does not exist. Variables that the user has set are left out.
 */
export function standInVariables(request: StandInRequest): Record<string, string> {
  return { ...standInKey(request), ...standInDatabase(request) };
}

// Since 7.1, Rails generates a key itself if SECRET_KEY_BASE_DUMMY is set.
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

// Gems for database servers and their URL schemes, special ones before general ones.
const databases: readonly [gem: string, scheme: string][] = [
  ["activerecord-postgis-adapter", "postgis"],
  ["activerecord-jdbcpostgresql-adapter", "postgresql"],
  ["activerecord-jdbcmysql-adapter", "mysql2"],
  ["pg", "postgresql"],
  ["mysql2", "mysql2"],
  ["trilogy", "trilogy"],
];
