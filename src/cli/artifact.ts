import { mkdir, mkdtemp } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Argument, Option } from "@commander-js/extra-typings";
import { diskFailure } from "../system/disk-failure.ts";
import { definedVariables } from "../system/environment/defined-variables.ts";
import { createFetcher } from "../system/http/fetcher.ts";
import { discardTree } from "../system/tree.ts";
import { compileArtifact, openWorkshop } from "./artifact-workshop.ts";
import { createCommand, examples } from "./command.ts";
import type { CommandContext } from "./command-context.ts";
import { oneValue } from "./options.ts";

export function describeArtifact() {
  return createCommand("artifact")
    .summary("compile a Ruby or jemalloc for later builds")
    .description(
      "Compiles a release from its verified source, as a build does if no binary exists, and packs it " +
        "for the distribution and architecture of the root file system. The archive and an " +
        "inventory.toml with its SHA-256 go to --out. The only line on standard output is the setting " +
        "that makes builds use them: BP_INVENTORY=file:///.../inventory.toml#sha256=... You can also " +
        "serve the directory over HTTP and use its URL.\n\n" +
        "Sources come from Lapidary's inventory or from BP_INVENTORY, through BP_DEPENDENCY_MIRROR if " +
        "set. To compile for another architecture, the root needs a cross compiler; if it lacks one, the error lists the packages to install.",
    )
    .addArgument(new Argument("<name>", "what to compile").choices(["ruby", "jemalloc"]))
    .argument("<version>", "its version, such as 3.4.5")
    .option("--root <DIR>", "root file system to compile in", oneValue, "/")
    .addOption(
      new Option("--arch <ARCH>", "amd64 or arm64 (default: that of the root)").choices([
        "amd64",
        "arm64",
      ]),
    )
    .option("--out <DIR>", "where the archive and its inventory go", oneValue, "dist")
    .option("--verbose", "print the compiler's output")
    .addHelpText(
      "after",
      examples({
        "lapidary artifact ruby 3.4.5": "for this machine",
        "lapidary artifact ruby 3.4.5 --root /srv/bookworm": "for another distribution",
      }),
    );
}

export type ArtifactFlags = ReturnType<ReturnType<typeof describeArtifact>["opts"]>;

/**
 * `lapidary artifact`: compiles in the sandbox of the local platform. Resolves to the `BP_INVENTORY=…`
 * with which builds install the result.
 */
export async function artifactCommand(
  name: "ruby" | "jemalloc",
  version: string,
  flags: ArtifactFlags,
  context: CommandContext,
): Promise<string> {
  const out = resolve(context.cwd, flags.out);
  const root = resolve(context.cwd, flags.root);
  const work = await makeWorkDirectory(out);
  const fetcher = createFetcher({ env: definedVariables(context.env) });
  try {
    return await context.printer.section(`${name} ${version}`, async (section) => {
      const sandbox = await openWorkshop(root, work, context);
      section.say(`Compiling ${sandbox.describe()}`);
      const workshop = { ...context, root, out, section, sandbox, fetcher };
      return `BP_INVENTORY=${await compileArtifact({ name, version, arch: flags.arch }, workshop)}`;
    });
  } finally {
    await fetcher.close();
    await discardTree(work);
  }
}

/** Beside the archives, because the user chose that disk for them. */
async function makeWorkDirectory(out: string): Promise<string> {
  try {
    await mkdir(out, { recursive: true });
    const work = await mkdtemp(join(out, ".lapidary-"));
    for (const name of ["app", "layers", "platform"]) await mkdir(join(work, name));
    return work;
  } catch (error) {
    throw diskFailure(error, out) ?? error;
  }
}
