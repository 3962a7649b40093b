import { join } from "node:path";
import * as z from "zod";
import { decodeToml } from "../../cnb/toml-file.ts";
import { BuildpackError } from "../../failure.ts";
import { readUtf8 } from "../../system/files.ts";

/** The parts of an app's `project.toml` that concern a build. */
export interface ProjectDescriptor {
  /** gitignore patterns; only what matches is built. Never together with `exclude`. */
  include: readonly string[];
  /** gitignore patterns; what matches is not built. */
  exclude: readonly string[];
  /** The build environment. Variables of the command win over it. */
  env: Readonly<Record<string, string>>;
  /** The buildpacks to use instead of our own; `pre` and `post` are those before and after them. */
  group: readonly ProjectBuildpack[];
  pre: readonly ProjectBuildpack[];
  post: readonly ProjectBuildpack[];
}

export interface ProjectBuildpack {
  id?: string | undefined;
  uri?: string | undefined;
  version?: string | undefined;
  /** Whether the buildpack is a script in `project.toml` itself. */
  inline: boolean;
}

/**
 * Reads the parts of `project.toml` that concern builds, in schema 0.1 or 0.2. An app without the file
 * asks for nothing.
 *
 * Spec: Project Descriptor (extensions/project-descriptor.md), `[io.buildpacks]`.
 *
 * @throws BuildpackError `platform/project-invalid` for a file that cannot be parsed.
 */
export async function readProjectDescriptor(app: string): Promise<ProjectDescriptor> {
  const path = join(app, "project.toml");
  const file = await readUtf8(path);
  if (file.state === "missing") return nothing;
  if (file.state === "unreadable") throw invalid(path, file.problem);
  return parseProjectDescriptor(file.text, path);
}

/**
 * The same from the text of a file; `path` is for messages.
 *
 * @throws BuildpackError `platform/project-invalid`.
 */
export function parseProjectDescriptor(text: string, path: string): ProjectDescriptor {
  const version = decodeAs(text, path, versionSchema);
  const schema = schemas.get(version);
  if (!schema) throw invalid(path, `its schema version \`${version}\` is neither 0.1 nor 0.2`);
  const descriptor = { ...nothing, ...decodeAs(text, path, schema) };
  if (descriptor.include.length > 0 && descriptor.exclude.length > 0) {
    throw invalid(path, "it has both `include` and `exclude`, but only one of them is allowed");
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

function decodeAs<T>(text: string, path: string, schema: z.ZodType<T>): T {
  const file = decodeToml(text, schema);
  if (file.state === "invalid") throw invalid(path, file.problem);
  return file.value;
}

function invalid(path: string, problem: string): BuildpackError {
  return new BuildpackError({ code: "platform/project-invalid", path, problem });
}
