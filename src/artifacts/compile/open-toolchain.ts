import { join } from "node:path";
import { BuildpackError } from "../../failure.ts";
import type { Artifact } from "../artifact.ts";
import { checkCompilable } from "./compile.ts";
import { installArtifact } from "../install-artifact.ts";
import type { ArtifactToMake, MakeArtifactContext } from "../artifact-to-make.ts";
import type { Requirement } from "./preflight.ts";
import { resolveArtifact } from "../resolve-artifact.ts";
import { type Toolchain, toolchainFor } from "./toolchain.ts";
import { verifyRuby } from "../verify-ruby.ts";

/**
 * The tools that compile source for the ordered architecture. Compiling Ruby for another architecture needs
 * a Ruby of the same version for this one, which is installed first.
 *
 * @throws BuildpackError `artifact/no-compiler`; `compile/tools-missing` with everything that is missing for
 *   both Rubies; and what `installArtifact` throws.
 */
export async function openToolchain(
  { name, arch }: ArtifactToMake,
  source: Artifact,
  context: MakeArtifactContext,
): Promise<Toolchain> {
  const { machine, section } = context;
  const toolchain = toolchainFor({ from: machine.arch, to: arch });
  if (!toolchain) {
    throw new BuildpackError({ code: "artifact/no-compiler", from: machine.arch, to: arch });
  }
  const { cross } = toolchain;
  if (!cross) return toolchain;
  section.say(`Cross-compiling on \`${machine.arch}\` with the tools for \`${cross.host}\``);
  if (name !== "ruby") return toolchain;
  const baseRuby = await installBaseRuby(source, toolchain, context);
  return { arch, cross: { ...cross, baseRuby } };
}

async function installBaseRuby(
  source: Artifact,
  toolchain: Toolchain,
  context: MakeArtifactContext,
): Promise<string> {
  const { inventory, machine, work, section } = context;
  const { name, version } = source;
  const base = resolveArtifact(inventory, { name, version, source: "", target: machine });
  const native = { ...context, toolchain: { arch: machine.arch } };
  await checkAll([
    async () => await checkCompilable(source, { ...context, toolchain }),
    async () => await (base.kind === "source" ? checkCompilable(base, native) : undefined),
  ]);
  section.say(`This also needs Ruby \`${version}\` for \`${machine.arch}\``);
  const directory = join(work, "base-ruby");
  await installArtifact(base, directory, native);
  await verifyRuby(directory, { engine: name, version }, context);
  return join(directory, "bin/ruby");
}

/** Runs all checks, and reports what is missing for any of them in one list. */
async function checkAll(checks: readonly (() => Promise<void>)[]): Promise<void> {
  const missing = new Map<string, Requirement>();
  let first: BuildpackError | undefined;
  for (const check of checks) {
    try {
      await check();
    } catch (error) {
      if (!(error instanceof BuildpackError)) throw error;
      if (error.failure.code !== "compile/tools-missing") throw error;
      first ??= error;
      for (const one of error.failure.missing) missing.set(`${one.tool} ${one.packages}`, one);
    }
  }
  if (first?.failure.code !== "compile/tools-missing") return;
  throw new BuildpackError({ ...first.failure, missing: [...missing.values()] });
}
