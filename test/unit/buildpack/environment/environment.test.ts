import { describe, expect, test } from "vitest";
import {
  buildEnvironment,
  withNetworkEnvironment,
} from "../../../../src/buildpack/environment/environment.ts";
import { makeBuildContext } from "../../../support/builds/build-context.ts";
import { makeInstalled } from "../../../support/installed.ts";
import { makeProject } from "../../../support/builds/project.ts";

// What a build gets from everywhere that can set a variable.
const lockfile = "GEM\n  specs:\n    pg (1.5.9)\n    railties (8.1.4)\n";
const bundleConfig = 'BUNDLE_RETRY: "5"\nBUNDLE_JOBS: "4"\nBUNDLE_PATH: "vendor"\n';
const project = makeProject(lockfile, { bundleConfig });
const credentials = { BUNDLE_GEMS__EXAMPLE__COM: "binding:login", BUNDLE_RETRY: "6" };
const packages = { YARN_PRODUCTION: "false", SKIP_YARN_INSTALL: "1" };
const processEnv = {
  PATH: "/usr/bin",
  HOME: "/home/cnb",
  JAVA_HOME: "/layers/jvm",
  CPATH: "/layers/headers",
  CNB_TARGET_OS: "linux",
};
const userEnv = {
  BUNDLE_JOBS: "2",
  CFLAGS: "-O0",
  GIT_DIR: "/elsewhere.git",
  HTTPS_PROXY: "http://proxy",
  LD_PRELOAD: "/mine.so",
  RACK_ENV: "staging",
  RUBYOPT: "-rmine",
  SKIP_YARN_INSTALL: "",
  STRIPE_KEY: "secret",
};
const certificate = "-----BEGIN CERTIFICATE-----\nbG9vcGJhY2s=\n-----END CERTIFICATE-----\n";
const bindings = [
  { name: "ca", type: "ca-certificates", secrets: new Map([["ca.pem", certificate]]) },
];

const installed = makeInstalled("/layers", "/workspace", {
  bundleGroups: { BUNDLE_WITHOUT: "ci" },
});
const { places, ruby } = {
  ...installed,
  places: { ...installed.places, bundler: "/layers/bundler" },
};

const children = ["tools", "java", "packages", "gem", "bundle", "rake", "bootsnap"] as const;
type Child = (typeof children)[number];

async function environments(): Promise<Record<Child, Readonly<Record<string, string>>>> {
  const context = makeBuildContext({ env: processEnv, userEnv, bindings });
  return await withNetworkEnvironment(context, async (environment) => ({
    tools: environment.tools,
    java: environment.java,
    packages: environment.packageManager,
    gem: environment.gem({ project, ruby }),
    bundle: environment.bundle({ project, ruby, places, credentials }).env,
    rake: environment.rake({ project, installed, bootsnapCache: "/tmp/cache", packages }).env,
    bootsnap: environment.bootsnap({ project, installed }, "/layers/bootsnap"),
  }));
}

const own = "/workspace/bin:/layers/gems/bin:/layers/ruby/bin:/usr/bin";
const rubyFirst = "/layers/ruby/bin:/usr/bin";
const bundlerFirst = "/layers/bundler/bin:/layers/ruby/bin:/usr/bin";
/** Any value. */
const some = Symbol("some");
const none = undefined;

// A row for each variable and a column for each command, in the order of `children`: its value, any
// value, or none. `git`, `make` and the compilers of gems run below `bundle`, and see the same.
const table: readonly [string, ...(string | typeof some | undefined)[]][] = [
  // name, tools, java, packages, gem, bundle, rake, bootsnap
  ["PATH", "/usr/bin", "/usr/bin", "/usr/bin", rubyFirst, bundlerFirst, own, own],
  // From the platform and other buildpacks.
  ["HOME", ...Array<string>(7).fill("/home/cnb")],
  ["JAVA_HOME", ...Array<string>(7).fill("/layers/jvm")],
  ["CPATH", ...Array<string>(7).fill("/layers/headers")],
  ["CNB_TARGET_OS", none, none, none, none, none, none, none],
  // From the user. Tools get none of it; nothing gets what could replace the app's Ruby or git.
  ["STRIPE_KEY", none, ...Array<string>(6).fill("secret")],
  ["HTTPS_PROXY", none, ...Array<string>(6).fill("http://proxy")],
  ["CFLAGS", none, ...Array<string>(6).fill("-O0")],
  ["LD_PRELOAD", none, ...Array<string>(6).fill("/mine.so")],
  ["RUBYOPT", none, none, none, none, none, none, none],
  ["GIT_DIR", none, none, none, none, none, none, none],
  // The user's value, else a binding's, else that of the app's `.bundle/config`.
  ["BUNDLE_JOBS", none, "2", "2", "2", "2", "2", "2"],
  ["BUNDLE_RETRY", none, none, none, "5", "6", "5", "5"],
  ["BUNDLE_GEMS__EXAMPLE__COM", none, none, none, none, "binding:login", none, none],
  ["BUNDLE_PATH", none, none, none, none, none, none, none],
  // Where gems go, which ones, and that the lockfile must not change.
  ["GEM_HOME", none, none, none, none, "/layers/gems", "/layers/gems", "/layers/gems"],
  [
    "GEM_PATH",
    none,
    none,
    none,
    none,
    "/layers/gems:/layers/bundler",
    "/layers/gems",
    "/layers/gems",
  ],
  ["BUNDLE_APP_CONFIG", none, none, none, none, ...Array<string>(3).fill("/layers/gems/.bundle")],
  ["BUNDLE_GEMFILE", none, none, none, none, ...Array<string>(3).fill("/workspace/Gemfile")],
  ["BUNDLE_FROZEN", none, none, none, none, "1", "1", "1"],
  ["BUNDLE_WITHOUT", none, none, none, none, "development:test", "ci", "ci"],
  // How gems are compiled.
  ["MAKEFLAGS", none, none, none, some, some, none, none],
  // What the running app gets, where rake and bootsnap load it.
  ["RAILS_ENV", none, none, none, none, none, "production", "production"],
  ["RACK_ENV", none, ...Array<string>(6).fill("staging")],
  ["DISABLE_SPRING", none, none, none, none, none, "1", "1"],
  ["SECRET_KEY_BASE", none, none, none, none, none, none, none],
  ["RAILS_GROUPS", none, none, none, none, none, "assets", none],
  // Stand-ins, which rake needs to boot the app.
  ["SECRET_KEY_BASE_DUMMY", none, none, none, none, none, "1", none],
  ["DATABASE_URL", none, none, none, none, none, some, none],
  ["BOOTSNAP_CACHE_DIR", none, none, none, none, none, "/tmp/cache", "/layers/bootsnap"],
  ["DISABLE_BOOTSNAP_COMPILE_CACHE", none, none, none, none, none, "1", none],
  // JavaScript packages: installed before rake, pruned without questions.
  ["YARN_PRODUCTION", none, none, none, none, none, "false", none],
  ["SKIP_YARN_INSTALL", none, ...Array<string>(6).fill("")],
  ["CI", none, none, "true", none, none, none, none],
  // Certificates of bindings, for commands that use the network.
  ["SSL_CERT_FILE", none, none, some, some, some, some, none],
  ["GIT_SSL_CAINFO", none, none, some, some, some, some, none],
  // Messages that can be read.
  ["LANG", none, ...Array<string>(6).fill("C.UTF-8")],
  ["LC_ALL", "C", none, none, none, none, none, none],
  ["BUNDLE_SILENCE_ROOT_WARNING", none, ...Array<string>(6).fill("1")],
];

describe("the environment of a build's commands", () => {
  test.each(table)("%s", async (name, ...expected) => {
    const given = await environments();
    const actual = children.map((child, index) => {
      const value = given[child][name];
      return [child, expected[index] === some && value !== undefined ? some : value];
    });
    expect(Object.fromEntries(actual)).toEqual(
      Object.fromEntries(children.map((child, index) => [child, expected[index]])),
    );
  });

  test("has no variable that the table does not list, besides defaults of the contract", async () => {
    const listed = new Set(table.map(([name]) => name));
    const defaults = [
      ...["JRUBY_OPTS", "MALLOC_ARENA_MAX", "PUMA_PERSISTENT_TIMEOUT"],
      ...["RAILS_LOG_TO_STDOUT", "RAILS_SERVE_STATIC_FILES"],
    ];
    const given = await environments();
    for (const child of children) {
      const others = Object.keys(given[child]).filter((name) => !listed.has(name));
      const contract = child === "rake" || child === "bootsnap" ? defaults : [];
      expect([child, others.sort()]).toEqual([child, contract]);
    }
  });

  test("names the user's variables that no command gets", () => {
    const { withheld } = buildEnvironment(makeBuildContext({ env: processEnv, userEnv }));
    expect(withheld).toEqual(["GIT_DIR", "RUBYOPT"]);
  });

  test("lets the user choose RAILS_GROUPS, also none", () => {
    const request = { project, installed, bootsnapCache: "/tmp/cache", packages };
    for (const chosen of ["admin", ""]) {
      const context = makeBuildContext({ env: { RAILS_GROUPS: chosen } });
      expect(buildEnvironment(context).rake(request).env["RAILS_GROUPS"]).toBe(chosen);
    }
  });

  test("names the variables that only rake gets", () => {
    const request = { project, installed, bootsnapCache: "/tmp/cache", packages };
    const { standIns } = buildEnvironment(makeBuildContext()).rake(request);
    expect(standIns).toEqual(["DATABASE_URL", "SECRET_KEY_BASE_DUMMY"]);
  });

  test("records the groups of gems that Bundler installs", () => {
    const context = makeBuildContext({ userEnv: { BUNDLE_WITHOUT: "assets ci" } });
    const { env, groups } = buildEnvironment(context).bundle({
      project,
      ruby,
      places,
      credentials,
    });
    expect(groups).toEqual({ BUNDLE_WITHOUT: "assets:ci" });
    expect(env["BUNDLE_WITHOUT"]).toBe("assets:ci");
  });
});
