import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import type { Arch } from "./root-packages.ts";
import { run, type Work } from "../work.ts";

/** Installs packages in a Debian root file system, including packages for another architecture. */
export async function addForeignPackages(
  work: Work,
  place: string,
  arch: Arch,
  packages: readonly string[],
): Promise<void> {
  const inside = async (...words: string[]) => {
    await run(work, "chroot", [place, ...words], { env: { DEBIAN_FRONTEND: "noninteractive" } });
  };
  // A root is made with an empty resolv.conf.
  await copyFile("/etc/resolv.conf", join(place, "etc/resolv.conf"));
  await inside("dpkg", "--add-architecture", arch);
  await inside("apt-get", "-q", "update");
  await inside("apt-get", "install", "-q", "-y", "--no-install-recommends", ...packages);
}
