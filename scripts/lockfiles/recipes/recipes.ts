import { thousandGems } from "./thousand-gems.ts";

/** How to make one lockfile of the corpus. */
export interface Recipe {
  name: string;
  bundler: string;
  /** Which Rubies its Bundler runs on; default: 3.2 and newer. */
  ruby?: "before 3.2";
  gemfile: string;
  /** The `bundle` commands to run, in order; default: `lock`. */
  commands?: string[][];
  /** The Ruby that Bundler is made to believe it runs on. */
  runsOn?: { version: string; patchLevel: string; engine?: string; engineVersion?: string };
}

const server = 'source "https://rubygems.org"';
const before32 = { ruby: "before 3.2" } as const;
const allPlatforms =
  "x86_64-linux x86_64-linux-musl aarch64-linux arm64-darwin x86_64-darwin x64-mingw32 java".split(
    " ",
  );
const addAllPlatforms = ["lock", ...allPlatforms.flatMap((name) => ["--add-platform", name])];
const addJava = [["lock", "--add-platform", "java"]];
const addChecksums = ["lock", "--add-checksums"];
const folderPluginName = "bundler-source-folder";
const folderPluginPlace = `https://git.example.com/acme/${folderPluginName}.git`;
const folderPlugin = [
  `plugin "${folderPluginName}", git: "${folderPluginPlace}"`,
  'source "folder:/engines/shop", type: "folder", shade: "green" do',
  '  gem "shop"',
  "end",
];

export const recipes: readonly Recipe[] = [
  recipe("1.17-rack", "1.17.3", ['gem "rack"', 'gem "nokogiri", "~> 1.13.0"'], before32),
  recipe(
    "1.17-rails-5",
    "1.17.3",
    ['gem "rails", "~> 5.2.8"', 'gem "pg", ">= 0.18", "< 2.0"'],
    before32,
  ),
  recipe("1.17-git-branch", "1.17.3", [git("toolbox", 'branch: "next/major"')], before32),
  recipe("1.17-path", "1.17.3", ['gem "greeter", path: "vendor/gems/greeter"'], before32),
  recipe("1.17-patch-level", "1.17.3", ["ruby RUBY_VERSION", 'gem "rake", "12.3.3"'], before32),
  recipe("1.17-two-servers", "1.17.3", ['gem "rake"', secondServer("rack")], before32),
  recipe(
    "1.17-jruby",
    "1.17.3",
    ['ruby "2.3.3", engine: "jruby", engine_version: "9.1.17.0"', 'gem "hashie"'],
    {
      ...before32,
      commands: addJava,
      runsOn: { version: "2.3.3", patchLevel: "0", engine: "jruby", engineVersion: "9.1.17.0" },
    },
  ),
  recipe("1.17-preview", "1.17.3", ['ruby "2.6.0.preview2"', 'gem "hashie"'], {
    ...before32,
    runsOn: { version: "2.6.0.preview2", patchLevel: "-1" },
  }),
  recipe("2.1-git-tag", "2.1.4", [git("toolbox", 'tag: "v1.0"'), 'gem "rack", "< 3"'], before32),
  recipe("2.1-ruby-1.9.3", "2.1.4", ['ruby "1.9.3"', 'gem "hashie", "~> 3.0"'], {
    ...before32,
    runsOn: { version: "1.9.3", patchLevel: "551" },
  }),
  recipe("2.2-rc", "2.2.0.rc.2", ['gem "sinatra", "~> 2.1"'], before32),
  recipe("2.2-platforms", "2.2.34", ['gem "nokogiri"', 'gem "google-protobuf", "~> 3.21"'], {
    ...before32,
    commands: [["lock"], addAllPlatforms],
  }),
  recipe(
    "2.2-truffleruby",
    "2.2.34",
    ['ruby "2.7.4", engine: "truffleruby", engine_version: "21.3.0"'],
    {
      ...before32,
      runsOn: { version: "2.7.4", patchLevel: "0", engine: "truffleruby", engineVersion: "21.3.0" },
    },
  ),
  recipe("2.3-git-submodules", "2.3.27", [
    git("toolbox", 'ref: "v1.0", submodules: true'),
    'gem "rake"',
  ]),
  recipe("2.3-git-glob", "2.3.27", [
    'git "https://git.example.com/acme/monorepo.git", glob: "parts/*/*.gemspec" do',
    '  gem "lathe"',
    '  gem "chisel"',
    "end",
  ]),
  recipe("2.3-groups", "2.3.27", [
    'gem "puma", "~> 5.6", require: false',
    'gem "rspec", group: :test',
  ]),
  recipe("2.4-rails-7", "2.4.22", [
    'ruby "3.3.8"',
    'gem "rails", "~> 7.0.8"',
    'gem "sqlite3", "~> 1.4"',
  ]),
  recipe(
    "2.4-jruby",
    "2.4.22",
    ['ruby "3.1.4", engine: "jruby", engine_version: "9.4.5.0"', 'gem "puma"'],
    {
      commands: addJava,
      runsOn: { version: "3.1.4", patchLevel: "223", engine: "jruby", engineVersion: "9.4.5.0" },
    },
  ),
  recipe("2.4-prerelease-gems", "2.4.22", ['gem "rails", "8.0.0.rc2"']),
  recipe("2.5-preview", "2.5.23", ['ruby "3.4.0.preview1"', 'gem "rack"'], {
    runsOn: { version: "3.4.0.preview1", patchLevel: "-1" },
  }),
  recipe("2.5-two-servers", "2.5.23", [
    'gem "rake"',
    secondServer("rack"),
    secondServer("rack-test"),
  ]),
  recipe("2.5-engines", "2.5.23", [
    'path "engines" do',
    '  gem "billing", "2.0.0.beta.1"',
    '  gem "shop"',
    "end",
  ]),
  recipe("2.5-gemspec", "2.5.23", ["gemspec", 'gem "irb", "!= 1.11.0"']),
  recipe("2.6-checksums", "2.6.9", ['gem "rails", "~> 7.2.0"'], {
    commands: [["lock"], addChecksums],
  }),
  recipe("2.6-checksums-platforms", "2.6.9", ['gem "nokogiri"', 'gem "ffi"'], {
    commands: [["lock"], addAllPlatforms, addChecksums],
  }),
  recipe(
    "2.6-checksums-git-path",
    "2.6.9",
    [git("toolbox"), 'gem "shop", path: "./engines/shop"'],
    {
      commands: [["lock"], addChecksums],
    },
  ),
  recipe("2.7-sinatra", "2.7.2", ['ruby "~> 3.3"', 'gem "sinatra"', 'gem "rackup"'], {
    commands: [["lock"], addChecksums],
  }),
  recipe("2.7-rc", "2.7.2", ['ruby "3.5.0.rc1"', 'gem "rack"'], {
    runsOn: { version: "3.5.0.rc1", patchLevel: "-1" },
  }),
  recipe("2.7-windows", "2.7.2", ['gem "tzinfo-data", platforms: %i[windows jruby]', 'gem "ffi"'], {
    commands: [["lock"], ["lock", "--add-platform", "x64-mingw-ucrt", "x86-mingw32"]],
  }),
  recipe("4.0-rails-8", "4.0.24", [
    'ruby "3.3.8"',
    'gem "rails", "~> 8.0.0"',
    'gem "sqlite3"',
    'gem "thruster"',
  ]),
  recipe("4.0-git-branch", "4.0.24", [git("toolbox", 'branch: "next/major"'), 'gem "rack"']),
  recipe("4.0-everything", "4.0.24", [
    'ruby "3.3.8"',
    git("toolbox", 'tag: "v1.0"'),
    'gem "shop", path: "engines/shop"',
    secondServer("rack-test"),
    'gem "nokogiri"',
  ]),
  recipe("4.0-plugin", "4.0.24", [...folderPlugin, 'gem "rack"'], {
    commands: [["plugin", "install", folderPluginName, "--git", folderPluginPlace], ["lock"]],
  }),
  recipe(
    "4.0-jruby",
    "4.0.24",
    ['ruby "3.4.2", engine: "jruby", engine_version: "10.0.2.0"', 'gem "puma"'],
    {
      commands: [["lock", "--add-platform", "universal-java-21"]],
      runsOn: { version: "3.4.2", patchLevel: "0", engine: "jruby", engineVersion: "10.0.2.0" },
    },
  ),
  recipe(
    "4.0-truffleruby",
    "4.0.24",
    ['ruby "3.3.7", engine: "truffleruby", engine_version: "24.2.1"', 'gem "ffi"'],
    {
      runsOn: { version: "3.3.7", patchLevel: "0", engine: "truffleruby", engineVersion: "24.2.1" },
    },
  ),
  recipe("4.0-no-gems", "4.0.24", []),
  recipe("4.0-platforms", "4.0.24", ['gem "sass-embedded"', 'gem "google-protobuf"'], {
    commands: [
      ["lock"],
      addAllPlatforms.map((word) => word.replace("x64-mingw32", "x64-mingw-ucrt")),
    ],
  }),
  recipe("4.1-beta", "4.1.0.beta3", ['gem "hanami-router"', 'gem "rake"'], {
    commands: [["lock"], addChecksums],
  }),
  recipe("4.0-thousand-gems", "4.0.24", thousandGems),
];

function recipe(
  name: string,
  bundler: string,
  gems: readonly string[],
  rest: Omit<Recipe, "name" | "bundler" | "gemfile"> = {},
): Recipe {
  return { name, bundler, gemfile: [server, ...gems, ""].join("\n"), ...rest };
}

function git(name: string, options = ""): string {
  const place = `git: "https://git.example.com/acme/${name}.git"`;
  return `gem "${name}", ${[place, options].filter(Boolean).join(", ")}`;
}

function secondServer(gem: string): string {
  return `source "https://gems.example.com/" do\n  gem "${gem}"\nend`;
}
