import { setTimeout as wait } from "node:timers/promises";
import type { DownloadPolicy } from "../../artifacts/download.ts";
import { installArtifact } from "../../artifacts/install-artifact.ts";
import { BuildpackError } from "../../failure.ts";
import { whatHappened } from "../../output/print-failure.ts";
import type { Section } from "../../output/printer.ts";
import { installJemalloc } from "./jemalloc-layer.ts";
import type { BuildContext } from "../build-context.ts";
import type { JemallocChoice } from "./choose-jemalloc.ts";
import { installContext } from "../interpreter/load-inventory.ts";
import { machineKeys } from "../machine-keys.ts";

/** The part of a Ruby that jemalloc is tried with. */
interface InstalledRuby {
  dir: string;
  version: string;
}

/**
 * Gives the app a jemalloc to start with, while Ruby and the gems are installed. Where it is not to be
 * had and nobody asked for it, a warning says so and the build goes on.
 *
 * @throws BuildpackError of `download/*`, `artifact/*`, `compile/*`, `jemalloc/*` where the user asked
 * for jemalloc; or what kept Ruby from being installed.
 */
export async function installJemallocLayer(
  context: BuildContext,
  choice: JemallocChoice | undefined,
  ruby: Promise<InstalledRuby>,
): Promise<void> {
  if (!choice) return;
  await context.printer.section("jemalloc", async (section) => {
    section.say(`\`${choice.version}\` from ${choice.source}`);
    if (choice.gemIn !== undefined) warnOfGem(choice.gemIn, section);
    try {
      await install(context, choice, ruby, section);
      section.say(
        "Loaded where `JEMALLOC_ENABLED=true` when the app starts, or by `jemalloc.sh CMD`",
      );
    } catch (error) {
      context.signal.throwIfAborted();
      if (choice.required || !isBearable(error)) throw error;
      // Where it was Ruby that failed, this throws.
      await ruby;
      warnOfAbsence(error, section);
    }
  });
}

function warnOfGem(lockfile: string, section: Section): void {
  section.warn(
    `${lockfile} has the gem jemalloc, which brings an old jemalloc of its own for its command \`je\`.`,
    "What this build installs needs no gem: JEMALLOC_ENABLED=true when the app starts is enough.",
  );
}

async function install(
  context: BuildContext,
  choice: JemallocChoice,
  ruby: Promise<InstalledRuby>,
  section: Section,
): Promise<void> {
  const artifact = choice.find();
  const checksum = artifact.sha256 ?? `none published for ${artifact.url}`;
  const policy = choice.required ? {} : { policy: hastyPolicy };
  const installing = { ...installContext(context, section), ...policy };
  await installJemalloc({
    layersDir: context.input.layersDir,
    keys: { ...machineKeys(context), jemallocVersion: choice.version, checksum },
    install: async (directory) => void (await installArtifact(artifact, directory, installing)),
    ruby,
    run: context.run,
    env: withoutAllocator(installing.env),
    section,
  });
}

/** For what a build can do without: a host that does not answer must not hold it up. */
const hastyPolicy: DownloadPolicy = {
  attempts: 2,
  stallMilliseconds: 5_000,
  pauseMilliseconds: 500,
  sleep: async (milliseconds, signal) => await wait(milliseconds, undefined, { signal }),
};

/** What the user preloads or configures at build would speak in place of what is tried. */
function withoutAllocator(env: Readonly<Record<string, string>>): Record<string, string> {
  const { LD_PRELOAD: _preloaded, MALLOC_CONF: _configured, ...others } = env;
  return others;
}

/** A full disk or a fault of our own is nothing to go on after. */
function isBearable(error: unknown): error is BuildpackError {
  return (
    error instanceof BuildpackError &&
    /^(download|artifact|compile|jemalloc)\//.test(error.failure.code)
  );
}

function warnOfAbsence({ failure }: BuildpackError, section: Section): void {
  section.warn(
    ...whatHappened(failure),
    "The build goes on without jemalloc: `JEMALLOC_ENABLED=true` will change nothing, and `jemalloc.sh` will not be there.",
    "BP_JEMALLOC=false builds without it and without this warning; with JEMALLOC_VERSION set, the build fails instead.",
  );
}
