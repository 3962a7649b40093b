import { checksumLabel } from "../../artifacts/artifact.ts";
import { type DownloadPolicy, patientPolicy } from "../../artifacts/download.ts";
import { installArtifact } from "../../artifacts/install-artifact.ts";
import { BuildpackError } from "../../failure.ts";
import { whatHappened } from "../../output/print-failure.ts";
import type { Section } from "../../output/printer.ts";
import { installJemallocLayer } from "./jemalloc-layer.ts";
import type { BuildContext } from "../build-context.ts";
import type { JemallocChoice } from "./choose-jemalloc.ts";
import { installContext } from "../install-context.ts";
import type { InstalledRuby } from "../installed.ts";
import { machineKeys } from "../machine-keys.ts";

export { chooseJemalloc, type JemallocChoice } from "./choose-jemalloc.ts";

type Ruby = Pick<InstalledRuby, "dir" | "label">;

/**
 * Installs jemalloc, while Ruby and the gems are installed. If that fails and the user did not ask for
 * jemalloc, prints a warning and the build continues.
 *
 * @throws BuildpackError of `download/*`, `artifact/*`, `compile/*`, `jemalloc/*` if the user asked for
 * jemalloc; or the error with which installing Ruby failed.
 */
export async function installJemalloc(
  context: BuildContext,
  choice: JemallocChoice | undefined,
  ruby: Promise<Ruby>,
): Promise<void> {
  if (!choice) return;
  await context.printer.section("jemalloc", async (section) => {
    if (choice.gemIn !== undefined) warnOfGem(choice.gemIn, section);
    try {
      await install(context, choice, ruby, section);
    } catch (error) {
      context.signal.throwIfAborted();
      if (choice.required || !canContinueWithout(error)) throw error;
      // Throws if the failure was Ruby's.
      await ruby;
      warnOfAbsence(error, section);
    }
  });
}

function warnOfGem(lockfile: string, section: Section): void {
  section.warn(
    `${lockfile} has the gem jemalloc, which contains an old jemalloc for its command \`je\`.`,
    "You do not need this gem: set JEMALLOC_ENABLED=true where the app runs to use the jemalloc of this build.",
  );
}

async function install(
  context: BuildContext,
  choice: JemallocChoice,
  ruby: Promise<Ruby>,
  section: Section,
): Promise<void> {
  const artifact = choice.find();
  const checksum = checksumLabel(artifact);
  const policy = choice.required ? {} : { policy: hastyPolicy };
  const installing = { ...installContext(context, section), ...policy };
  await installJemallocLayer({
    layersDir: context.input.layersDir,
    keys: { ...machineKeys(context), jemallocVersion: choice.version, checksum },
    source: choice.source,
    install: async (directory) => void (await installArtifact(artifact, directory, installing)),
    ruby,
    run: context.run,
    env: installing.env,
    section,
  });
}

/** For an optional download: a host that does not answer must not delay the build. */
const hastyPolicy: DownloadPolicy = {
  ...patientPolicy,
  attempts: 2,
  stallMilliseconds: 5_000,
  pauseMilliseconds: 500,
};

/** The build cannot continue after a full disk or a bug of ours. */
function canContinueWithout(error: unknown): error is BuildpackError {
  return (
    error instanceof BuildpackError &&
    /^(download|artifact|compile|jemalloc)\//.test(error.failure.code)
  );
}

function warnOfAbsence({ failure }: BuildpackError, section: Section): void {
  section.warn(
    ...whatHappened(failure),
    "The build continues without jemalloc: JEMALLOC_ENABLED=true will have no effect, and jemalloc.sh will not exist.",
    "Set BP_JEMALLOC=false to build without jemalloc and without this warning, or JEMALLOC_VERSION to make the build fail instead.",
  );
}
