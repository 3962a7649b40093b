import { mkdir, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { makeSlug } from "../classic/compiler/make-slug.ts";
import { refusePlaceInside } from "../platform/inputs/app-place.ts";
import { readGivenVariables } from "../platform/inputs/given-variables.ts";
import { directoryNameOf } from "../platform/state/state-directory.ts";
import { isDirectory } from "../system/files.ts";
import { createCommand, examples } from "./command.ts";
import type { CommandContext } from "./command-context.ts";
import { eachValue, envFileOption, envOption, oneValue, quietOption } from "./options.ts";

export function describeSlug() {
  return createCommand("slug")
    .summary("compile a slug with classic buildpacks")
    .description(
      "Compiles a slug.tgz, as a platform with the classic buildpack API does. Files that .slugignore " +
        "names are left out. If the config var BUILDPACK_URL is set, only that buildpack is used.",
    )
    .usage("[options] <source>")
    .argument(
      "<source>",
      "the app's repository: a directory, or a tar.gz of it (bare or checked out)",
    )
    .addOption(envOption("a config var"))
    .addOption(envFileOption("config vars"))
    .option(
      "--buildpack <DIR|URL>",
      "a buildpack to use instead of Lapidary: a directory, or https://host/name.git#branch; " +
        "repeatable, and the first whose bin/detect accepts the app compiles it",
      eachValue,
      [],
    )
    .option("--cache <DIR>", "the buildpack's cache (default: a directory for each app)", oneValue)
    .option("--output <FILE>", "the slug", oneValue, "slug.tgz")
    .addOption(quietOption())
    .addHelpText(
      "after",
      examples({
        "lapidary slug .": "compile the app in this directory to slug.tgz",
        "lapidary slug app.tar.gz --output shop.tgz": "compile an archive",
        "lapidary slug run slug.tgz": "run the result",
      }),
    );
}

export type SlugFlags = ReturnType<ReturnType<typeof describeSlug>["opts"]>;

/** Compiles a slug of an app. */
export async function slugCommand(
  sourcePath: string,
  flags: SlugFlags,
  { env, cwd, ownBuildpack, printer, signal, umask }: CommandContext,
): Promise<void> {
  const source = resolve(cwd, sourcePath);
  const cache = flags.cache === undefined ? await cacheFor(source, env) : resolve(cwd, flags.cache);
  // The slug would contain the cache, which contains secrets.
  if (await isDirectory(source))
    await refusePlaceInside(await realpath(source), cache, "The cache");
  await mkdir(dirname(cache), { recursive: true });
  await makeSlug({
    source,
    output: resolve(cwd, flags.output),
    cache,
    configVars: await readGivenVariables({ env: flags.env, envFiles: flags.envFile }, env),
    mode: 0o666 & ~umask,
    candidates: flags.buildpack.length > 0 ? flags.buildpack : [ownBuildpack],
    ...{ env, cwd, printer, signal },
  });
}

async function cacheFor(source: string, env: CommandContext["env"]): Promise<string> {
  const real = await realpath(source).catch(() => source);
  const base = env["XDG_STATE_HOME"] || join(env["HOME"] || homedir(), ".local/state");
  return join(base, "lapidary/slugs", directoryNameOf(real));
}
