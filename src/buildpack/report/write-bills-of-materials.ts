import { join } from "node:path";
import glob from "fast-glob";
import { parseLayerName } from "../../cnb/names.ts";
import { declaredSbomFormats, writeSboms } from "../../cnb/sbom-files.ts";
import type { SbomFormat } from "../../cnb/sbom-files.ts";
import type { GemfileLock } from "../../ruby/lockfile/gemfile-lock.ts";
import type { Component, Subject } from "../../sbom/component.ts";
import { toCycloneDx } from "../../sbom/cyclonedx.ts";
import { clonedGems, installedGems } from "../../sbom/installed-gems.ts";
import { jemallocComponent, rubyComponent } from "../../sbom/native-components.ts";
import { toSpdx } from "../../sbom/spdx.ts";
import { isDirectory } from "../../system/files.ts";
import type { BuildContext } from "../build-context.ts";
import type { JemallocChoice } from "../jemalloc/choose-jemalloc.ts";
import type { Installed } from "../install-ruby-and-gems.ts";

export interface Described {
  installed: Installed;
  jemalloc: JemallocChoice | undefined;
  locked: GemfileLock;
}

/**
 * Writes beside each layer what stands in it, in the formats that the descriptor declares: from what is
 * installed, whether in this build or an earlier one.
 */
export async function writeBillsOfMaterials(
  context: BuildContext,
  described: Described,
): Promise<void> {
  const { layersDir, descriptor } = context.input;
  const formats = declaredSbomFormats(descriptor);
  const bills = await listBills(context, described);
  for (const [layer, components] of bills) {
    const { id, version } = descriptor.buildpack;
    const subject = { name: layer, buildpack: { id, version } };
    const sboms = formats.flatMap((format) => {
      const content = writers[format]?.(subject, components);
      return content === undefined ? [] : [{ format, content }];
    });
    await writeSboms(layersDir, parseLayerName(layer), sboms);
  }
}

const writers: Partial<
  Record<SbomFormat, (subject: Subject, components: readonly Component[]) => string>
> = { cyclonedx: toCycloneDx, spdx: toSpdx };

type Bill = [layer: "bundler" | "gems" | "jemalloc" | "ruby", components: Component[]];

async function listBills(context: BuildContext, described: Described): Promise<Bill[]> {
  const { installed, jemalloc, locked } = described;
  const { bundler, gems, ruby } = installed.places;
  const bills: Bill[] = [
    ["gems", [...(await installedGems(gems, locked)), ...(await clonedGems(gems, locked))]],
    ["ruby", [rubyComponent(installed.ruby), ...(await gemsOfRuby(ruby))]],
  ];
  if (bundler !== undefined) bills.push(["bundler", await installedGems(bundler, locked)]);
  // It is not there where it could not be had.
  if (jemalloc && (await isDirectory(join(context.input.layersDir, "jemalloc")))) {
    bills.push(["jemalloc", [jemallocComponent(jemalloc.version, jemalloc.find().sha256)]]);
  }
  return bills;
}

/** Those that ship with it. */
async function gemsOfRuby(rubyDir: string): Promise<Component[]> {
  const homes = await glob("lib/ruby/gems/*", { cwd: rubyDir, onlyDirectories: true });
  return (await Promise.all(homes.map((home) => installedGems(join(rubyDir, home))))).flat();
}
