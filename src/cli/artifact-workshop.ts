import { availableParallelism } from "node:os";
import { join } from "node:path";
import { loadInventory } from "../artifacts/inventory.ts";
import type { ArtifactToMake } from "../artifacts/artifact-to-make.ts";
import { makeArtifact } from "../artifacts/make-artifact.ts";
import { readMirrors } from "../artifacts/mirrors.ts";
import { readTarget, type Target } from "../cnb/target.ts";
import type { Section } from "../output/printer.ts";
import { openSandbox } from "../platform/sandbox/open-sandbox.ts";
import type { Sandbox } from "../platform/sandbox/sandbox.ts";
import type { RunCommand } from "../system/command.ts";
import { definedVariables } from "../system/environment/defined-variables.ts";
import type { Fetcher } from "../system/http/fetcher.ts";
import { imagePath } from "../system/search-path.ts";
import type { CommandContext } from "./command-context.ts";

/** A sandbox in `root` whose directories are below `work`, without network: sources come first. */
export async function openWorkshop(
  root: string,
  work: string,
  { signal }: CommandContext,
): Promise<Sandbox> {
  return await openSandbox({
    root,
    host: {
      app: join(work, "app"),
      layers: join(work, "layers"),
      platform: join(work, "platform"),
    },
    buildpacks: [],
    binds: [],
    // We unpack sources and pack archives outside, so the files inside must be ours.
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    network: "none where possible",
    scratch: join(work, "scratch"),
    signal,
  });
}

interface Workshop extends CommandContext {
  /** Absolute, as `out`. */
  root: string;
  out: string;
  section: Section;
  sandbox: Sandbox;
  fetcher: Fetcher;
}

/** Compiles what was ordered. Resolves to the value of `BP_INVENTORY` that installs it. */
export async function compileArtifact(
  order: Omit<ArtifactToMake, "arch"> & { arch: string | undefined },
  workshop: Workshop,
): Promise<string> {
  const { ownBuildpack: buildpackDir, sandbox, root } = workshop;
  const env = definedVariables(workshop.env);
  const operator = env["BP_INVENTORY"]?.trim();
  const machine = await readMachine(sandbox, root);
  return await makeArtifact(
    { ...order, arch: order.arch ?? machine.arch },
    {
      ...workshop,
      inventory: await loadInventory({ buildpackDir, operator }, workshop),
      machine,
      work: sandbox.host.layers,
      run: commandsIn(sandbox),
      env: root === "/" ? withoutScratch(env) : { PATH: imagePath, HOME: sandbox.inside.home },
      mirrors: readMirrors(env, []),
      cpus: availableParallelism(),
    },
  );
}

/** The user's `TMPDIR` may not be writable inside the sandbox; `/tmp` always is. */
function withoutScratch({ TMPDIR: _scratch, ...env }: Record<string, string>) {
  return env;
}

/** The root's own architecture: under emulation it is not the one of this machine. */
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
 * Commands see the work directory at the path that layers have in images. Compilers write that path
 * into their output, so the real directory must not change a byte.
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
