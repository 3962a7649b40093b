import { join } from "node:path";
import * as z from "zod";
import { BuildpackError } from "../failure.ts";
import type { BuildpackPlan } from "./buildpack-plan.ts";
import { writeTomlFile } from "./toml-file.ts";

const unmet = z.array(z.object({ name: z.string().min(1) }));

/** build.toml (TOML): the entries of the Buildpack Plan that a later buildpack has to satisfy. */
export const buildTomlCodec = z.codec(z.object({ unmet: unmet.optional() }), z.object({ unmet }), {
  decode: (disk) => ({ unmet: disk.unmet ?? [] }),
  encode: ({ unmet }) => (unmet.length > 0 ? { unmet } : {}),
});

/**
 * Writes `<layers>/build.toml`. All other entries of the plan count as met.
 *
 * @throws BuildpackError `cnb/file-invalid` for a name that is not in the plan.
 */
export async function writeBuildToml(
  layersDir: string,
  unmetNames: readonly string[],
  plan: BuildpackPlan,
): Promise<void> {
  const path = join(layersDir, "build.toml");
  const stranger = unmetNames.find((name) => !plan.entries.some((entry) => entry.name === name));
  if (stranger !== undefined) {
    const problem = `\`${stranger}\` is not an entry of the buildpack plan`;
    throw new BuildpackError({ code: "cnb/file-invalid", path, problem });
  }
  await writeTomlFile(path, buildTomlCodec, { unmet: unmetNames.map((name) => ({ name })) });
}
