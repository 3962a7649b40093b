import { mkdir, mkdtemp } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { loadInventory } from "../artifacts/inventory.ts";
import { makeArtifact } from "../artifacts/make-artifact.ts";
import { readMirrors } from "../artifacts/mirrors.ts";
import { readTarget, type Target } from "../cnb/target.ts";
import type { Section } from "../output/printer.ts";
import { type CommandContext, imagePath } from "./build.ts";
import type { ArtifactFlags } from "./command-line.ts";
import { openSandbox } from "../platform/sandbox/open-sandbox.ts";
import type { Sandbox } from "../platform/sandbox/sandbox.ts";
import type { RunCommand } from "../system/command.ts";
import { diskFailure } from "../system/disk-failure.ts";
import { createFetcher, type Fetcher } from "../system/http.ts";
import { discardTree } from "../system/tree.ts";
import { definedVariables } from "../system/defined-variables.ts";

/**
 * `lapidary artifact`: has what compiles for builds work in the sandbox of the local platform, neither
 * of which knows the other. Resolves to the `BP_INVENTORY=…` with which builds install what was made.
 */
export async function artifactCommand(
  line: ArtifactFlags,
  context: CommandContext,
): Promise<string> {
  const out = resolve(context.cwd, line.out);
  const work = await makeWorkDirectory(out);
  const fetcher = createFetcher({ env: definedVariables(context.env) });
  try {
    return await context.printer.section(`${line.name} ${line.version}`, async (section) => {
      const sandbox = await openWorkshop(line, work, context);
      section.say(`Made ${sandbox.describe()}`);
      return `BP_INVENTORY=${await make({ ...line, out }, { ...context, section, sandbox, fetcher })}`;
    });
  } finally {
    await fetcher.close();
    await discardTree(work);
  }
}

/** Beside the archives, on the disk that the user chose for them. */
async function makeWorkDirectory(out: string): Promise<string> {
  try {
    await mkdir(out, { recursive: true });
    const work = await mkdtemp(join(out, ".lapidary-"));
    for (const name of ["app", "layers", "platform"]) await mkdir(join(work, name));
    return work;
  } catch (error) {
    throw diskFailure(error, out) ?? error;
  }
}

async function openWorkshop(
  { root }: ArtifactFlags,
  work: string,
  { cwd, signal }: CommandContext,
): Promise<Sandbox> {
  return await openSandbox({
    root: resolve(cwd, root),
    host: {
      app: join(work, "app"),
      layers: join(work, "layers"),
      platform: join(work, "platform"),
    },
    buildpacks: [],
    binds: [],
    // Sources are unpacked and archives packed outside, by us, so that they have to be ours inside.
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    // Everything that was vouched for is there before a command runs.
    network: "none where possible",
    scratch: join(work, "scratch"),
    signal,
  });
}

interface Workshop extends CommandContext {
  section: Section;
  sandbox: Sandbox;
  fetcher: Fetcher;
}

async function make(line: ArtifactFlags, workshop: Workshop): Promise<string> {
  const { ownBuildpack: buildpackDir, sandbox } = workshop;
  const root = resolve(workshop.cwd, line.root);
  const env = definedVariables(workshop.env);
  const operator = env["BP_INVENTORY"]?.trim();
  const machine = await readMachine(sandbox, root);
  return await makeArtifact(
    { ...line, arch: line.arch ?? machine.arch },
    {
      ...workshop,
      inventory: await loadInventory({ buildpackDir, operator }, workshop),
      machine,
      work: sandbox.host.layers,
      out: line.out,
      run: commandsIn(sandbox),
      env: root === "/" ? withoutScratch(env) : { PATH: imagePath, HOME: sandbox.inside.home },
      mirrors: readMirrors(env, []),
      cpus: availableParallelism(),
    },
  );
}

/** The directory for scratch files may be one that cannot be written inside; `/tmp` always can. */
function withoutScratch({ TMPDIR: _scratch, ...env }: Record<string, string>) {
  return env;
}

/** What the programs of a root take their machine for, which under emulation is not ours. */
async function readMachine(sandbox: Sandbox, root: string): Promise<Target> {
  const { stdout } = await sandbox.run({
    file: "uname",
    args: ["-m"],
    cwd: "/",
    env: { PATH: imagePath },
  });
  const name = stdout.trim();
  return await readTarget({}, { root, arch: architectures[name] ?? name });
}

const architectures: Readonly<Record<string, string>> = { x86_64: "amd64", aarch64: "arm64" };

/**
 * Commands that know the work directory by the path that layers have in images, as compilers write it
 * into what they make: where it really stands must change no byte.
 */
function commandsIn(sandbox: Sandbox): RunCommand {
  const { host, inside } = sandbox;
  const seen = (text: string) => text.replaceAll(host.layers, inside.layers);
  return async (command) => {
    const { file, args, cwd } = command;
    return await sandbox.run({
      ...command,
      file: seen(file),
      args: args.map(seen),
      cwd: seen(cwd),
    });
  };
}
