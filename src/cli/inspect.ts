import { resolve } from "node:path";
import { ociArchitecture } from "../cnb/target.ts";
import { commandLine, formatBytes } from "../output/build-summary.ts";
import type { Printer } from "../output/printer.ts";
import type { ImageFacts, LayerFacts } from "../platform/inspect/image-facts.ts";
import { inspectImage } from "../platform/inspect/inspect-image.ts";
import { inspectPage } from "../report-page/inspect-page.ts";
import { definedVariables } from "../system/environment/defined-variables.ts";
import { createCommand, examples } from "./command.ts";
import type { CommandContext } from "./command-context.ts";
import { archOption, insecureRegistryOption, oneValue } from "./options.ts";
import { asJson, checkReportFile, writeReportText } from "./report-file.ts";

export function describeInspect() {
  return createCommand("inspect")
    .summary("show what is in an app's image")
    .description(
      "Reads the labels, layers and bills of materials of an image that any platform has built with " +
        "buildpacks, and shows its layers with their sizes, its software, processes, environment and run " +
        "image. Nothing in the image is run.",
    )
    .argument(
      "<image>",
      "the image: oci:DIR[:TAG], docker-archive:FILE[:NAME], docker-daemon:NAME[:TAG] or registry:HOST/NAME[:TAG]",
    )
    .option("--html <FILE>", "write a page to look at", oneValue)
    .option("--json", "print everything as JSON, and nothing else")
    .addOption(archOption())
    .addOption(insecureRegistryOption())
    .addHelpText(
      "after",
      examples({
        "lapidary inspect oci:image": "print what is in the image of a layout",
        "lapidary inspect docker-daemon:shop --html shop.html": "write a page",
      }),
    );
}

export type InspectFlags = ReturnType<ReturnType<typeof describeInspect>["opts"]>;

/**
 * `lapidary inspect`.
 *
 * @returns what goes to standard output with `--json`.
 */
export async function inspectCommand(
  image: string,
  flags: InspectFlags,
  { cwd, env, printer, signal, umask }: Omit<CommandContext, "ownBuildpack" | "clock">,
): Promise<string | undefined> {
  const page = flags.html === undefined ? undefined : resolve(cwd, flags.html);
  if (page !== undefined) await checkReportFile(page, "--html");
  const architecture = flags.arch ?? ociArchitecture(process.arch);
  const world = { env: definedVariables(env), insecure: flags.insecureRegistry, signal };
  const facts = await inspectImage({ image, architecture, cwd, world });
  if (page !== undefined) await writeReportText(page, inspectPage(facts), 0o666 & ~umask, "--html");
  if (flags.json) return asJson(facts);
  await printFacts(printer, facts);
  return undefined;
}

async function printFacts(printer: Printer, facts: ImageFacts): Promise<void> {
  await printer.section("Image", async (section) => {
    section.say(`For \`${facts.os}\` on \`${facts.architecture}\``);
    for (const { id, version } of facts.buildpacks) section.say(`Built with \`${id} ${version}\``);
    if (!facts.wasBuilt) section.say("It has no labels of a build with buildpacks");
    const { name, layers, bytes } = facts.runImage;
    section.say(
      `Run image \`${name ?? "without a name"}\`: ${layers} layers of ${formatBytes(bytes)}`,
    );
  });
  await printer.section("Layers", async (section) => {
    const own = facts.layers.filter(({ part }) => part !== "run image");
    for (const layer of own) section.say(`\`${nameOf(layer)}\`: ${formatBytes(layer.bytes)}`);
  });
  await printer.section("Processes", async (section) => {
    for (const process of facts.processes) {
      const mark = process.type === facts.defaultProcess ? " (default)" : "";
      section.say(`\`${process.type}\`${mark}: ${commandLine(process)}`);
    }
    if (facts.processes.length === 0) section.say("None");
  });
  await printer.section("Software", async (section) => {
    for (const { name, version } of facts.software) section.say(`${name} \`${version}\``);
    if (facts.software.length === 0) section.say("No bill of materials lists any software");
  });
}

function nameOf({ part, buildpack, name }: LayerFacts): string {
  return name === undefined ? part : `${buildpack}:${name}`;
}
