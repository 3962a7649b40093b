// Makes the lockfiles in test/contract/oracle/lockfiles/bundler with `bundle lock`, using the Bundler
// that each recipe names.
//
//     node scripts/lockfiles/corpus.ts RUBY [NAME …]
//
// makes those whose Bundler runs on RUBY (Bundler before 2.3 needs Ruby before 3.2), or the named ones.
// It locks the gem server's newest gems, so the result differs from day to day.
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { appFiles, repositories } from "./recipes/app-files.ts";
import { recipes, type Recipe } from "./recipes/recipes.ts";
import { run, withWork, type Work } from "../work.ts";

const lockfiles = join(import.meta.dirname, "../../test/contract/oracle/lockfiles/bundler");
const [ruby = "ruby", ...names] = process.argv.slice(2);

await withWork("Lockfile corpus", async (work) => {
  const directory = await mkdtemp(join(tmpdir(), "lapidary-corpus-"));
  try {
    await makeRepositories(work, directory);
    const old = await isOld(work);
    const chosen = names.length > 0 ? recipes.filter(({ name }) => names.includes(name)) : recipes;
    for (const recipe of chosen.filter((one) => (one.ruby === "before 3.2") === old)) {
      await makeLockfile(work, directory, recipe).catch((error: unknown) => {
        work.section.say(`\`${recipe.name}\` failed: ${String(error)}`);
        process.exitCode = 1;
      });
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});

async function isOld(work: Work): Promise<boolean> {
  const { stdout } = await run(work, ruby, ["-e", "print RUBY_VERSION < '3.2'"]);
  return stdout === "true";
}

// Git repositories whose addresses in Gemfiles do not exist; git is configured to find them here.
async function makeRepositories(work: Work, directory: string): Promise<void> {
  for (const [name, files] of Object.entries(repositories)) {
    const repository = join(directory, "git", name);
    await writeFiles(repository, files);
    const git = (...args: string[]) =>
      run(work, "git", ["-c", "user.name=n", "-c", "user.email=e", ...args], { cwd: repository });
    await git("init", "--quiet", "--initial-branch=main");
    await git("add", ".");
    await git("commit", "--quiet", "--message=First");
    await git("tag", "v1.0");
    await git("branch", "next/major");
  }
}

async function makeLockfile(work: Work, directory: string, recipe: Recipe): Promise<void> {
  const app = join(directory, recipe.name);
  await writeFiles(app, { ...appFiles, Gemfile: recipe.gemfile, "pretend.rb": pretend(recipe) });
  const bundler = await bundlerOf(work, directory, recipe.bundler);
  const bundle = ["-W0", "-I", join(bundler, "lib"), "-r", join(app, "pretend.rb")];
  const shared = await environment(work, directory);
  // Bundler keeps shallow clones with the gems, each with only the commit that it needed.
  const env = { ...shared, BUNDLE_PATH: join(directory, `${recipe.name}.gems`) };
  for (const command of recipe.commands ?? [["lock"]]) {
    work.section.say(`\`${recipe.name}\`: bundle ${command.join(" ")}`);
    await run(work, ruby, [...bundle, join(bundler, "exe/bundle"), ...command], { cwd: app, env });
  }
  await copyFile(join(app, "Gemfile.lock"), join(lockfiles, `${recipe.name}.lock`));
}

async function bundlerOf(work: Work, directory: string, version: string): Promise<string> {
  const gems = join(directory, "bundlers");
  const args = ["--no-document", "--conservative", "--install-dir", gems, "--version", version];
  await run(work, ruby, ["-S", "gem", "install", "bundler", ...args]);
  return join(gems, "gems", `bundler-${version}`);
}

// Bundler locks the Ruby that it runs on. For a recipe with another Ruby, Bundler is made to believe
// that it runs on that one; it still writes the lockfile itself.
function pretend({ runsOn }: Recipe): string {
  if (!runsOn) return "";
  const { version, patchLevel, engine = "ruby", engineVersion = version } = runsOn;
  const args = [version, patchLevel, engine, engineVersion].map((arg) => JSON.stringify(arg));
  return [
    'require "bundler"',
    'require "bundler/ruby_version"',
    `pretended = Bundler::RubyVersion.new(${args.join(", ")})`,
    "Bundler::RubyVersion.define_singleton_method(:system) { pretended }",
  ].join("\n");
}

async function environment(work: Work, directory: string): Promise<Record<string, string>> {
  const { stdout } = await run(work, ruby, ["-S", "gem", "sources"]);
  const server = stdout.split("\n").findLast((line) => line.includes("://")) ?? "";
  return {
    // A second server for recipes that need one: the first one with another name.
    "BUNDLE_MIRROR__HTTPS://GEMS__EXAMPLE__COM/": server.trim(),
    BUNDLE_USER_HOME: join(directory, "home"),
    GIT_CONFIG_COUNT: "2",
    GIT_CONFIG_KEY_0: `url.${join(directory, "git")}/.insteadOf`,
    GIT_CONFIG_VALUE_0: "https://git.example.com/",
    GIT_CONFIG_KEY_1: "protocol.file.allow",
    GIT_CONFIG_VALUE_1: "always",
  };
}

async function writeFiles(directory: string, files: Readonly<Record<string, string>>) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), text);
  }
}
