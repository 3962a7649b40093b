import { join } from "node:path";
import { bundlerMirror, parseBundleConfig } from "../../ruby/bundle-config.ts";
import { loginVariables } from "../../ruby/gems/gem-credentials.ts";
import { withoutSlash } from "../../ruby/gemfile-groups.ts";
import { variablesAssigned, variablesWithoutDefault } from "../../ruby/read-variables.ts";
import { isFile, readTextIfAny, statIfAny } from "../../system/files.ts";
import { listEntries } from "../../system/listing/list-directory.ts";
import { buildEnvironment } from "../environment/environment.ts";
import { gemCredentials, expectLeftOutGems } from "../gems/gems.ts";
import type { Project } from "../project/project.ts";
import type { Examination } from "./examination.ts";

/** Variables that the build needs and does not have, as far as the app's files show. */
export async function examineVariables(examination: Examination, project: Project): Promise<void> {
  examineLogins(examination, project);
  if (examination.facts.precompilesAssets !== true) return;
  // What rake loads stops the build if it lacks a variable.
  const given = new Set([
    ...variablesOfRake(examination, project),
    ...(await variablesOfDotenv(project)),
  ]);
  await examineMasterKey(examination, project, given);
  await examineFetches(examination, project, given);
}

/** Gem servers other than the public ones, for which the build has no login. */
function examineLogins({ condition, context }: Examination, project: Project) {
  const { bundleConfig, locked } = project;
  const { env, bindings } = context.input.platform;
  const bound = gemCredentials(bindings).env;
  const given = { ...parseBundleConfig(bundleConfig ?? "").applied, ...bound, ...env };
  const remotes = locked.sources.flatMap((source) => (source.kind === "gem" ? source.remotes : []));
  const { settings } = context;
  const { optionalServers } = expectLeftOutGems(project, context.env, settings.BP_EXEC_ENV);
  for (const remote of new Set(remotes)) {
    if (optionalServers.includes(withoutSlash(remote))) continue;
    const logins = loginVariables({ server: remote, username: "user", password: "token" });
    const isKnown = logins.some(({ name }) => given[name]) || bundlerMirror(given, [remote]);
    const name = logins.at(-1)?.name;
    if (name === undefined || isKnown || isPublic(remote)) continue;
    condition(
      "Gems",
      `The lockfile has gems from ${remote}, and the build has no login for it.`,
      `${needsLogin(remote) ? "The server needs one" : "If the server asks for one"}: --env ${name}=user:token, or a binding of type gem-credentials`,
    );
  }
}

/** Servers of gems that are sold, or of private packages. */
function needsLogin(remote: string): boolean {
  const host = URL.parse(remote)?.hostname ?? "";
  return [
    "enterprise.contribsys.com",
    "gems.contribsys.com",
    "gems.graphql.pro",
    "packager.dev",
    "rubygems.pkg.github.com",
  ].includes(host);
}

function isPublic(remote: string): boolean {
  const host = URL.parse(remote)?.hostname ?? "";
  return ["rubygems.org", "index.rubygems.org", "gem.coop", "rails-assets.org"].includes(host);
}

function variablesOfRake({ context }: Examination, project: Project): string[] {
  const { dir: app, gemfile } = project;
  const places = { app, gemfile, gems: "/layers/gems", bundler: undefined, ruby: "/layers/ruby" };
  const { env } = buildEnvironment(context).rake({
    project,
    installed: { places, bundleGroups: {} },
    bootsnapCache: "",
    packages: {},
  });
  return Object.keys(env);
}

/**
 * What the gem dotenv may load, if it is not only for development. Apps choose the files themselves, such as
 * `.env.default`, so every file counts except those for other environments and those that people copy.
 */
async function variablesOfDotenv({ dir, gemfileText }: Project): Promise<string[]> {
  const isOfAllGroups = /^gem\(?[ \t]*["']dotenv(?:-rails)?["'](?!.*\bgroups?:)/m;
  if (!isOfAllGroups.test(gemfileText)) return [];
  const files = (await listEntries(dir)).filter(({ name }) => isDotenvFile(name));
  const texts = await Promise.all(files.map(async ({ name }) => await textOf(join(dir, name))));
  return texts.flatMap(variablesAssigned);
}

function isDotenvFile(name: string): boolean {
  const [, first, ...kinds] = name.split(".");
  return first === "env" && !kinds.some((kind) => otherDotenvFiles.has(kind));
}

const otherDotenvFiles = new Set(
  `ci development dev docker e2e example sample profiling review seed staging template test`.split(
    " ",
  ),
);

async function examineMasterKey(
  { condition, context }: Examination,
  { dir, credentials }: Project,
  given: ReadonlySet<string>,
): Promise<void> {
  const environment = `config/environments/${railsEnv(context.env)}.rb`;
  const text = (await readTextIfAny(join(dir, environment))) ?? "";
  if (!credentials || !/^\s*config\.require_master_key\s*=\s*true/m.test(text)) return;
  if (given.has("RAILS_MASTER_KEY") || (await isFile(join(dir, "config/master.key")))) return;
  condition(
    "Credentials",
    `${environment} requires the master key, and precompiling assets loads it.`,
    "Set RAILS_MASTER_KEY in the build's environment, or require the key only where SECRET_KEY_BASE_DUMMY is not set.",
  );
}

async function examineFetches(
  { condition, context }: Examination,
  { dir }: Project,
  given: ReadonlySet<string>,
): Promise<void> {
  const environment = railsEnv(context.env);
  const initializers = await filesBelow(dir, "config/initializers", 3);
  const paths = [
    ...["Rakefile", "config/boot.rb", "config/application.rb", "config/environment.rb"],
    ...[`config/environments/${environment}.rb`, "config/database.yml"],
    ...initializers.filter((path) => path.endsWith(".rb")),
  ];
  for (const path of paths) {
    const text = await textOf(join(dir, path));
    const missing = variablesWithoutDefault(text, environment).filter((name) => !given.has(name));
    if (missing.length === 0) continue;
    const they = missing.length === 1 ? "it" : "them";
    condition(
      "Variables",
      `${path} reads ${missing.join(", ")} without a default, and precompiling assets loads that file.`,
      `Set ${they} in the build's environment, or give a default: ENV.fetch("${missing[0]}", nil)`,
    );
  }
}

/** In bytes. Code that people write is shorter. */
const largestCode = 1024 ** 2;

async function textOf(path: string): Promise<string> {
  const size = (await statIfAny(path))?.size ?? 0;
  return size > largestCode ? "" : ((await readTextIfAny(path)) ?? "");
}

function railsEnv(env: Readonly<Record<string, string | undefined>>): string {
  const name = env["RAILS_ENV"]?.trim() || "production";
  return /^\w+$/.test(name) ? name : "production";
}

/** An app has at most a few hundred. */
const mostEntries = 1000;

async function filesBelow(dir: string, path: string, depth: number): Promise<string[]> {
  const entries = await listEntries(join(dir, path)).catch(() => []);
  const found: string[] = [];
  for (const entry of entries.slice(0, mostEntries)) {
    const below = join(path, entry.name);
    if (!entry.isDirectory()) found.push(below);
    else if (depth > 0) found.push(...(await filesBelow(dir, below, depth - 1)));
  }
  return found.slice(0, mostEntries);
}
