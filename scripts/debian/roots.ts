import glob from "fast-glob";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cached } from "../cache.ts";
import { readDebianArchive } from "./archive.ts";
import { ensureArm64Programs } from "./emulation.ts";
import { addForeignPackages } from "./foreign-packages.ts";
import { crossPackages, packagesOf, type Arch, type Flavour, type Suite } from "./root-packages.ts";
import { runScript } from "../run-script.ts";
import { ensureTools } from "./toolchain.ts";
import { Unavailable } from "../unavailable.ts";
import { run, type Work, withWork } from "../work.ts";

export interface RootRequest {
  suite: Suite;
  /**
   * `build` has compilers and headers, `cross` also those for the other architecture, and `run` only
   * shared libraries. None has a Ruby.
   */
  flavour: Flavour;
  /** Default: the machine's own. */
  arch?: Arch;
}

/**
 * The path of a Debian root file system, made with debootstrap unless it exists already. All callers
 * share it, so none may write to it.
 *
 * @throws Unavailable if the machine cannot make one, which needs root and Debian's archive.
 */
export async function ensureRoot(work: Work, request: RootRequest): Promise<string> {
  const { suite, flavour, arch = ownArch } = request;
  const foreign = flavour === "cross" ? crossPackages(other[arch]) : [];
  const packages = [...packagesOf(suite, flavour), ...foreign];
  const name = [`root-${suite}-${flavour}`, ...(arch === ownArch ? [] : [arch])].join("-");
  if (arch === "arm64") await ensureArm64Programs(work);
  return await cached(work, name, { recipe, packages }, async (place) => {
    if (process.getuid?.() !== 0) throw new Unavailable("only root can make a root file system");
    await ensureTools(work, ["debootstrap"]);
    const title = `Making a \`${flavour}\` root file system: \`${suite}\`, \`${arch}\``;
    await work.section.timed(title, async () => {
      await bootstrap(work, request, place);
      if (foreign.length > 0) await addForeignPackages(work, place, other[arch], foreign);
      await addUsers(work, place);
      await removeLeftovers(place);
      await refuseRuby(place);
    });
  });
}

/** Increase this when the code below changes a root, so that older ones are made again. */
const recipe = 1;

const ownArch: Arch = process.arch === "arm64" ? "arm64" : "amd64";
const other = { amd64: "arm64", arm64: "amd64" } as const;

async function bootstrap(work: Work, request: RootRequest, place: string): Promise<void> {
  const { suite, flavour, arch = ownArch } = request;
  const { uris, signedBy } = await readDebianArchive();
  const keyring = signedBy?.startsWith("/") ? [`--keyring=${signedBy}`] : [];
  const include = `--include=${packagesOf(suite, flavour).join(",")}`;
  const options = ["--variant=minbase", `--arch=${arch}`, ...keyring, include];
  await run(work, "debootstrap", [...options, suite, place, uris[0] ?? ""]);
  // debootstrap leaves the directory private, but other users must enter it.
  await run(work, "chmod", ["755", place]);
}

/** The two users of a usual builder: one builds, another one of the same group runs the app. */
async function addUsers(work: Work, place: string): Promise<void> {
  await run(work, "chroot", [place, "groupadd", "--gid", "1000", "cnb"]);
  for (const [name, uid] of [
    ["build", "1001"],
    ["run", "1002"],
  ] as const) {
    const args = [
      "--uid",
      uid,
      "--gid",
      "1000",
      "--no-create-home",
      "--home-dir",
      "/home/cnb",
      name,
    ];
    await run(work, "chroot", [place, "useradd", ...args]);
  }
}

async function removeLeftovers(place: string): Promise<void> {
  for (const pattern of ["var/cache/apt/archives/*.deb", "var/lib/apt/lists/*", "var/log/*.log"]) {
    const options = { cwd: place, absolute: true, dot: true, onlyFiles: true };
    for (const path of await glob(pattern, options)) await rm(path);
  }
  // Builds get the host's file instead.
  await writeFile(join(place, "etc/resolv.conf"), "");
}

/** With a Ruby in the root, tests could not notice that a build uses it. */
async function refuseRuby(place: string): Promise<void> {
  const patterns = ["**/bin/{ruby,gem,bundle,irb,rake,jruby}*", "usr/lib/**/libruby*"];
  const options = { cwd: place, onlyFiles: false, followSymbolicLinks: false };
  const found = await glob(patterns, options);
  if (found.length > 0) throw new Error(`the root file system has a Ruby: ${found.join(", ")}`);
}

async function main(): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [suite = "bookworm", flavour = "build", arch = ownArch] = positionals as [
    Suite?,
    Flavour?,
    Arch?,
  ];
  const path = await withWork("Root file system", async (work) => {
    return await ensureRoot(work, { suite, flavour, arch });
  });
  process.stdout.write(`${path}\n`);
  return 0;
}

if (import.meta.main) await runScript(main);
