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
   * `build` has compilers and headers, `cross` those for the other architecture besides, `run` the
   * shared libraries alone; none has any Ruby.
   */
  flavour: Flavour;
  /** The machine's own, unless stated. */
  arch?: Arch;
}

/**
 * The path of a root file system of Debian, made with debootstrap where it has not been made before.
 * It is shared by all who ask, so nobody may write to it.
 *
 * @throws Unavailable where the machine cannot make one: that needs root, and Debian's archive.
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
    const title = `Making a root file system of \`${suite}\` for \`${arch}\` to ${flavour} in`;
    await work.section.timed(title, async () => {
      await bootstrap(work, request, place);
      if (foreign.length > 0) await addForeignPackages(work, place, other[arch], foreign);
      await addUsers(work, place);
      await removeLeftovers(place);
      await refuseRuby(place);
    });
  });
}

/** To be changed with what is done to a root, so that older ones are made anew. */
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
  // debootstrap leaves the directory as private as it found it, and other users are to enter it.
  await run(work, "chmod", ["755", place]);
}

/** The two users of a stock builder: one builds, another of the same group runs what was built. */
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
  // Names are resolved as on the host, whose file is put in its place.
  await writeFile(join(place, "etc/resolv.conf"), "");
}

/** A Ruby in a root would hide that a build used it. */
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
