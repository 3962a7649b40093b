import { realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Option } from "@commander-js/extra-typings";
import { type Binding, type IgnoredBinding, readBinding } from "../cnb/bindings.ts";
import { readTarget, type Target } from "../cnb/target.ts";
import { BuildpackError } from "../failure.ts";
import type { Diagnosis } from "../output/diagnosis.ts";
import { printDiagnosis } from "../output/print-diagnosis.ts";
import { hiddenBy } from "../platform/inputs/app-copy.ts";
import { readGivenVariables } from "../platform/inputs/given-variables.ts";
import { locateBinding } from "../platform/inputs/named-bindings.ts";
import { readProjectDescriptor } from "../platform/inputs/project-descriptor.ts";
import { architectureOfRoot } from "../platform/sandbox/root-architecture.ts";
import { isDirectory } from "../system/files.ts";
import { searchPath } from "../system/search-path.ts";
import { withView } from "../system/tree-view.ts";
import { imageEnvironment } from "./build-machine.ts";
import { createCommand, examples } from "./command.ts";
import type { CommandContext } from "./command-context.ts";
import { eachValue, envFileOption, envOption, oneValue } from "./options.ts";
import { usageError } from "./usage-error.ts";

export function describeDoctor() {
  return createCommand("doctor")
    .summary("examine an app without building it")
    .description(
      "Prints what can be known about a build of the app without building it: versions, packages of the " +
        "system, processes, settings, and what the build would warn of. Exits with 1 if a build would " +
        "certainly fail, after the same error. It runs nothing of the app, writes nothing and uses no network.",
    )
    .argument("<app>", "the directory of the app")
    .addOption(envOption("a build variable"))
    .addOption(envFileOption("build variables"))
    .option("--binding <[NAME=]DIR>", "a service binding of the build; repeatable", eachValue, [])
    .option(
      "--build-root <DIR>",
      "root file system of the build image (default: this machine's)",
      oneValue,
    )
    .addOption(
      new Option("--arch <ARCH>", "architecture of the image (default: that of the root)").choices([
        "amd64",
        "arm64",
      ]),
    )
    .option("--json", "print one JSON document instead (docs/guides/doctor.md)")
    .addHelpText(
      "after",
      examples({
        "lapidary doctor .": "examine the app in this directory",
        "lapidary doctor . --env BP_RUBY_VERSION=3.4": "with a build variable",
        "lapidary doctor . --build-root /srv/noble": "for a build image",
        "lapidary doctor . --json": "for a program",
      }),
    );
}

export type DoctorFlags = ReturnType<ReturnType<typeof describeDoctor>["opts"]>;

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

export interface DoctorContext extends Pick<CommandContext, "cwd" | "env" | "printer"> {
  /** Examines an app with our own buildpack. */
  diagnose: (input: DoctorInput) => Promise<Diagnosis>;
  /** Writes to standard output. */
  write: (text: string) => void;
}

/** `lapidary doctor`: prints what was found. Resolves to the exit code: 1 if a build would certainly fail. */
export async function doctorCommand(
  appPath: string,
  flags: DoctorFlags,
  context: DoctorContext,
): Promise<number> {
  const diagnosis = await context.diagnose(await readInput(appPath, flags, context));
  if (flags.json) context.write(`${JSON.stringify(diagnosis, undefined, 2)}\n`);
  else await printDiagnosis(context.printer, diagnosis);
  return diagnosis.fails ? 1 : 0;
}

async function readInput(
  appPath: string,
  flags: DoctorFlags,
  { cwd, env }: DoctorContext,
): Promise<DoctorInput> {
  if (appPath === "") throw usageError("The app's directory has no name", "doctor");
  const appDir = await requireDirectory(resolve(cwd, appPath));
  const whole = { root: appDir, as: "copy" } as const;
  const project = await withView(whole, async () => await readProjectDescriptor(appDir));
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
