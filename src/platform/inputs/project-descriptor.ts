import * as z from "zod";
import { defaultExecEnv, isForExecEnv } from "../../cnb/exec-env.ts";
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
  /** The buildpacks to use instead of our own. */
  group: readonly ProjectBuildpack[];
  /** Those before and after our own, if no others are named. */
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
 * Reads the parts of a `project.toml` that concern builds, in schema 0.1, 0.2 or 0.3. A missing file asks
 * for nothing.
 *
 * @param execEnv - the execution environment. What schema 0.3 states for others only is left out.
 *
 * Spec: Project Descriptor (extensions/project-descriptor.md), `[io.buildpacks]`.
 *
 * @throws BuildpackError `platform/project-invalid` for a file that cannot be parsed.
 */
export async function readProjectDescriptor(
  path: string,
  execEnv = defaultExecEnv,
): Promise<ProjectDescriptor> {
  const file = await readUtf8(path);
  if (file.state === "missing") return nothing;
  if (file.state === "unreadable") throw invalid(path, file.problem);
  return parseProjectDescriptor(file.text, path, execEnv);
}

/**
 * The same from the text of a file; `path` is for messages.
 *
 * @throws BuildpackError `platform/project-invalid`.
 */
export function parseProjectDescriptor(
  text: string,
  path: string,
  execEnv = defaultExecEnv,
): ProjectDescriptor {
  const version = decodeAs(text, path, versionSchema);
  const schema = schemaOf(version, execEnv);
  if (!schema) throw invalid(path, `its schema version \`${version}\` is not 0.1, 0.2 or 0.3`);
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

/** For which execution environments an entry is meant: all, unless it names some. */
const execEnvs = z.array(z.string()).default([]);

type Meant = { "exec-env": string[] };

const isMeantFor =
  (execEnv: string | undefined) =>
  ({ "exec-env": names }: Meant): boolean =>
    execEnv === undefined || isForExecEnv(names, execEnv);

const variables = (execEnv?: string) =>
  z
    .array(z.object({ name: z.string().min(1), value: z.string(), "exec-env": execEnvs }))
    .transform((list) => {
      const meant = list.filter(isMeantFor(execEnv));
      return Object.fromEntries(meant.map(({ name, value }) => [name, value]));
    });

const buildpacks = (execEnv?: string) =>
  z
    .array(
      z
        .object({
          id: z.string().optional(),
          uri: z.string().optional(),
          version: z.string().optional(),
          script: z.unknown().optional(),
          "exec-env": execEnvs,
        })
        .refine(({ id, uri }) => id !== undefined || uri !== undefined, {
          error: "a buildpack needs `id` or `uri`",
        })
        .refine(({ uri, version }) => uri === undefined || version === undefined, {
          error: "a buildpack has `uri` or `version`, not both",
        }),
    )
    .transform((list) =>
      list.filter(isMeantFor(execEnv)).map(({ script, "exec-env": _meant, ...buildpack }) => {
        return { ...buildpack, inline: script !== undefined };
      }),
    )
    .default([]);

const around = (execEnv?: string) =>
  z
    .object({ group: buildpacks(execEnv) })
    .transform(({ group }) => group)
    .default([]);

type Schema = z.ZodType<Partial<ProjectDescriptor>>;

function schemaOf(version: string, execEnv: string): Schema | undefined {
  if (version === "0.1") return schema01;
  if (version === "0.2") return schemaOfTables();
  return version === "0.3" ? schemaOfTables(execEnv) : undefined;
}

const schema01: Schema = z
  .object({
    build: z
      .object({
        include: patterns,
        exclude: patterns,
        buildpacks: buildpacks(),
        env: variables().default({}),
      })
      .optional(),
  })
  .transform(({ build }) => {
    if (!build) return {};
    const { buildpacks: group, ...rest } = build;
    return { ...rest, group };
  });

/** Schema 0.2, or schema 0.3 for an execution environment. */
function schemaOfTables(execEnv?: string): Schema {
  // An older spelling, which schema 0.3 has no more.
  const older = z.object({ build: variables().default({}) }).default({ build: {} });
  const tables = z.object({
    include: patterns,
    exclude: patterns,
    group: buildpacks(execEnv),
    pre: around(execEnv),
    post: around(execEnv),
    build: z.object({ env: variables(execEnv).default({}) }).default({ env: {} }),
    env: older,
  });
  return z
    .object({ io: z.object({ buildpacks: tables.optional() }).optional() })
    .transform(({ io }) => {
      if (!io?.buildpacks) return {};
      const { build, env, ...rest } = io.buildpacks;
      return { ...rest, env: { ...(execEnv === undefined ? env.build : {}), ...build.env } };
    });
}

function decodeAs<T>(text: string, path: string, schema: z.ZodType<T>): T {
  const file = decodeToml(text, schema);
  if (file.state === "invalid") throw invalid(path, file.problem);
  return file.value;
}

function invalid(path: string, problem: string): BuildpackError {
  return new BuildpackError({ code: "platform/project-invalid", path, problem });
}
