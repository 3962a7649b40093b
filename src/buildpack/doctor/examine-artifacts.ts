import glob from "fast-glob";
import type { Artifact } from "../../artifacts/artifact.ts";
import { parseInventoryLocation } from "../../artifacts/inventory.ts";
import { readMirrors } from "../../artifacts/mirrors.ts";
import { compareGemVersions } from "../../ruby/gems/gem-version.ts";
import { findRuby, loadBuildInventory, type Versions } from "../interpreter/interpreter.ts";
import { chooseJemalloc } from "../jemalloc/jemalloc.ts";
import type { Project } from "../project/project.ts";
import type { Examination } from "./examination.ts";

/**
 * Whether the Ruby and the jemalloc of the app exist for the target, how they are installed, and whether the Ruby
 * is out of date. An inventory of the user's is not read, because that may need the network.
 */
export async function examineArtifacts(
  examination: Examination,
  project: Project,
  versions: Versions,
): Promise<void> {
  const { attempt, context } = examination;
  const { env, bindings } = context.input.platform;
  const operators = context.settings.BP_INVENTORY;
  await context.printer.section("Ruby", async (section) => {
    if (operators !== undefined) {
      await attempt(() => parseInventoryLocation(operators));
      await attempt(() => readMirrors(env, bindings));
      section.say(
        "`BP_INVENTORY` is not downloaded, so it is unknown whether this Ruby can be installed",
      );
      return;
    }
    const inventory = await loadBuildInventory(context);
    await attempt(async () => {
      const found = await findRuby(context, versions.ruby, inventory, section);
      const { ruby, kind } = found;
      const version = ruby.engineVersion ?? ruby.version;
      const { source } = versions.ruby;
      examination.facts.ruby = { engine: ruby.engine, version, source, archive: kind };
      section.say(origins[kind](version));
      if (kind === "source" && ruby.engine === "ruby") await examineOpenSsl(examination, version);
    });
    await attempt(() => findJemalloc(examination, project, versions, inventory));
  });
}

const origins: Readonly<Record<Artifact["kind"], (version: string) => string>> = {
  prebuilt: (version) => `\`${version}\` is installed from an archive for this distribution`,
  portable: (version) => `\`${version}\` is installed from a portable archive`,
  source: (version) =>
    `\`${version}\` is compiled from source in the first build, which takes minutes and needs a C compiler`,
};

/** The extension `openssl` of an older Ruby does not compile with OpenSSL 3, and Bundler does not run without it. */
async function examineOpenSsl({ condition, request }: Examination, version: string): Promise<void> {
  if (compareGemVersions(version, "3.1.0.a") >= 0) return;
  const pattern = "{usr/,}lib*/{*/,}libssl.so.{1.1,3}";
  const found = await glob(pattern, { cwd: request.root, onlyFiles: false }).catch(() => []);
  const isNew = found.some((path) => path.endsWith(".3"));
  if (!isNew || found.some((path) => path.endsWith(".1.1"))) return;
  const system = request.rootIsNamed ? `the build image ${request.root}` : "this machine";
  condition(
    "Ruby",
    `Ruby ${version} has to be compiled, which needs OpenSSL 1.1, and ${system} has OpenSSL 3.`,
    "Use Ruby 3.1 or newer, or a build image with OpenSSL 1.1, such as Ubuntu 20.04.",
  );
}

function findJemalloc(
  { context }: Examination,
  project: Project,
  versions: Versions,
  inventory: readonly Artifact[],
): void {
  chooseJemalloc(context, project, versions.ruby, inventory);
}
