import { realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Binding, type IgnoredBinding, readBinding } from "../cnb/bindings.ts";
import { readTarget, type Target } from "../cnb/target.ts";
import { BuildpackError, usageError } from "../failure.ts";
import { hiddenBy } from "../platform/inputs/app-copy.ts";
import { readGivenVariables } from "../platform/inputs/given-variables.ts";
import { locateBinding } from "../platform/inputs/named-bindings.ts";
import { readProjectDescriptor } from "../platform/inputs/project-descriptor.ts";
import { architectureOfRoot } from "../platform/sandbox/root-architecture.ts";
import { isDirectory } from "../system/files.ts";
import { searchPath } from "../system/search-path.ts";
import { withView } from "../system/listing/tree-view.ts";
import { imageEnvironment } from "./build-machine.ts";
import type { CommandContext } from "./command-context.ts";
import type { DoctorFlags } from "./doctor-options.ts";

/** What a buildpack needs to know to examine an app. */
export interface DoctorInput {
  appDir: string;
  shownAs: string;
  hides: (path: string, isDirectory: boolean) => boolean;
  env: Readonly<Record<string, string>>;
  sourceOf: (variable: string) => string;
  notPassed: readonly string[];
  imageEnv: Readonly<Record<string, string>>;
  bindings: readonly Binding[];
  ignoredBindings: readonly IgnoredBinding[];
  target: Target;
  root: string;
  rootIsNamed: boolean;
}

/**
 * What the options, the app's project.toml and the root file system say about a build.
 *
 * @throws BuildpackError `platform/app-missing`, `platform/usage`, `platform/root-unusable` or
 * `platform/project-invalid`.
 */
export async function readDoctorInput(
  appPath: string,
  flags: DoctorFlags,
  { cwd, env }: Pick<CommandContext, "cwd" | "env">,
): Promise<DoctorInput> {
  if (appPath === "") throw usageError("The app's directory has no name", "doctor");
  const appDir = await requireDirectory(resolve(cwd, appPath));
  const whole = { root: appDir, as: "copy" } as const;
  const project = await withView(
    whole,
    async () => await readProjectDescriptor(join(appDir, "project.toml")),
  );
  const given = await readGivenVariables({ env: flags.env, envFiles: flags.envFile }, env);
  const root = await requireRoot(resolve(cwd, flags.buildRoot ?? "/"));
  const variables = { ...project.env, ...given };
  return {
    appDir,
    shownAs: appPath,
    hides: hiddenBy(project),
    env: variables,
    sourceOf: (name) => (name in given ? "--env" : "project.toml"),
    notPassed: Object.keys(env).filter((name) => /^BP_./.test(name) && !(name in variables)),
    imageEnv: seenFromOutside(imageEnvironment(root, env), root),
    ...(await readBindings(flags.binding, cwd)),
    target: await targetOf(root, flags.arch),
    root,
    rootIsNamed: flags.buildRoot !== undefined,
  };
}

/** Programs of a root file system are looked for below it. */
function seenFromOutside(env: Record<string, string>, root: string): Record<string, string> {
  if (root === "/") return env;
  const directories = searchPath(env["PATH"]).map((directory) => join(root, directory));
  return { ...env, PATH: directories.join(":") };
}

async function requireDirectory(path: string): Promise<string> {
  const app = await realpath(path).catch(() => undefined);
  if (app !== undefined && (await isDirectory(app))) return app;
  throw new BuildpackError({ code: "platform/app-missing", path });
}

async function requireRoot(root: string): Promise<string> {
  if (await isDirectory(root)) return await realpath(root);
  const problem = "there is no such directory";
  throw new BuildpackError({ code: "platform/root-unusable", root, problem });
}

async function targetOf(root: string, wanted: "amd64" | "arm64" | undefined): Promise<Target> {
  const arch = await architectureOfRoot(root);
  const target = await readTarget({}, { root, platform: "linux", ...(arch ? { arch } : {}) });
  return wanted === undefined ? target : { ...target, arch: wanted };
}

async function readBindings(
  given: readonly string[],
  cwd: string,
): Promise<Pick<DoctorInput, "bindings" | "ignoredBindings">> {
  const bindings: Binding[] = [];
  const ignoredBindings: IgnoredBinding[] = [];
  for (const text of given) {
    const { name, directory } = await locateBinding(text, cwd);
    const { binding, ignored } = await readBinding(name, directory);
    if (binding) bindings.push(binding);
    ignoredBindings.push(...ignored);
  }
  return { bindings, ignoredBindings };
}
