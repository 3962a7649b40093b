import { compareGemVersions } from "./gem-version.ts";
import { findGem } from "./lockfile/gemfile-lock.ts";
import type { GemfileLock } from "./lockfile/gemfile-lock.ts";

/** Add-ons that a platform of slugs gives to a new app with these gems. */
export function addonsFor(locked: GemfileLock): string[] {
  return postgresGems.some((gem) => findGem(locked, gem)) ? ["heroku-postgresql"] : [];
}

const postgresGems = ["pg", "activerecord-postgis-adapter", "activerecord-jdbcpostgresql-adapter"];

/** Whether gems of the app run JavaScript, by whatever runtime is there. */
export function runsJavascript(locked: GemfileLock): boolean {
  return ["execjs", "webpacker", "shakapacker"].some((gem) => findGem(locked, gem));
}

/** What runs the app's own tests: the suite that its gems tell of, else its Rakefile's. */
export function testCommandFor(
  locked: GemfileLock,
  has: { binRails: boolean; rakefile: boolean },
): string | undefined {
  if (findGem(locked, "rspec-core")) return "bundle exec rspec";
  if (findGem(locked, "railties"))
    return has.binRails ? "bin/rails test" : "bundle exec rails test";
  return has.rakefile && findGem(locked, "rake") ? "bundle exec rake test" : undefined;
}

/**
 * A `config/database.yml` for an app whose Active Record does not read DATABASE_URL by itself: those
 * before 4.1. It is ERB, evaluated when the app boots; where the variable is not set, it names no
 * database.
 */
export function databaseYmlFor(locked: GemfileLock): string | undefined {
  const activeRecord = findGem(locked, "activerecord");
  if (!activeRecord || compareGemVersions(activeRecord.version, "4.1.0.beta1") >= 0)
    return undefined;
  return databaseYml;
}

// The adapter is named as the URL's scheme but for PostgreSQL, whose URLs have two. What stands in the
// URL's query (`?pool=5`) are settings.
const databaseYml = `<%
require "uri"
require "yaml"

url = URI.parse(ENV["DATABASE_URL"].to_s.strip)
plain = lambda { |text| text && URI.decode_www_form_component(text.gsub("+", "%2B")) }
adapter = url.scheme == "postgres" ? "postgresql" : url.scheme
settings = {
  "adapter" => adapter,
  "host" => url.host,
  "port" => url.port,
  "database" => plain.call(url.path.to_s.sub(/\\A\\//, "")),
  "username" => plain.call(url.user),
  "password" => plain.call(url.password)
}
settings.update(Hash[URI.decode_www_form(url.query.to_s)])
settings.delete_if { |_, value| value.to_s.empty? }
settings["pool"] = settings["pool"].to_i if settings["pool"]
environment = ENV["RAILS_ENV"] || ENV["RACK_ENV"] || "production"
%><%= { environment => settings }.to_yaml %>
`;
