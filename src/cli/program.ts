import { CommanderError, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { type ArtifactFlags, describeArtifact } from "./artifact.ts";
import { type BuildFlags, describeBuild } from "./build-options.ts";
import { createCommand } from "./command.ts";
import { describeInspect, type InspectFlags } from "./inspect.ts";
import { describeDoctor, type DoctorFlags } from "./doctor-options.ts";
import { describePackage, type PackageFlags } from "./package.ts";
import { describeRebase, type RebaseFlags } from "./rebase.ts";
import { describeRun, type RunFlags } from "./run.ts";
import { describeSlugRun, type SlugRunFlags } from "./slug-run.ts";
import { describeSlug, type SlugFlags } from "./slug.ts";
import { fromCommander } from "./commander-error.ts";
import { usageError } from "../failure.ts";

/** What each command does with what was typed. Each resolves to the exit code. */
export interface Commands {
  build: (app: string, flags: BuildFlags) => Promise<number>;
  run: (app: string, command: readonly string[], flags: RunFlags) => Promise<number>;
  doctor: (app: string, flags: DoctorFlags) => Promise<number>;
  rebase: (image: string, flags: RebaseFlags) => Promise<number>;
  inspect: (image: string, flags: InspectFlags) => Promise<number>;
  slug: (source: string, flags: SlugFlags) => Promise<number>;
  slugRun: (slug: string, command: readonly string[], flags: SlugRunFlags) => Promise<number>;
  artifact: (name: "ruby" | "jemalloc", version: string, flags: ArtifactFlags) => Promise<number>;
  package: (flags: PackageFlags) => Promise<number>;
}

export interface ProgramOutput {
  /** What `--version` prints. */
  version: string;
  /** Where `--help` and `--version` go. */
  write: (text: string) => void;
}

/**
 * Runs the command that `args` names: the command line without the program's own name.
 *
 * @returns the exit code.
 * @throws BuildpackError `platform/usage` if the command line cannot be understood, and whatever the
 *   command throws.
 */
export async function runProgram(
  args: readonly string[],
  commands: Commands,
  output: ProgramOutput,
): Promise<number> {
  if (args.length === 0) throw usageError("No command given");
  const run: Run = { typed: args, exitCode: 0 };
  const program = createProgram(commands, output, run);
  try {
    await program.parseAsync([...args], { from: "user" });
    return run.exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    throw fromCommander(error, commandNamed(program, args));
  }
}

interface Run {
  typed: readonly string[];
  exitCode: number;
}

function createProgram(
  commands: Commands,
  { version, write }: ProgramOutput,
  run: Run,
): CommandUnknownOpts {
  const program = createCommand("lapidary")
    .description(
      "Builds a Ruby app with Cloud Native Buildpacks on this Linux machine, and runs it.",
    )
    .version(`lapidary ${version}`, "-v, --version", "print the version")
    .enablePositionalOptions()
    .configureOutput({ writeOut: write })
    .helpCommand(false);
  for (const command of createCommands(commands, run)) program.addCommand(command);
  program.addCommand(
    createCommand("help")
      .summary("print the help of a command")
      .argument("[command...]", "the command, such as `build` or `slug run`")
      .action((names) => findCommand(program, names).help()),
  );
  inheritSettings(program);
  return program;
}

function createCommands(commands: Commands, run: Run): CommandUnknownOpts[] {
  const finish = async (work: Promise<number>) => void (run.exitCode = await work);
  const slugRun = describeSlugRun().action(async (slug, command, flags) => {
    checkDashes("slug run", command, run.typed);
    await finish(commands.slugRun(slug, command, flags));
  });
  return [
    describeBuild().action(async (app, flags) => await finish(commands.build(app, flags))),
    describeRun().action(async (app, command, flags) => {
      checkDashes("run", command, run.typed);
      await finish(commands.run(app, command, flags));
    }),
    describeDoctor().action(async (app, flags) => await finish(commands.doctor(app, flags))),
    describeRebase().action(async (image, flags) => await finish(commands.rebase(image, flags))),
    describeInspect().action(async (image, flags) => await finish(commands.inspect(image, flags))),
    describeSlug()
      .action(async (source, flags) => await finish(commands.slug(source, flags)))
      .addCommand(slugRun),
    describeArtifact().action(async (name, version, flags) => {
      await finish(commands.artifact(name, version, flags));
    }),
    describePackage().action(async (flags) => await finish(commands.package(flags))),
  ];
}

/** A command for the app comes after `--`, so that its options are never taken for ours. */
function checkDashes(name: string, command: readonly string[], typed: readonly string[]): void {
  const dashes = typed.indexOf("--");
  const after = dashes === -1 ? 0 : typed.length - dashes - 1;
  if (command.length === after) return;
  throw usageError(
    `Too many arguments: \`${command[0]}\`. Put \`--\` before a command to run`,
    name,
  );
}

function inheritSettings(command: CommandUnknownOpts): void {
  for (const subcommand of command.commands) {
    subcommand.copyInheritedSettings(command);
    inheritSettings(subcommand);
  }
}

/** @throws BuildpackError `platform/usage` if there is no such command. */
function findCommand(program: CommandUnknownOpts, names: readonly string[]): CommandUnknownOpts {
  let found = program;
  for (const name of names) {
    const next = found.commands.find((command) => command.name() === name);
    if (!next) throw usageError(`Unknown command \`${names.join(" ")}\``);
    found = next;
  }
  return found;
}

/** The longest beginning of `args` that names a command: its help explains what went wrong. */
function commandNamed(program: CommandUnknownOpts, args: readonly string[]): string | undefined {
  const [first, second] = args;
  const command = program.commands.find((each) => each.name() === first);
  const nested = command?.commands.find((each) => each.name() === second);
  return nested ? `${first} ${second}` : command?.name();
}
