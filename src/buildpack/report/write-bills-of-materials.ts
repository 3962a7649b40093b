import { join } from "node:path";
import glob from "fast-glob";
import { parseLayerName } from "../../cnb/names.ts";
import { declaredSbomFormats, writeSboms } from "../../cnb/sbom-files.ts";
import type { SbomFormat } from "../../cnb/sbom-files.ts";
import { bundledOpenssl } from "../../sbom/bundled-openssl.ts";
import type { Component, Subject } from "../../sbom/component.ts";
import { toCycloneDx } from "../../sbom/cyclonedx.ts";
import { clonedGems, installedGems } from "../../sbom/installed-gems.ts";
import { jemallocComponent, rubyComponent } from "../../sbom/native-components.ts";
import { toSpdx } from "../../sbom/spdx.ts";
import { isDirectory } from "../../system/files.ts";
import type { BuildContext } from "../build-context.ts";
import type { Installed } from "../installed.ts";
import type { JemallocChoice } from "../jemalloc/jemalloc.ts";
import type { Project } from "../project/project.ts";

/**
 * Writes a bill of materials for each layer, in the formats that the descriptor declares. Lists what is
 * installed, by this build or an earlier one.
 */
export async function writeBillsOfMaterials(
  context: BuildContext,
  project: Pick<Project, "locked">,
  installed: Installed,
  jemalloc: JemallocChoice | undefined,
): Promise<void> {
  const { layersDir, descriptor } = context.input;
  const formats = declaredSbomFormats(descriptor);
  const bills = [
    ...(await billsOfBundle(project, installed)),
    ...(await billOfJemalloc(context, jemalloc)),
  ];
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

async function billsOfBundle(
  { locked }: Pick<Project, "locked">,
  { places, ruby }: Installed,
): Promise<Bill[]> {
  const { bundler, gems } = places;
  const bills: Bill[] = [
    ["gems", [...(await installedGems(gems, locked)), ...(await clonedGems(gems, locked))]],
    ["ruby", await contentsOfRuby(ruby)],
  ];
  if (bundler !== undefined) bills.push(["bundler", await installedGems(bundler, locked)]);
  return bills;
}

/** None if jemalloc could not be installed: there is no layer then. */
async function billOfJemalloc(
  { input }: BuildContext,
  jemalloc: JemallocChoice | undefined,
): Promise<Bill[]> {
  if (!jemalloc || !(await isDirectory(join(input.layersDir, "jemalloc")))) return [];
  return [["jemalloc", [jemallocComponent(jemalloc.version, jemalloc.find().sha256)]]];
}

async function contentsOfRuby(ruby: Installed["ruby"]): Promise<Component[]> {
  const libraries = await bundledOpenssl(ruby.dir);
  return [rubyComponent(ruby), ...libraries, ...(await gemsOfRuby(ruby.dir))];
}

/** The gems that ship with Ruby. */
async function gemsOfRuby(rubyDir: string): Promise<Component[]> {
  const homes = await glob("lib/ruby/gems/*", { cwd: rubyDir, onlyDirectories: true });
  return (await Promise.all(homes.map((home) => installedGems(join(rubyDir, home))))).flat();
}
