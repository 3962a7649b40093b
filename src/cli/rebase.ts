import { ociArchitecture } from "../cnb/target.ts";
import { definedVariables } from "../system/environment/defined-variables.ts";
import { rebaseApp } from "../platform/rebase/rebase-app.ts";
import { createCommand, examples } from "./command.ts";
import type { CommandContext } from "./command-context.ts";
import { archOption, insecureRegistryOption, oneValue } from "./options.ts";

export function describeRebase() {
  return createCommand("rebase")
    .summary("put an app's image on a new run image")
    .description(
      "Replaces the run image below the layers of an app, without a build: for example, by one with " +
        "security updates. Images that pack or another lifecycle made can be rebased too. Both images " +
        "must be for the same system, architecture and distribution.",
    )
    .argument(
      "<image>",
      "the app's image: oci:DIR[:TAG], docker-archive:FILE[:NAME], docker-daemon:NAME[:TAG] or registry:HOST/NAME[:TAG]",
    )
    .requiredOption("--run-image <SOURCE>", "the new run image, in the same form", oneValue)
    .option("--image <TARGET>", "where the new image goes (default: it replaces <image>)", oneValue)
    .addOption(archOption())
    .addOption(insecureRegistryOption())
    .option("--force", "rebase even if the labels of the images do not match")
    .addHelpText(
      "after",
      examples({
        "lapidary rebase oci:image --run-image oci:run": "in a layout",
        "lapidary rebase registry:ghcr.io/acme/shop --run-image registry:ghcr.io/acme/run":
          "push it",
      }),
    );
}

export type RebaseFlags = ReturnType<ReturnType<typeof describeRebase>["opts"]>;

/** `lapidary rebase`. */
export async function rebaseCommand(
  image: string,
  flags: RebaseFlags,
  { cwd, env, printer, signal }: Pick<CommandContext, "cwd" | "env" | "printer" | "signal">,
): Promise<void> {
  const { runImage, image: destination = image, force = false, arch } = flags;
  const architecture = arch ?? ociArchitecture(process.arch);
  const world = { env: definedVariables(env), insecure: flags.insecureRegistry, signal };
  await rebaseApp({ image, destination, runImage, architecture, force, cwd, printer, world });
}
