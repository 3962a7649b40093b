import { compareGemVersions } from "./gems/gem-version.ts";
import { findGem } from "./lockfile/gemfile-lock.ts";
import type { GemfileLock } from "./lockfile/gemfile-lock.ts";

/** Add-ons that a slug platform gives to a new app with these gems. */
export function addonsFor(locked: GemfileLock): string[] {
  return postgresGems.some((gem) => findGem(locked, gem)) ? ["heroku-postgresql"] : [];
}

const postgresGems = ["pg", "activerecord-postgis-adapter", "activerecord-jdbcpostgresql-adapter"];

/** Whether gems of the app run JavaScript. */
export function runsJavascript(locked: GemfileLock): boolean {
  return ["execjs", "webpacker", "shakapacker"].some((gem) => findGem(locked, gem));
}

/** The command that runs the app's tests, chosen by its gems, or else by its Rakefile. */
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
 * A `config/database.yml` for an app whose Active Record is older than 4.1 and does not read DATABASE_URL
 * itself. It is ERB that is evaluated when the app boots. Without the variable, it names no database.
 */
export function databaseYmlFor(locked: GemfileLock): string | undefined {
  const activeRecord = findGem(locked, "activerecord");
  if (!activeRecord || compareGemVersions(activeRecord.version, "4.1.0.beta1") >= 0)
    return undefined;
  return databaseYml;
}

// The adapter has the name of the URL's scheme, except for PostgreSQL, which has two schemes. The URL's
// query (`?pool=5`) contains settings.
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
