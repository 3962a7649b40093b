import * as z from "zod";

/** One thing that a user can set in the build's environment. */
interface Setting<S extends z.ZodType> {
  schema: S;
  /** What it does, for `docs/configuration.md`, which is generated from this table. */
  doc: string;
}

const setting = <S extends z.ZodType>(schema: S, doc: string): Setting<S> => ({ schema, doc });

const flag = (fallback: boolean) =>
  z
    .enum(["true", "false", "1", "0"], { error: "expected `true` or `false`" })
    .transform((value) => value === "true" || value === "1")
    .prefault(fallback ? "true" : "false");

/** Every key that the buildpack reads from the user's build environment. */
export const settings = {
  BP_LOG_LEVEL: setting(
    z.enum(["info", "debug"], { error: "expected `info` or `debug`" }).prefault("info"),
    "`debug` prints more, such as the output of compilers.",
  ),
  BP_INVENTORY: setting(
    z.string().optional(),
    "An inventory with Rubies and jemallocs of your own, as `<url>#sha256=<hex>`. The URL may be `https:`, `http:` or `file:`. Its entries are added to the buildpack's inventory and take precedence.",
  ),
  BP_DEPENDENCY_MIRROR: setting(
    z.string().optional(),
    "The URL of a mirror to download artifacts from; checksums are still verified. `BP_DEPENDENCY_MIRROR_<HOST>` sets a mirror for one host: write `_` for a dot in its name and `__` for a dash.",
  ),
  BP_RUBY_PROJECT_PATH: setting(
    z.string().optional(),
    "The directory of the Ruby project, if it is not the root of the app, such as `server`. Files are read and processes run there.",
  ),
  BUNDLE_GEMFILE: setting(
    z.string().optional(),
    "The path of the Gemfile, relative to the project's directory, if it is neither `Gemfile` nor `gems.rb`. It must be inside the app.",
  ),
  BP_EXEC_ENV: setting(
    z
      .enum(["production", "test"], { error: "expected `production` or `test`" })
      .prefault("production"),
    "`test` builds an image that runs the app's tests: it includes the gems of the group `test`, sets `RAILS_ENV` and `RACK_ENV` to `test`, does not precompile assets, and has the default process `test`.",
  ),
  BP_RAILS_SKIP_ASSETS: setting(
    flag(false),
    "`true` skips rake: no tasks are listed and no assets are precompiled.",
  ),
  BP_NODE_MODULES: setting(
    z
      .enum(["prune", "keep", "remove"], { error: "expected `prune`, `keep` or `remove`" })
      .optional(),
    "What happens to the app's `node_modules` after assets are precompiled: `prune` removes development packages, `remove` deletes the whole directory, `keep` changes nothing. If unset, development packages are removed, with a warning if that is not possible. With `prune` and `keep`, Paketo's Node buildpacks also put Node and the packages into the image. Packages in a layer of another buildpack are never touched.",
  ),
  BP_RAILS_BOOTSNAP: setting(
    flag(true),
    "If the app uses bootsnap, the code of the app and its gems is compiled at build, so that the app boots faster. `false` turns this off.",
  ),
  BP_RAILS_ASSETS_REUSE: setting(
    flag(false),
    "`true` reuses the assets of the last build without running rake, if the app's files, the build environment, Ruby and the gems have not changed. Works only for apps with the task `assets:clean`.",
  ),
  BP_JEMALLOC: setting(
    flag(true),
    "`false` builds without jemalloc. By default jemalloc is installed but not loaded: set `JEMALLOC_ENABLED=true` when the app runs, or start a command with `jemalloc.sh CMD`.",
  ),
  JEMALLOC_VERSION: setting(
    z.string().optional(),
    "The version of jemalloc. If unset, the newest in `BP_INVENTORY`, or else the buildpack's default. If jemalloc cannot be installed, the build prints a warning and continues; if any variable that begins with `JEMALLOC_` is set (other than `JEMALLOC_ENABLED=false`), it fails instead.",
  ),
  HEROKU_SKIP_BUNDLE_DIGEST: setting(
    flag(false),
    "`true` runs `bundle install` in every build, even if its inputs have not changed.",
  ),
} satisfies Record<string, Setting<z.ZodType>>;

export type SettingKey = keyof typeof settings;

/** The values of all settings, parsed, defaults filled in. */
export type Settings = { [K in SettingKey]: z.output<(typeof settings)[K]["schema"]> };

/** What an image is for: running the app, or running its tests. */
export type ExecEnv = Settings["BP_EXEC_ENV"];

/** A setting with an invalid value. */
export interface InvalidSetting {
  key: SettingKey;
  value: string;
  problem: string;
}

/**
 * Reads the settings from the user's build environment. An empty value counts as unset. White space
 * around a value is ignored, such as the newline at the end of a file.
 */
export function readSettings(
  env: Readonly<Record<string, string>>,
): { settings: Settings } | { invalid: InvalidSetting } {
  const values: Record<string, unknown> = {};
  for (const [key, { schema }] of Object.entries(settings)) {
    const value = env[key]?.trim() || undefined;
    const result = schema.safeParse(value);
    if (!result.success) {
      const problem = result.error.issues[0]?.message ?? "not understood";
      return { invalid: { key: key as SettingKey, value: value ?? "", problem } };
    }
    values[key] = result.data;
  }
  return { settings: values as Settings };
}
