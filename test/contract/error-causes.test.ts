import { describe, expect, test } from "vitest";
import type { SystemNeed } from "../../src/failure.ts";
import { failureLines } from "../../src/output/print-failure.ts";
import { bundlerError } from "../../src/ruby/bundler-error.ts";
import { packagesToCompile } from "../../src/ruby/missing-packages.ts";
import { finalErrors } from "../../src/ruby/final-errors.ts";
import { growthOf } from "../support/fuzz/growth.ts";

// For each cause: its advice, the output of a failure that has this cause, and the outputs of two failures
// that contain its words but have another cause.
type Story = [advice: string, fits: string, other: string, another: string];

const gems = "/layers/lapidary_ruby/gems/gems";
const boot = `${gems}/railties-8.1.4/lib/rails/engine.rb:571:in 'Array#each'`;
const missingLog = `rake aborted!
Errno::ENOENT: No such file or directory @ rb_sysopen - log/production.log (Errno::ENOENT)
/workspace/config/environments/production.rb:12:in 'IO#initialize'
${boot}`;

const rakeCauses: Story[] = [
  [
    "Set RAILS_MASTER_KEY",
    `rake aborted!
ActiveSupport::EncryptedFile::MissingKeyError: Missing encryption key to decrypt file with. Ask your team for your master key and write it to config/master.key or put it in the ENV['RAILS_MASTER_KEY']. (ActiveSupport::EncryptedFile::MissingKeyError)
${gems}/activesupport-8.1.4/lib/active_support/encrypted_file.rb:118:in 'ActiveSupport::EncryptedFile#handle_missing_key'`,
    `Missing encryption key for archive, config/master.key is not readable\n${missingLog}`,
    `rake aborted!
ActiveSupport::MessageEncryptor::InvalidMessage: ActiveSupport::MessageEncryptor::InvalidMessage (ActiveSupport::MessageEncryptor::InvalidMessage)
/workspace/config/initializers/key.rb:3:in 'read config/master.key'`,
  ],
  [
    "rails secret",
    `rake aborted!
ArgumentError: Missing \`secret_key_base\` for 'production' environment, set this string with \`bin/rails credentials:edit\` (ArgumentError)
${gems}/railties-8.1.4/lib/rails/application.rb:640:in 'Rails::Application#validate_secret_key_base'

Tasks: TOP => environment`,
    `Missing \`secret_key_base\` in config/secrets.yml, using a default\n${missingLog}`,
    `rake aborted!
ArgumentError: wrong number of arguments, see README: Missing secret_token (given 1, expected 0) (ArgumentError)
/workspace/lib/key.rb:1:in 'Key#initialize'`,
  ],
  [
    "Move the gem that has `rspec/core/rake_task` out of",
    `rake aborted!
LoadError: cannot load such file -- rspec/core/rake_task (LoadError)
/workspace/Rakefile:4:in 'Kernel#require'`,
    `rake aborted!
LoadError: cannot load such file -- /workspace/lib/shop/engine (LoadError)
/workspace/config/application.rb:9:in 'Kernel#require'`,
    `Skipping: cannot load such file -- rspec/core/rake_task\n${missingLog}`,
  ],
  [
    'ENV.fetch("STRIPE_KEY", nil)',
    `bundler: failed to load command: rake (${gems}/bin/rake)
/workspace/config/initializers/stripe.rb:1:in 'ENV.fetch': key not found: "STRIPE_KEY" (KeyError)
\tfrom /workspace/config/initializers/stripe.rb:1:in '<main>'
\tfrom ${boot}`,
    `rake aborted!
KeyError: key not found: "colour" (KeyError)
/workspace/lib/theme.rb:8:in 'Hash#fetch'`,
    `key not found: "STRIPE_KEY" (payments are off)\n${missingLog}`,
  ],
  [
    "the app connects at /workspace/config/initializers/flags.rb:7. Make it connect on first use.",
    `rake aborted!
ActiveRecord::ConnectionNotEstablished: connection to server at "127.0.0.1", port 5432 failed: Connection refused (ActiveRecord::ConnectionNotEstablished)
\tIs the server running on that host and accepting TCP/IP connections?
${gems}/activerecord-8.1.4/lib/active_record/connection_adapters/postgresql_adapter.rb:58:in 'new_client'
/workspace/config/initializers/flags.rb:7:in '<top (required)>'

Caused by:
PG::ConnectionBad: connection to server at "127.0.0.1", port 5432 failed: Connection refused (PG::ConnectionBad)
${gems}/pg-1.6.2/lib/pg/connection.rb:944:in 'PG::Connection.connect_to_hosts'`,
    `ActiveRecord::ConnectionNotEstablished: flags are off, Connection refused\n${missingLog}`,
    `rake aborted!
Faraday::ConnectionFailed: Failed to open TCP connection to cdn.example.com:443 (Connection refused - connect(2)) (Faraday::ConnectionFailed)
${gems}/net-http-0.6.0/lib/net/http.rb:1672:in 'Net::HTTP#connect'

Caused by:
Errno::ECONNREFUSED: Connection refused - connect(2) for "cdn.example.com" port 443 (Errno::ECONNREFUSED)
${gems}/net-http-0.6.0/lib/net/http.rb:1670:in 'TCPSocket#initialize'`,
  ],
  [
    "--buildpack heroku/nodejs",
    `rake aborted!
ExecJS::RuntimeUnavailable: Could not find a JavaScript runtime. See https://github.com/rails/execjs for a list of available runtimes. (ExecJS::RuntimeUnavailable)
${gems}/execjs-2.10.0/lib/execjs/runtimes.rb:68:in 'ExecJS::Runtimes.autodetect'`,
    `sh: 1: yarn: not found\n${missingLog}`,
    `yarn run v1.22.22
error TS2304: Cannot find name 'Turbo'. yarn: not found in cache.
rake aborted!
jsbundling-rails: Command build failed, ensure \`yarn build\` runs without errors
${gems}/jsbundling-rails-1.3.1/lib/tasks/jsbundling/build.rake:14:in 'block (2 levels) in <top (required)>'`,
  ],
  [
    "--buildpack heroku/nodejs",
    `rake aborted!
Command failed with status (127): [yarn install --frozen-lockfile]
${gems}/rake-13.4.2/lib/rake/file_utils.rb:57:in 'block in FileUtils#create_shell_runner'`,
    `rake aborted!
Command failed with status (1): [yarn install --frozen-lockfile]
${gems}/rake-13.4.2/lib/rake/file_utils.rb:57:in 'block in FileUtils#create_shell_runner'`,
    `rake aborted!
Errno::ENOENT: No such file or directory - node.yml (Errno::ENOENT)
/workspace/lib/tasks/map.rake:2:in 'File.read'`,
  ],
];

describe("advice on the error that ended rake", () => {
  test.each(rakeCauses)("%s", (advice, fits, ...others) => {
    expect(adviceOnRake(fits)).toContain(advice);
    for (const output of others) {
      expect(adviceOnRake(output)).not.toContain(advice);
      expect(adviceOnRake(output)).toContain("on your own machine");
    }
  });

  test("is the same for the cause of that error", () => {
    const output = `rake aborted!
ActionView::Template::Error: cannot load such file -- sassc (ActionView::Template::Error)
/workspace/app/views/a.erb:1

Caused by:
LoadError: cannot load such file -- sassc (LoadError)
${boot}`;
    expect(adviceOnRake(output)).toContain("that has `sassc` out of the groups");
  });
});

const fetched = "Fetching gem metadata from https://gems.example.com/...";
const native = `Installing pg 1.6.2 with native extensions
Gem::Ext::BuildError: ERROR: Failed to build gem native extension.

    current directory: ${gems}/pg-1.6.2/ext
checking for pg_config... no`;
const endsAt = "An error occurred while installing pg (1.6.2), and Bundler cannot continue.";
const full = `Installing shop 1.0.0
Errno::ENOSPC: No space left on device @ io_write - ${gems}/shop
${endsAt}`;

const mysql = `Installing mysql2 0.5.7 with native extensions
Gem::Ext::BuildError: ERROR: Failed to build gem native extension.

    current directory: ${gems}/mysql2-0.5.7/ext/mysql2
checking for -lmysqlclient... no
-----
mysql client is missing. You may need to 'sudo apt-get install libmariadb-dev', 'sudo apt-get install libmysqlclient-dev' or 'sudo yum install mysql-devel', and try again.
-----
*** extconf.rb failed ***`;
const pg = `${native}
Using pg_config from /usr/bin/pg_config
checking for libpq-fe.h... no
Can't find the 'libpq-fe.h header
*****************************************************************************

Unable to find PostgreSQL client library.`;

const incompatible = `Fetching gem metadata from https://rubygems.org/........
clearance-2.12.0 requires ruby version >= 3.3.11, which is incompatible with the
current version, 3.3.8`;

const bundlerCauses: Story[] = [
  [
    "bundle update --conservative clearance",
    incompatible,
    `${incompatible}\nInstalling shop 1.0.0\n${full}`,
    mysql,
  ],
  [
    "apt-get install --yes --no-install-recommends libmariadb-dev",
    mysql,
    mysql.replace(/^mysql client is missing.*$/m, "mysql.c:12: error: unknown type name"),
    `Installing mysql2 0.5.7\nmysql client is missing.\nInstalling shop 1.0\n${full}`,
  ],
  [
    "apt-get install --yes --no-install-recommends libpq-dev",
    pg,
    pg
      .replace(/^Unable to find.*$/m, "pg.c:12: error: unknown type name")
      .replace(/^Can't.*$/m, ""),
    mysql,
  ],
  [
    "BUNDLE_<HOST>=user:password",
    `${fetched}
Authentication is required for https://gems.example.com/.
Please supply credentials for this source. You can do this by running:`,
    `Installing shop 1.401.0\nAuthentication is required for push: 401\n${full}`,
    `${native}\nAuthentication is required for the database\n${endsAt}`,
  ],
  [
    "BUNDLE_MIRROR__ALL",
    `${fetched}
Could not reach host gems.example.com. Check your network connection and try again.`,
    `Retrying fetcher due to error (2/4): Bundler::HTTPError Network error while fetching x\n${full}`,
    `${native}\nchecking for SocketError... timed out\n${endsAt}`,
  ],
  [
    "bundle cache ",
    `Could not find rack-3.1.8 in cached gems or installed locally`,
    `Using rack 3.1.8 (Could not find rack-3.1.7 in cached gems or installed locally)\n${full}`,
    `${native}\nwarning: Could not find libpq in cached gems or installed locally\n${endsAt}`,
  ],
  [
    "bundle update rack",
    `${fetched}
Could not find rack-9.9.9 in any of the sources`,
    `Using shop 1.0.0 (Could not find shop-2.0.0 in any of the sources)\n${full}`,
    `${native}\nerror: Could not find pg_config in any of the sources\n${endsAt}`,
  ],
  [
    "bundle update --ruby",
    `Your Ruby version is 3.3.8, but your Gemfile specified 3.4.1`,
    `Installing a 1.0 (Your Ruby version is 3.3.8, but your Gemfile specified 3.4.1)\n${full}`,
    `${native}\nnote: Your Ruby version is 3.3.8, but your Gemfile specified none\n${endsAt}`,
  ],
  [
    "to the build image",
    `${native}\n\nextconf failed, exit code 1\n${endsAt}`,
    `Retrying: ERROR: Failed to build gem native extension.\n${full}`,
    `Using pg (extconf.rb failed before)\n${fetched}\nCould not find rack-9 in any of the sources`,
  ],
];

test.each(["-1", "Could not find -1", "a-1 requires ruby version "])(
  "advice on an error takes twice the time for twice as many %j",
  (part) => {
    const many = (size: number) => part.repeat(size / part.length);
    expect(growthOf(adviceOnBundler, many)).toBeLessThan(3);
  },
);

describe("advice on the error that ended Bundler", () => {
  test.each(bundlerCauses)("%s", (advice, fits, ...others) => {
    expect(adviceOnBundler(fits)).toContain(advice);
    for (const output of others) expect(adviceOnBundler(output)).not.toContain(advice);
  });
});

describe("a library or program that the log lists as needed", () => {
  const needs = [
    { names: ["libvips.so.42"], gems: ["ruby-vips"], package: "libvips42" },
    { names: ["convert", "magick"], gems: ["mini_magick"], package: "imagemagick" },
  ];

  test.each([
    [
      "Could not open library 'vips.so.42': vips.so.42: cannot open shared object file: No such file or directory.\nCould not open library 'libvips.so.42': libvips.so.42: cannot open shared object file: No such file or directory",
      "The error names libvips.so.42 (package libvips42), which is needed by ruby-vips.",
      "apt-get install --yes --no-install-recommends libvips42",
    ],
    [
      "No such file or directory - magick",
      "The error names convert or magick (package imagemagick), which is needed by mini_magick.",
      "apt-get install --yes --no-install-recommends imagemagick",
    ],
  ])("is repeated with its fix: %s", (message, entry, fix) => {
    const output = `rake aborted!\nLoadError: ${message}\n${boot}`;
    expect(adviceOnRake(output, needs)).toContain(entry);
    expect(adviceOnRake(output, needs)).toContain(fix);
  });

  test("is not repeated for another error, nor for other lines that name it", () => {
    for (const output of [
      `libvips.so.42: cannot open shared object file\n${missingLog}`,
      "rake aborted!\nVips::Error: libvips.so.42 has no loader for this file\n/app/a.rb:1",
    ]) {
      expect(adviceOnRake(output, needs)).not.toContain("The error names");
    }
  });
});

function adviceOnRake(output: string, needs: readonly SystemNeed[] = []): string {
  const errors = finalErrors(output.split("\n"));
  const facts = { command: "bundle exec rake -P --trace", exitCode: 1, errors, needs };
  return failureLines({ image: "debian", code: "rake/detection-failed", ...facts }).join("\n");
}

function adviceOnBundler(text: string): string {
  const lines = text.split("\n");
  const facts = { command: "bundle install", exitCode: 5, output: lines.slice(-1) };
  const error = bundlerError(lines);
  const packages = packagesToCompile(error);
  const failure = { ...facts, error, packages, image: "debian" as const };
  return failureLines({ code: "gems/install-failed", ...failure }).join("\n");
}
