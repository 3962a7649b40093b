import * as z from "zod";

/** One thing that a user can set in the build's environment. */
interface Setting<S extends z.ZodType> {
  schema: S;
  /** One sentence for `docs/configuration.md`, which is generated from this table. */
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
    "`debug` also prints what compilers say.",
  ),
  BP_INVENTORY: setting(
    z.string().optional(),
    "An inventory of artifacts that adds to or replaces the one that ships with the buildpack: `<url>#sha256=<hex>`, where the URL is `https:`, `http:` or `file:`.",
  ),
  BP_DEPENDENCY_MIRROR: setting(
    z.string().optional(),
    "A URL from which every artifact is downloaded instead of its upstream host; checksums stay those of the inventory. `BP_DEPENDENCY_MIRROR_<HOST>` does it for one host: dots of the host's name become `_`, dashes `__`.",
  ),
  BP_RUBY_PROJECT_PATH: setting(
    z.string().optional(),
    "The directory of the app that is the Ruby project, where that is not its root: `server`. Files are looked for and processes run there.",
  ),
  BUNDLE_GEMFILE: setting(
    z.string().optional(),
    "The Gemfile, from the project's directory, where it is neither `gems.rb` nor `Gemfile`. It has to be in the app.",
  ),
  BP_EXEC_ENV: setting(
    z
      .enum(["production", "test"], { error: "expected `production` or `test`" })
      .prefault("production"),
    "`test` builds an image that runs the app's own tests: the gems of the group `test` are in it, `RAILS_ENV` and `RACK_ENV` are `test`, assets are not precompiled, and the default process is `test`.",
  ),
  BP_RAILS_SKIP_ASSETS: setting(
    flag(false),
    "`true` neither looks for rake tasks nor precompiles assets.",
  ),
  BP_NODE_MODULES: setting(
    z
      .enum(["prune", "keep", "remove"], { error: "expected `prune`, `keep` or `remove`" })
      .optional(),
    "What becomes of the app's `node_modules` once assets are precompiled: `prune` takes development dependencies out, `remove` all of it, `keep` nothing. Without it, `prune` where that can be done, else a warning. `prune` and `keep` also ask Paketo's Node buildpacks for Node and packages when the app runs. Packages in a layer of another buildpack are never touched.",
  ),
  BP_RAILS_BOOTSNAP: setting(
    flag(true),
    "`false` leaves it to the running app to compile its code. Otherwise, where the lockfile has bootsnap, the code of gems and app is compiled ahead.",
  ),
  BP_RAILS_ASSETS_REUSE: setting(
    flag(false),
    "`true` takes over what the last build precompiled, without running rake, where the app's files, the build's environment, Ruby and the gems are the same. For apps with a task `assets:clean`; others have nothing kept.",
  ),
  BP_JEMALLOC: setting(
    flag(true),
    "`false` builds without jemalloc. Otherwise it is there, and loaded only where `JEMALLOC_ENABLED=true` when the app starts, or by `jemalloc.sh CMD`.",
  ),
  JEMALLOC_VERSION: setting(
    z.string().optional(),
    "The version of jemalloc; without it, the newest in `BP_INVENTORY`, or the default of the buildpack. Where a variable that begins with `JEMALLOC_` is set (other than `JEMALLOC_ENABLED=false`), a build that cannot have jemalloc fails; otherwise it warns.",
  ),
  HEROKU_SKIP_BUNDLE_DIGEST: setting(
    flag(false),
    "`1` runs `bundle install` on every build, also where nothing that it depends on has changed.",
  ),
} satisfies Record<string, Setting<z.ZodType>>;

export type SettingKey = keyof typeof settings;

/** The values of all settings, parsed, defaults filled in. */
export type Settings = { [K in SettingKey]: z.output<(typeof settings)[K]["schema"]> };

/** What an image is for: to run the app, or to run its tests. */
export type ExecEnv = Settings["BP_EXEC_ENV"];

/** A value that a setting does not take. */
export interface InvalidSetting {
  key: SettingKey;
  value: string;
  problem: string;
}

/**
 * Reads the settings from the user's build environment. An empty value counts as not set, and white
 * space around a value, such as the line end of a file, as not there.
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
