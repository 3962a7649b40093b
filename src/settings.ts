import * as z from "zod";

/** A variable that a user can set in the build's environment. */
interface Setting<S extends z.ZodType> {
  schema: S;
  /** What it does, for `docs/configuration.md`, which is generated from this table. */
  doc: string;
}

const setting = <S extends z.ZodType>(schema: S, doc: string): Setting<S> => ({ schema, doc });

/** Takes `DEBUG` and `True` as well: platforms and tools write them so. */
const anyCase = <S extends z.ZodType<unknown, string>>(schema: S) =>
  z.string().toLowerCase().pipe(schema);

const logLevel = z.enum(["info", "debug"], { error: "expected `info` or `debug`" });

/** RubyGems compares these; ranges would need an index of all versions. */
const exactVersion = z
  .string()
  .regex(/^\d+(\.[0-9A-Za-z]+)*$/, "expected an exact version such as `2.6.9`");
const flag = (fallback: boolean) =>
  anyCase(z.enum(["true", "false", "1", "0"], { error: "expected `true`, `false`, `1` or `0`" }))
    .transform((value) => value === "true" || value === "1")
    .prefault(fallback ? "true" : "false");

const megabytes = z.coerce
  .number({ error: "expected a number of MiB" })
  .positive("expected a number of MiB that is larger than 0");

const labelWord = /^([^\s"'=]+)=((?:[^\s"']|"[^"]*"|'[^']*')*)$/;

/** `KEY=VALUE` words, as a shell splits them. */
const labels = z.string().transform((text, context) => {
  const words = text.match(/(?:[^\s"']|"[^"]*"|'[^']*'|["'])+/g) ?? [];
  return words.map((word) => {
    const [, key = "", value = ""] = labelWord.exec(word) ?? [];
    if (key === "") {
      const message =
        "expected `KEY=VALUE` for each label, separated by spaces, with quotes around spaces";
      context.addIssue({ code: "custom", message });
    }
    return { key, value: value.replace(/"([^"]*)"|'([^']*)'/g, "$1$2") };
  });
});

/**
 * Every setting with a fixed name. `BP_OCI_*` is read in `processes/image-labels.ts`, the names of mirrors in
 * `artifacts/mirrors.ts`.
 */
export const settings = {
  BP_LOG_LEVEL: setting(
    anyCase(logLevel).prefault("info"),
    "`debug` prints more: the output of compilers, every variable that is set, and every place that was searched for a version.",
  ),
  BP_INVENTORY: setting(
    z.string().optional(),
    "An inventory of artifacts, used before the one that ships with the buildpack: `<url>#sha256=<hex>`. The URL is `https:`, `http:` or `file:`.",
  ),
  BP_REQUIRE_CHECKSUMS: setting(
    flag(false),
    "`true` installs only what is verified by a checksum: artifacts without one in the inventory are not used, and a lockfile in which a gem has no SHA-256 in `CHECKSUMS` is refused.",
  ),
  BP_DEPENDENCY_MIRROR: setting(
    z.string().optional(),
    "The URL of a mirror: every artifact is downloaded from it instead of its upstream host. Checksums are still those of the inventory. `BP_DEPENDENCY_MIRROR_<HOST>` sets a mirror for one host: write `_` for a dot and `__` for a dash in its name. After the URL, `,skip-path=PATH` leaves out the beginning of upstream's paths; the URL may be percent-encoded.",
  ),
  BP_RUBY_VERSION: setting(
    z.string().optional(),
    "The version of Ruby, such as `3.3.8` or `jruby-9.4.15.0`, for an app whose lockfile has none. It comes before `.ruby-version`, `.tool-versions`, `mise.toml` and the Gemfile. If the lockfile has another version, the build fails.",
  ),
  BP_RUBY_PORTABLE: setting(
    flag(true),
    "`false` uses no portable Ruby. By default, a distribution without a precompiled Ruby of its own gets a portable one, if the inventory has one of that version; otherwise Ruby is compiled. A portable Ruby contains its own OpenSSL, which a rebase does not update.",
  ),
  BP_BUNDLER_VERSION: setting(
    exactVersion.optional(),
    "The version of Bundler, for an app whose lockfile has none. If the lockfile has another version, the build fails.",
  ),
  BP_RUBY_PROJECT_PATH: setting(
    z.string().optional(),
    "The directory of the Ruby project, such as `server`, if it is not the root of the app. Files are read and processes run there.",
  ),
  BUNDLE_GEMFILE: setting(
    z.string().optional(),
    "The path of the Gemfile, relative to the project's directory, if it is neither `gems.rb` nor `Gemfile`. It must be in the app.",
  ),
  BP_EXEC_ENV: setting(
    z
      .enum(["production", "test"], { error: "expected `production` or `test`" })
      .prefault("production"),
    "`test` builds an image that runs the app's tests: it includes the gems of the group `test`, `RAILS_ENV` and `RACK_ENV` are `test`, assets are not precompiled, and the default process is `test`.",
  ),
  BP_RAILS_SKIP_ASSETS: setting(flag(false), "`true` skips rake: no assets are precompiled."),
  BP_NODE_MODULES: setting(
    z
      .enum(["prune", "keep", "remove"], { error: "expected `prune`, `keep` or `remove`" })
      .optional(),
    "What the image contains of the app's `node_modules`, after assets are precompiled. `prune`: everything except development dependencies. `keep`: everything. `remove`: nothing. By default, development dependencies are pruned if possible; if not, there is a warning and everything is kept. `prune` and `keep` also make Paketo's Node buildpacks put Node and the packages into the image. Packages in layers of other buildpacks are never changed.",
  ),
  BP_RAILS_DB_PREPARE: setting(
    flag(false),
    "`true` makes the process `web` run `bin/rails db:prepare` before its server, in images of Rails apps. By default, nothing runs it: run it as a release command or a job of the platform.",
  ),
  BP_RAILS_BOOTSNAP: setting(
    flag(true),
    "`false` does not compile code during the build. By default, the code of the app and its gems is compiled if the lockfile has bootsnap, so that containers start faster.",
  ),
  BP_RAILS_ASSETS_REUSE: setting(
    flag(false),
    "`true` reuses the assets of the last build without running rake, if nothing that rake read in earlier builds has changed: files of the app, the build's environment, Ruby and the gems (docs/performance.md). Only for apps with a task `assets:clean`.",
  ),
  BP_IMAGE_LABELS: setting(
    labels.optional(),
    'Labels of the image, such as `service=shop team="the shop"`. `BP_OCI_SOURCE`, `BP_OCI_REVISION`, `BP_OCI_VERSION`, `BP_OCI_TITLE` and similar variables set `org.opencontainers.image.*`.',
  ),
  BP_KEEP_GIT: setting(
    flag(false),
    "`true` keeps `.git` in the image. By default, the build removes every `.git` of the app after rake has run: it contains the history, and often a token in `.git/config`. If the gemspec of a path gem runs git, the build replaces the call with the list of files, so that the app starts without `.git` and without git.",
  ),
  BP_KEEP_GEM_FILES: setting(
    flag(false),
    "`true` keeps all files of gems. By default, the build removes what an app does not need when it runs: extensions that gems bring for other versions of Ruby, the source code of compiled extensions, tests, documentation and change logs. With `BP_EXEC_ENV=test`, all files are kept.",
  ),
  BP_JEMALLOC: setting(
    flag(true),
    "`false` builds without jemalloc. By default, jemalloc is installed, but used only if `JEMALLOC_ENABLED=true` is set where the app runs, or by `jemalloc.sh CMD`.",
  ),
  JEMALLOC_VERSION: setting(
    z.string().optional(),
    "The version of jemalloc. By default, the newest in `BP_INVENTORY`, or else the buildpack's default. If any variable that begins with `JEMALLOC_` is set (except `JEMALLOC_ENABLED=false`), the build fails if jemalloc cannot be installed; otherwise there is only a warning.",
  ),
  BP_GEM_STORE: setting(
    z.string().optional(),
    "A directory of installed gems that builds share, such as `/gem-store` with `pack build --volume gem-store:/gem-store:rw`. Gems of the lockfile that it has are not installed again, and gems that were installed from a gem server are added. Use it only among builds that trust each other: whoever can write to it can put code into all of their apps.",
  ),
  BP_GEM_STORE_READONLY: setting(
    flag(false),
    "`true` only takes gems from `BP_GEM_STORE` and adds none.",
  ),
  BP_GEM_STORE_LIMIT: setting(
    megabytes.prefault("2048"),
    "The size of `BP_GEM_STORE` in MiB. If the store becomes larger, the least recently used gems are removed.",
  ),
  HEROKU_SKIP_BUNDLE_DIGEST: setting(
    flag(false),
    "`1` runs `bundle install` on every build, even if nothing has changed.",
  ),
} satisfies Record<string, Setting<z.ZodType>>;

export type SettingKey = keyof typeof settings;

/** The values of all settings, parsed, defaults filled in. */
export type Settings = { [K in SettingKey]: z.output<(typeof settings)[K]["schema"]> };

/** What an image is for: running the app, or running its tests. */
export type ExecEnv = Settings["BP_EXEC_ENV"];

/** A value that is not valid for its setting. */
export interface InvalidSetting {
  key: SettingKey;
  value: string;
  problem: string;
}

/** Whether BP_LOG_LEVEL asks for more. A value that is not valid does not. */
export function isDebug(value: string | undefined): boolean {
  return anyCase(logLevel).safeParse(value?.trim()).data === "debug";
}

/**
 * Reads the settings from the user's build environment. An empty value counts as not set. White space
 * around a value, such as a newline at its end, is ignored.
 */
export function readSettings(
  env: Readonly<Record<string, string>>,
): { settings: Settings } | { invalid: InvalidSetting } {
  const values: Record<string, unknown> = {};
  for (const [key, { schema }] of Object.entries(settings)) {
    const value = env[key]?.trim() || undefined;
    const result = schema.safeParse(value);
    if (!result.success) {
      const problem = result.error.issues[0]?.message ?? "not valid";
      return { invalid: { key: key as SettingKey, value: value ?? "", problem } };
    }
    values[key] = result.data;
  }
  return { settings: values as Settings };
}
