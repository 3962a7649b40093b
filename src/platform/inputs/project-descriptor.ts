import { join } from "node:path";
import * as z from "zod";
import { tryReadTomlFile } from "../../cnb/toml-file.ts";
import { BuildpackError } from "../../failure.ts";

/** What an app's `project.toml` asks of a build. */
export interface ProjectDescriptor {
  /** gitignore patterns; only what matches is built. Never together with `exclude`. */
  include: readonly string[];
  /** gitignore patterns; what matches is not built. */
  exclude: readonly string[];
  /** The build environment, weaker than what the user gives to the command. */
  env: Readonly<Record<string, string>>;
  /** The buildpacks to use instead of the platform's own, and those around either. */
  group: readonly ProjectBuildpack[];
  pre: readonly ProjectBuildpack[];
  post: readonly ProjectBuildpack[];
}

export interface ProjectBuildpack {
  id?: string | undefined;
  uri?: string | undefined;
  version?: string | undefined;
  /** Whether the buildpack is a script within `project.toml` itself. */
  inline: boolean;
}

/**
 * Reads `project.toml`, schema 0.1 and 0.2, as far as it concerns builds; where there is none it
 * asks for nothing.
 *
 * Spec: Project Descriptor (extensions/project-descriptor.md), `[io.buildpacks]`.
 *
 * @throws BuildpackError `platform/project-invalid` for a file that cannot be understood.
 */
export async function readProjectDescriptor(app: string): Promise<ProjectDescriptor> {
  const path = join(app, "project.toml");
  const version = await readAs(path, versionSchema);
  if (version === undefined) return nothing;
  const schema = schemas.get(version);
  if (!schema) throw invalid(path, `its schema version \`${version}\` is none of 0.1 and 0.2`);
  const descriptor = { ...nothing, ...(await readAs(path, schema)) };
  if (descriptor.include.length > 0 && descriptor.exclude.length > 0) {
    throw invalid(path, "it has both `include` and `exclude`, which exclude each other");
  }
  return descriptor;
}

const nothing: ProjectDescriptor = {
  include: [],
  exclude: [],
  env: {},
  group: [],
  pre: [],
  post: [],
};

const versionSchema = z
  .object({ _: z.object({ "schema-version": z.string().optional() }).optional() })
  .transform((file) => file._?.["schema-version"] ?? "0.1");

const patterns = z.array(z.string()).default([]);

const variables = z
  .array(z.object({ name: z.string().min(1), value: z.string() }))
  .transform((list) => Object.fromEntries(list.map(({ name, value }) => [name, value])));

const buildpacks = z
  .array(
    z.object({
      id: z.string().optional(),
      uri: z.string().optional(),
      version: z.string().optional(),
      script: z.unknown().optional(),
    }),
  )
  .transform((list) =>
    list.map(({ script, ...buildpack }) => ({ ...buildpack, inline: script !== undefined })),
  )
  .default([]);

const around = z
  .object({ buildpacks })
  .transform((table) => table.buildpacks)
  .default([]);

const schemas = new Map<string, z.ZodType<Partial<ProjectDescriptor>>>([
  [
    "0.1",
    z
      .object({
        build: z
          .object({ include: patterns, exclude: patterns, buildpacks, env: variables.default({}) })
          .optional(),
      })
      .transform(({ build }) => {
        if (!build) return {};
        const { buildpacks: group, ...rest } = build;
        return { ...rest, group };
      }),
  ],
  [
    "0.2",
    z
      .object({
        io: z
          .object({
            buildpacks: z
              .object({
                include: patterns,
                exclude: patterns,
                group: buildpacks,
                pre: around,
                post: around,
                build: z.object({ env: variables.default({}) }).default({ env: {} }),
                // An older spelling that platforms still read.
                env: z.object({ build: variables.default({}) }).default({ build: {} }),
              })
              .optional(),
          })
          .optional(),
      })
      .transform(({ io }) => {
        if (!io?.buildpacks) return {};
        const { build, env, ...rest } = io.buildpacks;
        return { ...rest, env: { ...env.build, ...build.env } };
      }),
  ],
]);

async function readAs<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const file = await tryReadTomlFile(path, schema);
  if (file.state === "invalid") throw invalid(path, file.problem);
  return file.state === "read" ? file.value : undefined;
}

function invalid(path: string, problem: string): BuildpackError {
  return new BuildpackError({ code: "platform/project-invalid", path, problem });
}
